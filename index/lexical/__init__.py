"""Search by terms."""
