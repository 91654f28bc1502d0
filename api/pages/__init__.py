"""Pages for people: each module builds what its template shows, and loads nothing from elsewhere."""
