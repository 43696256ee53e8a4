"""A toy parser that yields what a test says, and results made by hand."""

from __future__ import annotations

import pytest

from telemparse.extension.card import ParserCard
from telemparse.extension.catalog import Catalog
from telemparse.model.detection import Detection, Rung
from telemparse.model.provenance import ArtifactRecord, PartRecord, Provenance
from telemparse.model.results import ParseResult
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

        catalog._targets.update({
            "toy:detect": lambda _sniffs: Detection(Rung.MARKER, ("a toy",)),
            "toy:parse": parse,
        })
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
