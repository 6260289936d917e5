"""The hall server: tickets, calls and ratings of one hall, told by its boxes and asked by its people."""
