"""The event-sourced ledger of each patient."""
