"""What a reader of the JSON door sees of a thing, and how a queue of things is answered."""
