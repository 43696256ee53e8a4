"""Measuring telemparse beside its peers: fresh processes in turn, one table, no asserted times."""
