"""`yichuang probe`: what is plugged in, which models these are, and the settings for them."""
