"""Real files of every format find their owner, and those of formats to come mislead no parser."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from confusion.collisions import unexpected
from telemparse.testing.confusion import Recording, matrix

OWNERS = {
    "aim-csv/*": "csv",
    "aim-xrk/*": "aim_xrk",
    "airdata-csv/*": "csv",
    "dovex/*": "csv",
    "harrys-csv/*": "csv",
    "motec-csv/*": "csv",
    "motec-ld/*": "motec_ld",
    "racecapture/*": "csv",
    "racechrono-csv/*": "csv",
    "racechrono-rcz/*": "racechrono_rcz",
    "speedangle/*": "csv",
    "trackaddict-csv/*": "csv",
    "gauge-s-csv/*": "csv",
    "gnss-imu/*.csv": "csv",
    "gnss-imu/*.pos": "csv",
    "gnss-imu/kf-gins-*.txt": "csv",
    "gps-csv/*": "csv",
    "racebox-csv/*": "csv",
    "no-gnss/cobb-accessport.csv": "csv",
    "gpmf/*": "gpmf",
    "gpx/*": "gpx",
    "ibt/*": "ibt",
    "fit/*": "fit",
    "igc/*": "igc",
    "mychronogps/*.json": "json",
    "mychronogps/*.txt": "csv",
    "nmea/*": "nmea",
    "ubx/gpsd-*": "ubx",
    "ubx/pyubx2-*": "ubx",
    "ubx/rtklib-lea-raw-2008.ubx": "nmea",
    "kml/*": "kml",
    "tcx/*": "tcx",
    "vbb/*": "vbb",
    "vbo/*": "vbo",
}
# Formats to come that nobody may claim before, and the list of sources itself.
STRANGERS = (
    "SOURCES.tsv",
)  # fmt: skip


def matching(name, patterns):
    return [pattern for pattern in patterns if fnmatchcase(name, pattern)]


def owner(name):
    """Return who gets a file of the corpus: an id, or None for a stranger's."""
    owned = matching(name, OWNERS)
    return OWNERS[owned[0]] if owned else None


@pytest.fixture(scope="module")
def files(corpus):
    return {path.relative_to(corpus).as_posix(): path for path in sorted(corpus.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def rows(files):
    return matrix(Recording(f"corpus/{name}", path, owner(name)) for name, path in files.items())


def test_every_file_of_the_corpus_is_expected_once(files):
    patterns = (*OWNERS, *STRANGERS)
    assert [name for name in files if len(matching(name, patterns)) != 1] == []
    assert [pattern for pattern in patterns if not any(matching(name, [pattern]) for name in files)] == []


def test_every_real_file_goes_to_its_owner(rows):
    assert [row.recording.name for row in rows if row.winner != row.recording.owner] == []


def test_no_parser_claims_a_real_file_as_surely_as_its_owner(rows):
    assert unexpected(rows, "corpus") == {"not listed": [], "listed for nothing": []}


def test_no_detector_fails_on_a_real_file(rows):
    assert [(row.recording.name, row.faults) for row in rows if row.faults] == []


def test_a_stranger_with_the_name_of_a_table_is_no_table(files):
    strangers = [path for name, path in files.items() if matching(name, STRANGERS)]
    for extension in (".csv", ".gpx", ".tcx", ".kml"):
        named = [
            Recording(f"{path.name}{extension}", {f"x{extension}": path.read_bytes()}) for path in strangers
        ]
        answers = matrix(named)
        assert [row.recording.name for row in answers if row.winner is not None or row.rivals] == []
