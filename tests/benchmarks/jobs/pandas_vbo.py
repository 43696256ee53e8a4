"""pandas.read_csv of the raw columns of a VBO: no units, no times, no checks."""

import pandas as pd


def run(path: str) -> dict[str, object]:
    """Read the rows below [data] and tell how many there are."""
    with open(path, "rb") as file:  # noqa: PTH123  (as a user writes it)
        head = sum(1 for _line in iter(file.readline, b"[data]\n")) + 1
    table = pd.read_csv(path, sep=" ", header=None, skiprows=head, encoding="latin-1")
    return {"rows": len(table)}
