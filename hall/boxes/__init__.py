"""The hall's view of its boxes: who is ready for the day, who needs a person, and what that person does there."""
