"""A driverless network scanner, as its clients see it."""
