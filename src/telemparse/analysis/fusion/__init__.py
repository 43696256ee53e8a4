"""Fusion of a receiver's fixes with an inertial unit, and what it says of its own health."""
