"""Migrations of the runner's tables, for alembic."""
