"""A simulated office printer: IPP over HTTP, its own faults, its jobs kept as files."""
