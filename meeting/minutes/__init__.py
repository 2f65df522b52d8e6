"""The written results of a meeting."""
