"""From passages to cited sentences: whether they answer, which sentences do, what may be shown."""
