"""pynmea2: an object for each sentence, and the values that a fix is made of."""

from pathlib import Path

import pynmea2


def run(path: str) -> dict[str, object]:
    """Parse the file and tell the sentences."""
    count = 0
    with Path(path).open(encoding="ascii") as lines:
        for line in lines:
            sentence = pynmea2.parse(line, check=True)
            _values = sentence.timestamp, sentence.latitude, sentence.longitude
            count += 1
    return {"rows": count}
