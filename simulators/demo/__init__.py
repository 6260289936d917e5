"""A whole hall at work on simulated devices: its stage, its players, and a judge who only looks from outside."""
