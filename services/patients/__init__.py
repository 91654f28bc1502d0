"""Patients: profile, consent, grants, and who has not been heard from."""
