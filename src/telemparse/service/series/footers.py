"""Footers of Parquet files, kept for the next look: which columns there are, and which rows lie where."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow.parquet as pq

from telemparse.service.series.refusals import readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from telemparse.kernels.arrays import Ints
    from telemparse.storage.objects import Storage

__all__ = ["FOOTERS", "Footer", "Footers"]

_MOST = 1024
_MOST_BYTES = 16 * 1024 * 1024  # as written; some times as much in memory
_NS_PER_S = 1e9
_FIRST_NS, _LAST_NS = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@attrs.frozen(kw_only=True, eq=False)
class Footer:
    """What a Parquet file says of itself.

    Args:
        metadata: so that the file need not be asked again.
        schema: of Arrow, with units and descriptions.
        rows: of each row group, shape (g,).
        first_ns, last_ns: smallest and largest `t` of each row group, shape (g,).
        bins_hz: bins a second, none of which has more than one row; None where rows are not of bins.
    """

    metadata: pq.FileMetaData
    schema: pa.Schema
    rows: Ints
    first_ns: Ints
    last_ns: Ints
    bins_hz: float | None

    @classmethod
    def of(cls, file: pq.ParquetFile) -> Footer:
        """Return the footer of a file."""
        metadata = file.metadata
        schema = file.schema_arrow
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        place = next(
            (number for number in range(metadata.num_columns) if metadata.schema.column(number).path == "t"),
            None,
        )
        ends = [_ends_ns(group, place) for group in groups]
        return cls(
            metadata=metadata,
            schema=schema,
            rows=np.array([group.num_rows for group in groups], np.int64),
            first_ns=np.array([first for first, _last in ends], np.int64),
            last_ns=np.array([last for _first, last in ends], np.int64),
            bins_hz=_bins_hz(schema.metadata or {}),
        )

    def most_rows(self, begin_ns: int, end_ns: int) -> int:
        """Return how many rows a window can have, without a look at them."""
        most = int(self.rows[self.groups(begin_ns, end_ns)].sum())
        if self.bins_hz is None:
            return most
        return min(most, int((end_ns - begin_ns) / _NS_PER_S * self.bins_hz) + 2)

    def groups(self, begin_ns: int, end_ns: int) -> list[int]:
        """Return the row groups that may have rows in a window, both of whose ends belong to it."""
        inside = (self.last_ns >= begin_ns) & (self.first_ns <= end_ns)
        found: list[int] = np.flatnonzero(inside).tolist()
        return found


def _bins_hz(facts: Mapping[bytes, bytes]) -> float | None:
    """Return the rate of the bins that downsampling made, as its table says; see `analysis.derivations`."""
    if facts.get(b"technique") != b"bin_mean":
        return None
    try:
        rate_hz = json.loads(facts[b"parameters"])["rate_hz"]
    except (ValueError, KeyError, TypeError):
        return None
    return rate_hz if isinstance(rate_hz, int | float) and rate_hz > 0 else None


def _ends_ns(group: Any, place: int | None) -> tuple[int, int]:
    statistics = None if place is None else group.column(place).statistics
    if statistics is None or not statistics.has_min_max:
        return _FIRST_NS, _LAST_NS
    return int(statistics.min_raw), int(statistics.max_raw)


class Footers:
    """The footers that were looked at last; for all threads.

    Args:
        most: footers that are kept.
        most_bytes: of all of them, as they stand in their files.
    """

    def __init__(self, most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: OrderedDict[tuple[str, str], Footer] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, storage: Storage, dataset: Any) -> Footer:
        """Return the footer of a dataset, whose file never changes. Raises SeriesRefused."""
        key = dataset.storage_path, dataset.sha256
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        with (
            readable(dataset.stream),
            storage.reader(dataset.storage_path) as raw,
            pq.ParquetFile(raw) as file,
        ):
            footer = Footer.of(file)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = footer
                self._bytes += footer.metadata.serialized_size
            while self._kept and (len(self._kept) > self._most or self._bytes > self._most_bytes):
                _key, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.metadata.serialized_size
        return footer


FOOTERS = Footers()
"""Those of this process."""
