"""The hall's memory: the only place that speaks SQL. One writer thread is the concurrency rule (design §5)."""
