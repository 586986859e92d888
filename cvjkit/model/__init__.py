"""A design as a value, and what follows from it."""
