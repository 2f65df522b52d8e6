"""Hands on the record while it is spoken."""
