"""Patients and lists of them."""
