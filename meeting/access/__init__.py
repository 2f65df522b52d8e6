"""Who may see and do what: roles, their tokens, and what each sees of a meeting."""
