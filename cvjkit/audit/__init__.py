"""A design checked against the documents and the model."""
