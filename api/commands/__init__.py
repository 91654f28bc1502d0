"""Commands for operators and developers; a command reads its arguments and calls a service."""
