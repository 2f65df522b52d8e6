"""The speech models: which there are, where they come from, and whether they are sound."""
