"""The truth, in one SQLite file, and how it is written."""
