"""Racelogic VBO: the text format of VBOX loggers, which many apps write too."""
