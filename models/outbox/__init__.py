"""The outbox: messages that are to be carried, and what became of each attempt."""
