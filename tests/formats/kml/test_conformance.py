"""The KML parser keeps the promises that every parser makes, for KMZ too."""

from __future__ import annotations

import io
import zipfile

import pytest

from telemparse.formats.kml.card import CARD
from telemparse.formats.kml.examples import EXAMPLES
from telemparse.testing import Check, conformance

pytestmark = pytest.mark.slow


def kmz(document: bytes) -> bytes:
    """Return a KMZ whose document is not called doc.kml."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        member = zipfile.ZipInfo("drive/stint.kml", (2025, 5, 4, 10, 0, 0))
        archive.writestr(member, document, zipfile.ZIP_DEFLATED)
    return file.getvalue()


# Beside the examples: a zip cannot be one of those, which are put into zips themselves.
SAMPLES = {"inner-name.kmz": kmz(EXAMPLES["track.kml"])}


@conformance(CARD, samples=SAMPLES)
def test_conformance(check: Check) -> None:
    check()
