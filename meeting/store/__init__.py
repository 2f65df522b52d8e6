"""The tables and the event log."""
