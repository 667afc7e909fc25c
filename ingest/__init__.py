"""Bytes become articles, and articles passages."""
