"""IGC recordings of GNSS flight recorders."""
