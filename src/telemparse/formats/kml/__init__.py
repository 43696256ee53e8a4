"""KML and KMZ recordings."""
