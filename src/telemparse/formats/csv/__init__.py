"""CSV and TSV recordings: a generic reader and declared dialects."""
