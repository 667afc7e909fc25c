"""Pages of print, from a PDF or a scan: from lines with their places to articles."""
