"""All that a person touches."""
