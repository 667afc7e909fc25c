"""The routes, a family a file: each function gives a router."""
