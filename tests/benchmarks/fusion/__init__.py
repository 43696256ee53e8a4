"""How exact fused poses are, and what becomes of what cannot be fused; writes docs/fusion-accuracy.md."""
