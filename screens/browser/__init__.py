"""The browser of a public screen: started, looked after, and never left."""
