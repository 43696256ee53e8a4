"""TCX recordings: Garmin's Training Center Database."""
