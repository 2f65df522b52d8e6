"""Sound in, text out; knows nothing of meetings."""
