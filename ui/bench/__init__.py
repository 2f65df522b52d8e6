"""The benchmarks behind `meeting bench`: what the product reaches on this machine, as a user would see it."""
