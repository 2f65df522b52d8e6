"""The room's memory: what was decided before on a matter, what is in force, who owes what, and where it is written."""
