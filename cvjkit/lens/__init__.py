"""One journey seen through another framework."""
