"""Training of the encoder: texts → examples → weights."""
