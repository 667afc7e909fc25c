"""Answers, and everyone who asks: scripts, the command line, the page, the widget."""
