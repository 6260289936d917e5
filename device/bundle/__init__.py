"""The support bundle: what whoever helps from afar needs of a box, and nothing of any person."""
