"""A hall in which everything goes wrong that can: real processes, a seeded schedule of faults, the outside judge."""
