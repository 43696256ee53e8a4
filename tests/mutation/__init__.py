"""Mutation testing: the code is changed in one place at a time, and some test has to fail.

The changes are cosmic-ray's. It would start a new interpreter for each of them; here each is tried in a
fork of a process that has imported everything already, in a copy of the tree.
"""
