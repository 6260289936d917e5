"""A reader of second-generation ID cards, and made-up persons' cards to lay on it."""
