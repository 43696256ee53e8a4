"""The values that every floor shares: artifacts, issues, detection, options, results, gates."""
