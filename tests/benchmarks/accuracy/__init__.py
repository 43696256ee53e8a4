"""How exact lap times, speeds and gates are, against the simulator's truth; writes docs/accuracy.md."""
