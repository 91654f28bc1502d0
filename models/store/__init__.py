"""The database itself: connection, the base of all documents, the embedded engine, signs of life."""
