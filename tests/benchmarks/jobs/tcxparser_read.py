"""python-tcxparser: an objectified tree, and the values of its points."""

import tcxparser


def run(path: str) -> dict[str, object]:
    """Parse the file and take times, positions and heart rates."""
    exercise = tcxparser.TCXParser(path)
    times, places, rates = exercise.time_values(), exercise.position_values(), exercise.hr_values()
    return {"rows": max(len(times), len(places), len(rates))}
