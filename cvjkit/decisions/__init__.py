"""What to do next: answers worked out from a design."""
