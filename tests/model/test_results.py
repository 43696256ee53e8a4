"""Results: the main stream for other tools, and how a result shows itself to people."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from telemparse.errors import CallError, MissingExtra, ParseFailed, TelemparseError
from telemparse.model.capabilities import Capabilities
from telemparse.model.issues import Issue, Locus
from telemparse.model.provenance import ArtifactRecord, PartRecord, Provenance
from telemparse.model.results import ParseResult
from telemparse.schemas import build, channel_field

STAMP_NS = 1_700_000_000_500_000_000


def gnss(rows=3, time_base="utc", start_ns=STAMP_NS):
    t = start_ns + np.arange(rows) * 100_000_000
    columns = {"t": t, "lat_deg": np.zeros(rows), "lon_deg": np.arange(rows) * 1.0}
    return pa.Table.from_batches([build("gnss_pvt", columns, time_base=time_base)])


def group(rows):
    fields = {"rpm": channel_field("rpm", pa.float32())}
    columns = {"t": np.arange(rows), "rpm": np.ones(rows)}
    return pa.Table.from_batches([build("channels.main", columns, fields=fields, time_base="relative")])


def laps(rows=1):
    return pa.Table.from_batches([build("laps", {"lap_number": list(range(1, rows + 1))})])


def result(streams=None, parser="toy", **facts):
    files = (ArtifactRecord("ride.x", 5, "00"),)
    parts = (PartRecord(parser, "1", 0.8, (), files),) if parser else ()
    provenance = Provenance(parts, "0.1.0", 1, unread=() if parser else files)
    return ParseResult(streams=streams or {}, provenance=provenance, **facts)


# --- facts --------------------------------------------------------------------------------------


def test_a_result_is_ok_without_errors():
    assert result(warnings=(Issue("UNIT_ASSUMED"),)).ok
    assert not result(errors=(Issue("NO_STREAMS"),)).ok


def test_a_result_is_frozen():
    with pytest.raises(AttributeError):
        result().streams = {}


def test_nothing_is_claimed_by_default():
    assert result().capabilities == Capabilities()
    assert Capabilities().imu_dof == 0
    assert Capabilities().sample_rate_gnss_hz is None


def test_capabilities_are_those_of_the_model():
    assert list(Capabilities.__annotations__) == [
        "has_gnss_position", "has_gnss_velocity", "has_gnss_quality_fields", "has_imu_accel", "has_imu_gyro",
        "has_magnetometer", "has_onboard_fused_pose", "has_onboard_fused_orientation",
        "has_time_sync_markers", "has_device_laps", "has_absolute_time",
        "sample_rate_gnss_hz", "sample_rate_imu_hz", "imu_dof",
    ]  # fmt: skip


def test_the_first_part_names_the_parser():
    parts = [PartRecord(name, "1", 0.8, (), (ArtifactRecord(name, 1, "0"),)) for name in ("one", "two")]
    provenance = Provenance(tuple(parts), "0.1.0", 1)

    assert provenance.parser_id == "one"
    assert [artifact.name for artifact in provenance.artifacts] == ["one", "two"]


# --- Arrow --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("streams", "main"),
    [
        ({"channels.main": group(9), "laps": laps(), "gnss_pvt": gnss(1)}, "gnss_pvt"),
        ({"laps": laps(9), "channels.10hz": group(1), "channels.50hz": group(5)}, "channels.50hz"),
        ({"events": gnss(9), "laps": laps()}, "laps"),
        ({"gnss_pvt.raw": gnss(2), "imu_accel": gnss(3)}, "imu_accel"),
        ({}, None),
    ],
    ids=["positions", "the longest group", "laps", "the longest", "nothing"],
)
def test_the_main_stream_is_positions_else_the_longest_group_else_laps(streams, main):
    assert result(streams).main_stream == main


def test_a_result_without_streams_has_nothing_to_hand_out():
    with pytest.raises(CallError, match="no stream"):
        pa.table(result())


def test_pyarrow_takes_a_result():
    assert pa.table(result({"gnss_pvt": gnss()})).equals(gnss())


def test_pyarrow_may_ask_for_another_schema():
    stream = pa.RecordBatchReader.from_stream(result({"channels.main": group(2)}), schema=group(2).schema)

    assert stream.read_all().num_rows == 2


# --- words --------------------------------------------------------------------------------------


def test_the_summary_lists_streams_with_rows_clock_start_and_length():
    text = result(
        {"gnss_pvt": gnss(), "channels.main": group(1200)}, device_family="Toy", device_model="T1"
    ).summary()
    first, second, third = text.splitlines()

    assert first == "ride.x: toy (Toy T1)"
    assert second.split() == ["gnss_pvt", "3", "rows", "utc", "2023-11-14", "22:13:20.500Z", "0.200", "s"]
    assert third.split() == ["channels.main", "1,200", "rows", "relative", "0.000", "s"]


def test_the_summary_shows_errors_first_with_their_place_and_hint():
    issues = {
        "warnings": (Issue("ROWS_SKIPPED", Locus("ride.x", line=7), count=1, total=2),),
        "errors": (Issue("NO_STREAMS", artifacts="ride.x"), Issue("TOY_ODD", Locus())),
    }
    lines = result(**issues).summary().splitlines()

    assert lines[1] == "  error NO_STREAMS: ride.x gave no stream at all"
    assert lines[2].startswith("    hint: The other issues")
    assert lines[3] == "  error TOY_ODD: TOY_ODD"
    assert lines[4].startswith("  warning ROWS_SKIPPED: 1 of 2 rows")
    assert lines[4].endswith("[ride.x, line 7]")


@pytest.mark.parametrize("stamp_ns", [-(2**63), 2**63 - 300_000_000, 0])
def test_the_summary_shows_any_instant_that_arrow_can_hold(stamp_ns):
    assert "gnss_pvt" in result({"gnss_pvt": gnss(start_ns=stamp_ns)}).summary()


def test_the_summary_of_tables_without_rows_or_instants_is_short():
    empty = gnss(0)
    text = result({"gnss_pvt": empty, "laps": laps(), "bare": empty.replace_schema_metadata(None)}).summary()

    assert [line.split() for line in text.splitlines()[1:]] == [
        ["gnss_pvt", "0", "rows", "utc"], ["laps", "1", "rows", "utc"], ["bare", "0", "rows"],
    ]  # fmt: skip


def test_what_was_not_recognised_says_so():
    unread = result(parser=None, errors=(Issue("FORMAT_NOT_RECOGNISED", artifacts="ride.x"),))

    assert unread.summary().startswith("ride.x: not recognised")
    assert repr(unread) == "<ParseResult not recognised {} 1 errors, 0 warnings>"


def test_the_repr_is_one_line_with_rows_and_state():
    found = result({"gnss_pvt": gnss(), "laps": laps()}, warnings=(Issue("UNIT_ASSUMED"),))

    assert repr(found) == "<ParseResult toy {gnss_pvt: 3, laps: 1} ok, 1 warnings>"


def test_no_word_of_a_file_is_markup_in_the_notebook():
    evil = "<script>alert('x')</script>"
    table = gnss().rename_columns([evil, *gnss().column_names[1:]])
    page = result(
        {evil: table},
        parser=evil,
        errors=(Issue("NO_STREAMS", artifacts=evil), Issue("UNIT_ASSUMED", column=evil)),
    )._repr_html_()

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_notebook_shows_streams_and_issues_with_hints():
    page = result(
        {"gnss_pvt": gnss(1200)}, warnings=(Issue("UNIT_ASSUMED", column="a", unit="m"),)
    )._repr_html_()

    for word in ("gnss_pvt", "1,200", "2023-11-14", "lat_deg", "UNIT_ASSUMED", "columns={&#x27;Speed&#x27;"):
        assert word in page


# --- errors -------------------------------------------------------------------------------------


def test_a_failed_parse_shows_each_error_and_each_hint_once():
    failed = ParseFailed(
        result(errors=(Issue("NO_STREAMS", artifacts="a"), Issue("NO_STREAMS", artifacts="b")))
    )

    assert str(failed).splitlines()[:2] == [
        "NO_STREAMS: a gave no stream at all", "NO_STREAMS: b gave no stream at all",
    ]  # fmt: skip
    assert str(failed).count("hint: ") == 1


def test_a_missing_extra_names_what_to_install():
    missing = MissingExtra("plot", "matplotlib")

    assert str(missing) == "matplotlib is not installed: pip install 'telemparse[plot]'"
    assert (missing.extra, missing.module) == ("plot", "matplotlib")
    assert isinstance(missing, ImportError)


def test_every_error_of_ours_is_one_of_ours():
    assert issubclass(CallError, (TelemparseError, ValueError))
    assert issubclass(ParseFailed, TelemparseError)
