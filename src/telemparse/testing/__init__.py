"""The conformance kit: what a parser promises, checked; strategies that draw recordings and damage.

Needs the extra `telemparse[testing]` (pytest, hypothesis).
"""
