"""Delivery: an alert's notices become messages, and messages reach people."""
