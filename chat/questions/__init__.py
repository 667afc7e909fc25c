"""What a question means: what it leans on of those before it."""
