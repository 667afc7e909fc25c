"""What a browser sees: the server, the page, the articles, the widget."""
