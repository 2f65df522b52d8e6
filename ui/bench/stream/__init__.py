"""`meeting bench stream`: what the stream reaches with many clients on this machine."""
