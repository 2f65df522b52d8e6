"""Documents in, ranked passages out; knows nothing of meetings or sound."""
