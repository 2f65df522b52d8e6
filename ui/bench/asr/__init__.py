"""How well and how fast speech becomes text: recordings played to the real service, and to what else there is."""
