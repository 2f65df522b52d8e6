"""How an older database becomes one of today, step by step (Alembic); each step is one file of `versions`."""
