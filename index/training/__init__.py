"""Trains the built-in model."""
