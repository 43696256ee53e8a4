"""Real NMEA logs: recognised, and equal to what pynmea2 reads sentence by sentence, joined by time."""

from __future__ import annotations

import math
import re

import pyarrow as pa
import pynmea2
import pytest

import telemparse
from formats.nmea.reference import Reader
from telemparse.formats.nmea.parser import read
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.messages import Batch
from telemparse.model.options import ParseOptions

UBX = "ubx/rtklib-lea-raw-2008.ubx"
KART = "nmea/okc-kart-25hz.nmea"
# Fixes, first and last instant, epochs without fix, sentences whose checksum is wrong or lost.
LOGS = {
    "nmea/gpsbabel-garmin-nmea.nmea": (154, "2004-08-07 03:29:08.379", "2004-08-07 03:31:41.370", 0, 0),
    "nmea/gpsbabel-utf16.nmea": (154, "2004-08-07 03:29:08.379", "2004-08-07 03:31:41.370", 0, 0),
    "nmea/gpsd-quectel-l76k.log": (151, "2026-08-05 05:52:34.000", "2026-08-05 05:53:04.000", 0, 0),
    "nmea/gpsd-telit-he910.log": (187, "2019-03-12 10:51:53.408", "2019-03-12 10:54:59.408", 37, 0),
    "nmea/gpsd-ublox-neo-m9n-multi-gnss.log": (
        61,
        "2020-07-11 22:37:45.000",
        "2020-07-11 22:38:45.000",
        0,
        0,
    ),
    KART: (15866, "2025-11-23 17:01:30.560", "2025-11-23 17:13:54.120", 0, 14),
    UBX: (242, "2008-05-26 05:59:11.000", "2008-05-26 06:03:12.000", 0, 0),
}
FRAGMENT = "nmea/pyubx2-nmea-bad-ending.log"


def text_of(path):
    data = path.read_bytes()
    return data.decode("utf-16") if data.startswith(b"\xff\xfe") else data.decode("latin-1")


def by_pynmea2(path):
    """Return what pynmea2 makes of the sentences with a right checksum, by formatter and time of day."""
    found = {}
    for match in re.finditer(r"\$[^$*\r\n]*\*[0-9A-Fa-f]{2}", text_of(path)):
        try:
            sentence = pynmea2.parse(match[0], check=True)
        except pynmea2.ParseError:
            continue
        if sentence.sentence_type in ("RMC", "GGA") and getattr(sentence, "timestamp", None):
            found.setdefault(sentence.sentence_type, {})[sentence.timestamp] = sentence
    return found


def in_file_order(path):
    batches = [
        pa.Table.from_batches([message.data])
        for message in read(ArtifactSet.of(path), ParseOptions())
        if isinstance(message, Batch) and message.stream == "gnss_pvt"
    ]
    return pa.concat_tables(batches)


def test_every_log_of_the_folder_is_expected_here(corpus):
    assert {f"nmea/{path.name}" for path in (corpus / "nmea").iterdir()} == {*LOGS, FRAGMENT} - {UBX}


@pytest.mark.parametrize("name", LOGS)
def test_counts_and_instants_are_those_of_the_table(corpus, name):
    result = telemparse.parse(corpus / name)
    rows, first, last, without, failed = LOGS[name]
    table = result.streams["gnss_pvt"]
    t = table["t"].cast(pa.timestamp("ms", "UTC")).cast(pa.string()).to_pylist()
    assert (table.num_rows, t[0], t[-1]) == (rows, f"{first}Z", f"{last}Z")
    assert result.metadata["epochs_without_fix"] == without
    counts = {issue.code: issue.evidence["count"] for issue in result.warnings if "count" in issue.evidence}
    assert counts.get("NMEA_CHECKSUM_FAILED", 0) == failed


@pytest.mark.parametrize("name", LOGS)
def test_values_are_those_of_pynmea2(corpus, name):
    path = corpus / name
    expected = by_pynmea2(path)
    rmc, gga = expected.get("RMC", {}), expected.get("GGA", {})
    met = 0
    for row in in_file_order(path).to_pylist():
        time = row["t"].to_pydatetime().timetz()
        slow, fast = gga.get(time), rmc.get(time)
        where = slow if slow is not None else fast
        if where is None:
            continue
        met += 1
        assert math.isclose(row["lat_deg"], where.latitude, abs_tol=1e-7)
        assert math.isclose(row["lon_deg"], where.longitude, abs_tol=1e-7)
        if fast is not None:
            assert row["t"].date() == fast.datestamp
            assert math.isclose(
                row["speed_mps"], fast.spd_over_grnd * 1852 / 3600, rel_tol=1e-6, abs_tol=1e-9
            )
            assert (row["course_deg"] is None) == (fast.true_course is None)
        if slow is not None:
            assert (row["alt_m"], row["sat_count"]) == (slow.altitude, int(slow.num_sats))
            assert math.isclose(row["hdop"], float(slow.horizontal_dil), rel_tol=1e-6)
    assert met == LOGS[name][0]


@pytest.mark.parametrize("name", [name for name in LOGS if "utf16" not in name and name != UBX])
def test_rows_are_those_of_a_slow_reader(corpus, name):
    expected, without = Reader((corpus / name).read_bytes()).rows()
    found = in_file_order(corpus / name)
    assert found["t"].cast(pa.int64()).to_pylist() == [row["t"] for row in expected]
    for column in ("lat_deg", "lon_deg", "alt_m", "sat_count", "fix_type", "quality_flags"):
        assert found[column].to_pylist() == [row[column] for row in expected]
    assert without == LOGS[name][3]


def test_an_epoch_of_two_rates_has_an_altitude_wherever_gga_tells_it(corpus):
    table = telemparse.parse(corpus / KART).streams["gnss_pvt"]
    assert len(table) - table["alt_m"].null_count == 1678
    assert 0 < table["course_deg"].null_count < 1000
    flagged = sum(flags & 32 > 0 for flags in table["quality_flags"].to_pylist())
    assert 14 < flagged <= 28


def test_the_fix_comes_after_37_epochs_without_a_time(corpus):
    events = telemparse.parse(corpus / "nmea/gpsd-telit-he910.log").streams["events"].to_pylist()
    assert [event["event_type"] for event in events] == ["fix_regained"]


def test_accuracies_of_gst_are_combined(corpus):
    row = (
        telemparse.parse(corpus / "nmea/gpsd-ublox-neo-m9n-multi-gnss.log")
        .streams["gnss_pvt"]
        .to_pylist()[-1]
    )
    assert math.isclose(row["hacc_m"], math.hypot(0.94, 0.95), rel_tol=1e-6)
    assert math.isclose(row["vacc_m"], 2.8, rel_tol=1e-6)
    assert (row["fix_type"], round(row["pdop"], 2)) == (3, 1.05)


def test_sentences_without_a_position_are_nmea_and_no_recording(corpus):
    result = telemparse.parse(corpus / FRAGMENT, on_error="return")
    assert result.provenance.parts[0].parser_id == "nmea"
    assert {issue.code for issue in result.errors} == {"NO_STREAMS"}
    (cut,) = result.warnings
    assert (cut.code, cut.locus.offset) == ("ARTIFACT_TRUNCATED", 1084)
    assert result.metadata["sentences"]["passed_over"]["PUBX"] == 3


def test_a_log_between_raw_frames_is_claimed_by_its_shape_alone(corpus):
    winner = telemparse.detect(corpus / UBX).winner
    assert (winner.parser_id, winner.score) == ("nmea", 0.5)
