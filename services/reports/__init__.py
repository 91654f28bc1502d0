"""Reports: taking, correcting, reading, and keeping evaluations and alerts in step with them."""
