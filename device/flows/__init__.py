"""What happens when a person does something: take a ticket, be called, be served, rate."""
