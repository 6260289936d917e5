"""`yichuang setup`: a machine with its devices becomes a box of the hall, or nothing of it is changed."""
