"""The development mailbox: a page and a command that show every mail that would have gone out."""
