"""What formats of XML track points share: their clock, positions, channels, events and findings."""
