"""What a box may be for the hall: each role puts its own parts together on what every box has (device.roles.box)."""
