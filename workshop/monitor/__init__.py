"""`yichuang monitor`: what is said on a line, shown, recorded, and played to a simulator."""
