"""The door of the clinic's staff: pages made on the server, with a session in a cookie.

`door` is the blueprint with what every page has: headers, the check of where a form came from, errors as
pages. `views/` has one module per kind of page; each calls a service and renders a template. `navigation`
lists them. Everything works without a script but the live worklist.
"""
