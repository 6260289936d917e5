"""Settings of hall and boxes, strictly read, and every sentence the product says."""
