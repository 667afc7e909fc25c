"""A page's text: from lines to blocks, and what each block is."""
