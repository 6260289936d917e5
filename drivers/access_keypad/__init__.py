"""Access keypads: five tactile keys and a headphone's jack."""
