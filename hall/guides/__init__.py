"""The guide's page (导办): who may use it, what it shows, what a guide may do."""
