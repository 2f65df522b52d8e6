"""`meeting bench search`: what the search reaches on this machine, beside other engines on the same corpus."""
