"""What there is to learn: the model, the sources, the checks, the index and the search."""
