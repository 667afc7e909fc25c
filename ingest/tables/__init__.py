"""Tables and records: an article in each row."""
