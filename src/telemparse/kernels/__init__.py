"""Array kernels shared by all parsers, public to plugins: no format knowledge, no files, no issues."""
