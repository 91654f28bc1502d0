"""How rate, latency, bytes and memory change with what is stored: reports in all, of a patient, and sites."""
