"""Copies of a home's records and sound in another place, and the way back."""
