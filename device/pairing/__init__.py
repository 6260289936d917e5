"""A clerk's own PC, paired by key with one window of this box: over TLS, on one named address."""
