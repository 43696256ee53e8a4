"""What is measured: one module a table; a new format is one more `Race` in `reading`."""
