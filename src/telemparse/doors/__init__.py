"""Doors: what the servers of several rooms share where requests come in."""
