"""Files into plain passages."""
