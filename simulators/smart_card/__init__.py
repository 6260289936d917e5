"""Cards for a virtual PC/SC reader (vsmartcard's vpcd): the card's side of every command."""
