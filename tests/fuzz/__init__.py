"""Fuzzing of every parser: one invariant, one harness, a table of targets; `nox -s fuzz` runs it."""
