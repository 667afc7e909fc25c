"""Questions about the library itself, and their answers."""
