"""The likeliest motion behind positions and velocities: clock of the velocity, noise, banded smoother."""
