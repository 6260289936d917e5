"""Document scanners: SANE's, driverless ones on the network, and document cameras."""
