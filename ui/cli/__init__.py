"""The meeting command."""
