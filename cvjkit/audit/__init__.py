"""What the documents and the model have to say about a design."""
