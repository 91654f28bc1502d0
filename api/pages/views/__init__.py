"""One module per kind of page: read what was sent, call a service, render a template."""
