"""Routes of the interface, one room for each thing that they are about."""
