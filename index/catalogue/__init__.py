"""Who wrote the articles, where they appeared and when, kept in memory."""
