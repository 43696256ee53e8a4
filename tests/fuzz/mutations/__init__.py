"""Mutations that know the shape of a format: tables of cells, and markup."""
