"""Whether a result is what its recording shows."""
