"""Writers: recordings in folders, as Parquet, Arrow IPC, CSV or GeoJSON, and back.

`write` takes a result, `telemparse.convert` a source (streaming), `read` gives a result back.
"""

from __future__ import annotations

from telemparse.writers.manifest import Manifest, StreamRecord
from telemparse.writers.reading import read
from telemparse.writers.writing import write

__all__ = ["Manifest", "StreamRecord", "read", "write"]
