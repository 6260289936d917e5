"""Cards for a virtual PC/SC reader (vsmartcard's vpcd): the card's side of every command."""

VPCD_PORT = 35963
"""Where vsmartcard's driver waits for the first slot's card, once PC/SC has loaded it: as Debian's package says."""
