"""From what the decoder heard to what an office would write, one small step after another."""
