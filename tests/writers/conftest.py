"""A toy parser that yields what a test says, and results made by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from telemparse.extension.card import ParserCard
from telemparse.extension.catalog import Catalog
from telemparse.model.detection import Detection, Rung
from telemparse.model.provenance import ArtifactRecord, PartRecord, Provenance
from telemparse.model.results import ParseResult
from telemparse.schemas import build
from telemparse.schemas.measure import Measure, capabilities

CARD = ParserCard(id="toy", name="Toy", version="1", detector="toy:detect", target="toy:parse")


@pytest.fixture
def toy(monkeypatch):
    """Return a function that makes the only installed parser yield these messages."""

    def install(*messages):
        catalog = Catalog(cards=(CARD,))

        def parse(_artifacts, _options):
            for message in messages:
                if isinstance(message, BaseException):
                    raise message
                yield message

        catalog._targets.update(
            {
                "toy:detect": lambda _sniffs: Detection(Rung.MARKER, ("a toy",)),
                "toy:parse": parse,
            }
        )
        monkeypatch.setattr(Catalog, "shared", lambda: catalog)
        return b"toy"

    return install


@pytest.fixture(scope="session")
def result_of():
    """Return a function that makes a result of tables by stream name."""

    def make(streams, **facts):
        artifact = ArtifactRecord("ride.toy", 3, "00" * 32)
        part = PartRecord("toy", "1", 0.8, ("a toy",), (artifact,))
        measures = {name: Measure.of(table) for name, table in streams.items()}
        return ParseResult(
            streams=streams,
            capabilities=capabilities(measures),
            provenance=Provenance((part,), "0.1.0", 1, {"timezone": "Europe/Berlin"}),
            **facts,
        )

    return make


@pytest.fixture(scope="session")
def drive():
    """Return a function that makes a plausible drive: laps of a circuit, values rounded as logged."""

    def make(rows, rate_hz=10, time_base="utc", first_s=1_700_000_000):
        rng = np.random.default_rng(7)
        at_s = np.arange(rows) / rate_hz
        east_m = 600 * np.sin(at_s / 14) + rng.normal(0, 0.02, rows)
        north_m = 400 * np.sin(at_s / 7 + 0.3) + rng.normal(0, 0.02, rows)
        blocks = np.arange(rows) // 300
        columns = {
            "t": first_s * 10**9 + np.arange(rows, dtype=np.int64) * (10**9 // rate_hz),
            "lat_deg": np.round(48 + north_m / 111_320, 7),
            "lon_deg": np.round(11 + east_m / 74_490, 7),
            "alt_m": np.round(400 + 5 * np.sin(at_s / 14) + rng.normal(0, 0.1, rows), 1),
            "speed_mps": np.round(30 + 15 * np.sin(at_s / 17) + rng.normal(0, 0.05, rows), 2),
            "course_deg": np.round(180 + 100 * np.sin(at_s / 9) + rng.normal(0, 0.5, rows), 1),
            "hdop": np.round(0.7 + 0.1 * (blocks % 7), 1),
            "sat_count": (8 + blocks % 9).astype(np.uint8),
            "fix_type": np.full(rows, 3, np.uint8),
        }
        return pa.Table.from_batches([build("gnss_pvt", columns, time_base=time_base)])

    return make
