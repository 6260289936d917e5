"""Yichuang (一窗): counters and kiosks of a government-service hall."""
