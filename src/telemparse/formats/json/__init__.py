"""JSON recordings: records, columns, NDJSON, GeoJSON, and what vendors nest in them."""
