"""What goes over HTTP, described: for ``/openapi.json``, and for tests of what is really sent."""
