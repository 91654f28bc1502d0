"""Forms of enrolment as they are sent, and codes as they are shown."""
