"""What all JSON resources share: how requests are guarded and read, how answers and problems are written."""
