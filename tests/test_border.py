"""The border: whatever a parser yields becomes checked streams, plain metadata and coded issues."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.border import Border, Collector
from telemparse.errors import Malformed
from telemparse.model.codes import Code, Severity
from telemparse.model.findings import ISSUES_PER_CODE
from telemparse.model.gates import Gate
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import QualityFlag, build, channel_field
from toys import SECOND_NS, fixes, toy

LATE, TWIN = int(QualityFlag.TIME_REPAIRED), int(QualityFlag.DUPLICATE_TIME)
ODD = Code("TOY_ODD", Severity.WARNING, "{count} odd toys", "Odd.", "shake it", loses_data=True)
BAD = Code("TOY_BAD", Severity.ERROR, "a bad toy", "Bad.", "")


class Outcome:
    """A border that has taken messages, closed."""

    def __init__(self, *messages, card=None, **options):
        collector = Collector()
        self.border = Border(collector, ParseOptions(**options))
        self.border.begin(card or toy(codes=(ODD, BAD)).card)
        for message in messages:
            self.border.accept(message)
        self.measures, self.issues = self.border.finish()
        self.tables = collector.tables

    @property
    def codes(self):
        return [issue.code for issue in self.issues]

    @property
    def problems(self):
        return [issue.evidence["problem"] for issue in self.issues]


def group(**columns):
    """Return a batch of channels; values may be Arrow arrays or lists."""
    arrays = {
        name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in columns.items()
    }
    fields = {
        name: channel_field(name, values.type, source_name=name.upper()) for name, values in arrays.items()
    }
    rows = max((len(values) for values in arrays.values()), default=1)
    return build("channels.main", {"t": np.arange(rows), **arrays}, fields=fields)


# --- messages -----------------------------------------------------------------------------------


def test_good_rows_pass_and_are_measured():
    outcome = Outcome(Batch("gnss_pvt", fixes(0, 1)), Batch("gnss_pvt", fixes(2, 3)))

    assert outcome.issues == []
    assert outcome.tables["gnss_pvt"].num_rows == 4
    assert outcome.measures["gnss_pvt"].rows == 4


@pytest.mark.parametrize(
    "message", [None, 7, "gnss_pvt", fixes(0), ("gnss_pvt", fixes(0)), ValueError("x"), object]
)
def test_a_message_of_another_type_is_a_violation(message):
    outcome = Outcome(message, Batch("gnss_pvt", fixes(0)))

    assert outcome.codes == ["SCHEMA_VIOLATION"]
    assert f"not {type(message).__name__}" in outcome.problems[0]
    assert outcome.tables["gnss_pvt"].num_rows == 1


class Nasty(dict):
    """A mapping that cannot be looked at."""

    def items(self):
        raise OSError("48.1234567")


@pytest.mark.parametrize(
    "message",
    [
        Batch("gnss_pvt", None),
        Batch("gnss_pvt", {"t": [0]}),
        Batch(7, fixes(0)),
        Batch(None, fixes(0)),
        Meta(7, "x"),
        Meta(None, None),
        Meta("x", Nasty(a=1)),
        Issue("ROWS_SKIPPED", "line 3"),
        Issue("ROWS_SKIPPED", total=object()),
        Issue.stored(
            {"code": ["x"], "severity": 1, "message": 2, "evidence": {}, "locus": None, "hint": None}
        ),
        Malformed(["no", "code"]),
        Malformed("no such code at all"),
        Malformed("ROWS_SKIPPED", severity="bogus"),
        Malformed("ROWS_SKIPPED", "not a locus"),
        Malformed("ROWS_SKIPPED", total=b"bytes"),
    ],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)
def test_a_message_that_holds_rubbish_is_a_violation_and_raises_nothing(message):
    outcome = Outcome(message, Batch("gnss_pvt", fixes(0)))

    assert outcome.codes == ["SCHEMA_VIOLATION"]
    assert "48" not in outcome.issues[0].message
    assert outcome.tables["gnss_pvt"].num_rows == 1


def test_what_the_sink_raises_passes():
    class Full(Collector):
        def write(self, stream, _table):
            raise OSError(f"no room for {stream}")

    border = Border(Full(), ParseOptions())
    border.accept(Batch("gnss_pvt", fixes(0)))

    with pytest.raises(OSError, match="no room for gnss_pvt"):
        border.finish()


# --- issues and codes ---------------------------------------------------------------------------


def test_an_issue_of_the_registry_passes_unchanged():
    issue = Issue("ROWS_SKIPPED", Locus("a", line=1), count=1, total=2)

    assert Outcome(issue).issues == [issue]


def test_evidence_is_made_plain():
    (issue,) = Outcome(Issue("ROWS_SKIPPED", count=np.int64(3), total=math.nan, first=(Locus, 1)[1:])).issues

    assert issue.evidence == {"count": 3, "total": None, "first": [1]}
    assert type(issue.evidence["count"]) is int


def test_a_plugins_own_code_is_completed_from_its_card():
    (issue,) = Outcome(Issue("TOY_ODD", Locus("a", 5), count=2)).issues

    assert (issue.severity, issue.message, issue.hint) == (Severity.WARNING, "2 odd toys", "shake it")
    assert (issue.locus, issue.evidence) == (Locus("a", 5), {"count": 2})


def test_a_plugins_own_error_can_be_lowered():
    (issue,) = Outcome(Issue("TOY_BAD", severity=Severity.WARNING)).issues

    assert issue.severity is Severity.WARNING


def test_a_malformed_that_a_parser_raised_is_an_issue():
    (issue,) = Outcome(Malformed("JSON_MALFORMED", Locus("a", offset=7), offset=7, error="no bracket")).issues

    assert (issue.code, issue.locus) == ("JSON_MALFORMED", Locus("a", offset=7))
    assert issue.message == "JSON is broken at byte 7: no bracket"


@pytest.mark.parametrize(
    "message", [Issue("TOY_LOST", Locus("a", line=3)), Malformed("TOY_LOST", Locus("a", line=3))]
)
def test_a_code_that_nobody_declares_is_a_violation_at_its_place(message):
    outcome = Outcome(message)

    assert outcome.codes == ["SCHEMA_VIOLATION"]
    assert outcome.problems == ["code TOY_LOST is declared nowhere"]
    assert outcome.issues[0].locus == Locus("a", line=3)


def test_a_code_belongs_to_the_card_of_its_own_parser_only():
    border = Border(Collector(), ParseOptions())
    border.begin(toy(codes=(ODD,)).card)
    border.begin(toy("other").card)
    border.accept(Issue("TOY_ODD", count=1))

    assert [issue.code for issue in border.finish()[1]] == ["SCHEMA_VIOLATION"]


def test_a_flood_of_issues_is_capped_and_counted():
    outcome = Outcome(
        *(Issue("ROWS_SKIPPED", Locus("a", line=n), count=1, total=1) for n in range(ISSUES_PER_CODE + 5))
    )

    assert len(outcome.issues) == ISSUES_PER_CODE + 1
    assert outcome.issues[0].locus == Locus("a", line=0)
    last = outcome.issues[-1]
    assert (last.code, last.severity, last.locus) == ("ROWS_SKIPPED", Severity.WARNING, None)
    assert last.evidence == {"count": 5, "repeated": True}
    assert last.message == "5 more issues of this kind are not listed"


def test_just_as_many_issues_as_the_cap_are_all_listed():
    outcome = Outcome(*(Issue("ROWS_SKIPPED", count=1) for _ in range(ISSUES_PER_CODE)))

    assert len(outcome.issues) == ISSUES_PER_CODE


def test_a_flood_of_a_plugins_own_warnings_stays_a_warning():
    outcome = Outcome(*(Issue("TOY_ODD", count=1) for _ in range(ISSUES_PER_CODE + 1)))

    assert {issue.severity for issue in outcome.issues} == {Severity.WARNING}


def test_an_error_within_the_flood_is_not_hidden_by_warnings():
    lowered = [Issue("TOY_BAD", severity=Severity.WARNING)] * (ISSUES_PER_CODE + 1)
    outcome = Outcome(*lowered, Issue("TOY_BAD"), *lowered[:1])

    assert outcome.issues[-1].severity is Severity.ERROR
    assert outcome.issues[-1].evidence["count"] == 3


@pytest.mark.parametrize(
    "message",
    [
        lambda n: Issue(f"TOY_LOST_{n}"),
        lambda n: Batch(f"lost_{n}", fixes(0)),
        lambda n: Meta(f"lost_{n}", object()),
        lambda n: Malformed(f"TOY_LOST_{n}"),
    ],
    ids=["codes", "streams", "metadata", "raised"],
)
def test_a_flood_of_ever_new_violations_is_capped_too(message):
    outcome = Outcome(*(message(n) for n in range(3 * ISSUES_PER_CODE)))

    assert len(outcome.issues) <= 2 * ISSUES_PER_CODE + 1
    assert set(outcome.codes) == {"SCHEMA_VIOLATION"}
    assert outcome.issues[-1].evidence["repeated"] is True


def test_the_borders_own_findings_are_summed_over_batches():
    bad = fixes(0, 1, speed_mps=np.array([-1.0, 2.0]))
    outcome = Outcome(*[Batch("gnss_pvt", bad)] * 3)

    assert outcome.codes.count("VALUE_OUT_OF_RANGE") == 1
    found = next(issue for issue in outcome.issues if issue.code == "VALUE_OUT_OF_RANGE")
    assert (found.evidence["count"], found.evidence["column"], found.severity) == (
        3,
        "speed_mps",
        Severity.WARNING,
    )
    assert found.message.startswith("3 values of speed_mps")


def test_findings_of_two_columns_or_streams_stay_apart():
    bad = fixes(0, speed_mps=np.array([-1.0]), hdop=np.array([-1.0]))
    outcome = Outcome(Batch("gnss_pvt", bad), Batch("gnss_pvt.raw", bad))

    assert outcome.codes == ["VALUE_OUT_OF_RANGE"] * 4


def test_a_batch_that_is_refused_is_counted():
    outcome = Outcome(*[Batch("gnss", fixes(0))] * 3)

    assert [issue.evidence.get("count") for issue in outcome.issues] == [3]


def test_strict_makes_errors_of_warnings_that_lose_data_and_of_no_others():
    late = Batch("gnss_pvt", fixes(1, 0))
    messages = (
        late,
        Issue("ROWS_SKIPPED", count=1),
        Issue("TOY_ODD", count=1),
        Issue("UNIT_ASSUMED", column="a"),
    )
    found = {issue.code: issue.severity for issue in Outcome(*messages, strict=True).issues}

    assert found == {
        "ROWS_SKIPPED": Severity.ERROR,
        "TOY_ODD": Severity.ERROR,
        "UNIT_ASSUMED": Severity.WARNING,
        "TIME_NOT_MONOTONIC": Severity.WARNING,
    }


# --- metadata -----------------------------------------------------------------------------------


def test_facts_become_plain_metadata_and_a_later_one_replaces_an_earlier():
    outcome = Outcome(Meta("a", (1, np.float64(2.5), {"b": {3}})), Meta("c", 1), Meta("c", math.inf))

    assert outcome.border.metadata == {"a": [1, 2.5, {"b": [3]}], "c": None}


def test_facts_of_a_second_parser_hide_none_of_the_first_ones():
    border = Border(Collector(), ParseOptions())
    for name in ("one", "two"):
        border.begin(toy(name).card)
        for number in (1, 2):
            border.accept(Meta("gates", [f"{name} {number}"]))
            border.accept(Meta("device_family", f"{name} {number}"))
    border.accept(Meta("clock", "of two"))
    assert border.metadata == {"gates": ["one 2"], "gates.two": ["two 2"], "clock": "of two"}
    assert border.device == {"device_family": "one 2"}


def test_gates_stay_gates():
    gate = Gate("sector", "1", 1.0, 2.0, 3.0, 4.0, raw={"line": (1, 2)})
    (kept,) = Outcome(Meta("gates", [gate])).border.metadata["gates"]

    assert kept == Gate("sector", "1", 1.0, 2.0, 3.0, 4.0, raw={"line": [1, 2]})


def test_metadata_shares_nothing_with_the_parser():
    given = {"a": [1]}
    outcome = Outcome(Meta("x", given))
    given["a"].append(2)

    assert outcome.border.metadata["x"] == {"a": [1]}


@pytest.mark.parametrize(
    "value", [object(), b"bytes", np.zeros(3), {"a": object()}, {"$type": "Gate"}, fixes(0)]
)
def test_metadata_without_a_plain_form_is_a_violation(value):
    outcome = Outcome(Meta("x", value))

    assert outcome.border.metadata == {}
    assert outcome.problems[0].startswith("metadata x: ")


def test_metadata_that_holds_itself_is_a_violation():
    endless: list[object] = []
    endless.append(endless)

    assert Outcome(Meta("x", endless)).problems == ["metadata x: nested too deeply"]


def test_the_device_has_its_own_place():
    outcome = Outcome(Meta("device_family", "RaceBox"), Meta("device_model", 25), Meta("device_serial", "1"))

    assert outcome.border.device == {"device_family": "RaceBox", "device_model": "25"}
    assert outcome.border.metadata == {"device_serial": "1"}


def test_a_device_that_nobody_knows_has_no_name():
    assert Outcome(Meta("device_model", None)).border.device == {}


# --- batches ------------------------------------------------------------------------------------


def test_late_rows_are_flagged_moved_and_counted():
    outcome = Outcome(Batch("gnss_pvt", fixes(0, 3)), Batch("gnss_pvt", fixes(1, 2, 4)))
    (issue,) = outcome.issues

    assert outcome.tables["gnss_pvt"]["t"].cast(pa.int64()).to_pylist() == [n * SECOND_NS for n in range(5)]
    assert outcome.tables["gnss_pvt"]["quality_flags"].to_pylist() == [0, LATE, LATE, 0, 0]
    assert (issue.code, issue.severity) == ("TIME_NOT_MONOTONIC", Severity.WARNING)
    assert issue.evidence == {"stream": "gnss_pvt", "count": 2}


def test_repeated_instants_are_flagged_across_batches_and_need_no_warning():
    outcome = Outcome(Batch("gnss_pvt", fixes(0, 1)), Batch("gnss_pvt", fixes(1, 2)))

    assert outcome.tables["gnss_pvt"]["quality_flags"].to_pylist() == [0, TWIN, TWIN, 0]
    assert outcome.issues == []


def test_events_and_channels_are_sorted_too():
    events = build("events", {"t": [3, 1, 2], "event_type": ["start", "stop", "start"]})
    channels = build("channels.main", {"t": [3, 1], "a": [1, 2]}, fields={"a": channel_field("a", pa.int8())})
    outcome = Outcome(
        Batch("events", events), Batch("channels.main", channels), Batch("events", events.slice(0, 1))
    )

    assert outcome.tables["events"]["event_type"].to_pylist() == ["stop", "start", "start", "start"]
    assert outcome.tables["channels.main"]["a"].to_pylist() == [2, 1]
    assert outcome.codes == ["TIME_NOT_MONOTONIC", "TIME_NOT_MONOTONIC"]


def test_words_of_all_batches_have_one_dictionary():
    words = ("start", "stop")
    pieces = [build("events", {"t": [number], "event_type": [word]}) for number, word in enumerate(words)]
    events = Outcome(*(Batch("events", piece) for piece in pieces)).tables["events"]

    assert events["event_type"].to_pylist() == ["start", "stop"]
    assert [chunk.dictionary.to_pylist() for chunk in events["event_type"].chunks] == [["start", "stop"]] * 2
    with pa.ipc.new_file(pa.BufferOutputStream(), events.schema) as file:
        file.write_table(events)


def test_more_words_than_an_index_can_number_stay_in_their_batches():
    pieces = []
    for number, letter in enumerate("ab"):
        unused = [f"{letter}{word}" for word in range(100)]
        events = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array(["stop", *unused]))
        pieces.append(build("events", {"t": [number], "event_type": events}))
    table = Outcome(*(Batch("events", piece) for piece in pieces)).tables["events"]

    assert table["event_type"].to_pylist() == ["stop", "stop"]


def test_a_stream_without_rows_is_no_stream():
    outcome = Outcome(
        Batch("gnss_pvt", fixes()), Batch("gnss_pvt", fixes(0, lat_deg=pa.nulls(1, pa.float64())))
    )

    assert (outcome.tables, outcome.measures) == ({}, {})
    assert outcome.codes == ["SCHEMA_VIOLATION"]


def test_a_batch_without_rows_says_nothing_of_the_table_that_comes():
    nothing, something = fixes(time_base="relative"), fixes(0)

    assert Outcome(Batch("gnss_pvt", nothing), Batch("gnss_pvt", something)).issues == []


@pytest.mark.parametrize("second", ["relative", "time_of_day"])
def test_a_time_base_that_changes_within_a_stream_is_a_violation(second):
    outcome = Outcome(Batch("gnss_pvt", fixes(0)), Batch("gnss_pvt", fixes(1, time_base=second)))

    assert outcome.tables["gnss_pvt"].num_rows == 1
    assert outcome.problems == [f"table metadata changes from time_base utc to time_base {second}"]


def test_an_origin_that_moves_within_a_stream_is_a_violation():
    columns = {"t": [0], "x_e_m": [0.0], "y_n_m": [0.0]}
    facts = {"origin_lat_deg": 1, "origin_lon_deg": 2, "pose_source": "onboard_fused"}
    poses = [build("pose", columns, **{**facts, "origin_lat_deg": lat}) for lat in (1, 2)]
    outcome = Outcome(*(Batch("pose", pose) for pose in poses))

    assert outcome.tables["pose"].num_rows == 1
    assert outcome.codes == ["SCHEMA_VIOLATION"]


def test_two_streams_may_have_two_clocks():
    outcome = Outcome(Batch("gnss_pvt", fixes(0)), Batch("gnss_pvt.raw", fixes(0, time_base="relative")))

    assert outcome.codes == ["TIME_RELATIVE"]


@pytest.mark.parametrize("base", ["gps_week_seconds", "time_of_day", "relative", "index"])
def test_a_clock_without_a_date_carries_a_warning_that_names_its_streams(base):
    batch = fixes(0, time_base=base)
    (issue,) = Outcome(Batch("gnss_pvt", batch), Batch("gnss_pvt.raw", batch)).issues

    assert (issue.code, issue.severity) == ("TIME_RELATIVE", Severity.WARNING)
    assert issue.evidence == {"stream": "gnss_pvt, gnss_pvt.raw", "time_base": base}


def test_laps_that_have_no_instants_carry_no_such_warning():
    lap = {"lap_number": [1], "stint_index": [0], "duration_ns": [1], "validity": ["VALID"]}
    laps = build("laps", {**lap, "confidence": ["HIGH"], "source": ["device"]}, time_base="relative")

    assert Outcome(Batch("laps", laps)).issues == []


def test_streams_come_in_canonical_order_with_second_sources_behind():
    imu = build("imu_accel", {"t": [0], "ax_mps2": [0.0], "ay_mps2": [0.0], "az_mps2": [0.0]})
    names = ["channels.main", "imu_accel", "gnss_pvt.raw", "gnss_pvt"]
    data = [group(a=[1]), imu, fixes(0), fixes(0)]

    assert list(Outcome(*map(Batch, names, data)).tables) == names[::-1]


# --- options ------------------------------------------------------------------------------------


def test_only_the_streams_asked_for_are_taken():
    messages = (
        Batch("gnss_pvt", fixes(0)),
        Batch("gnss_pvt.raw", fixes(0)),
        Batch("channels.main", group(a=[1])),
    )

    assert list(Outcome(*messages, streams=("channels",)).tables) == ["channels.main"]
    assert list(Outcome(*messages, streams=("gnss_pvt.raw",)).tables) == ["gnss_pvt.raw"]


def test_a_stream_that_is_not_asked_for_is_not_even_checked():
    assert Outcome(Batch("gnss_pvt", None), streams=("laps",)).issues == []


def test_a_time_range_takes_its_start_and_leaves_its_end():
    outcome = Outcome(Batch("gnss_pvt", fixes(0, 1, 2, 3)), time_range=(SECOND_NS, 3 * SECOND_NS))

    assert outcome.tables["gnss_pvt"]["lat_deg"].to_pylist() == [1.0, 2.0]


def test_rows_outside_the_time_range_move_nothing():
    outcome = Outcome(Batch("gnss_pvt", fixes(9, 1, 2)), time_range=(0, 3 * SECOND_NS))

    assert outcome.issues == []


def test_a_time_range_that_nothing_lies_in_leaves_no_stream():
    outcome = Outcome(Batch("gnss_pvt", fixes(0)), time_range=(5, 5))

    assert (outcome.tables, outcome.measures) == ({}, {})


def test_laps_have_no_instant_to_be_cut_by():
    lap = {"lap_number": [1], "stint_index": [0], "duration_ns": [1], "validity": ["VALID"]}
    laps = build("laps", {**lap, "confidence": ["HIGH"], "source": ["device"]})

    assert Outcome(Batch("laps", laps), time_range=(5, 5)).tables["laps"].num_rows == 1


@pytest.mark.parametrize("wanted", ["rpm", "RPM"])
def test_channels_are_chosen_by_canonical_or_source_name(wanted):
    table = Outcome(Batch("channels.main", group(rpm=[1], gear=[2])), channels=wanted).tables["channels.main"]

    assert table.column_names == ["t", "rpm"]


@pytest.mark.parametrize("other", ["abs_active", "gear", "t_oil_c", "throttle_pct", "zeta"])
def test_channels_that_are_not_asked_for_are_left_out_whatever_they_are_called(other):
    outcome = Outcome(Batch("channels.main", group(rpm=[1], **{other: [2]})), channels="rpm")

    assert outcome.tables["channels.main"].column_names == ["t", "rpm"]


def test_a_group_that_nothing_is_left_of_hides_none_that_comes_behind():
    gears, speeds = group(gear=[1]), group(rpm=[1])
    outcome = Outcome(Batch("channels.10hz", gears), Batch("channels.main", speeds), channels="rpm")

    assert list(outcome.tables) == ["channels.main"]


def test_a_group_without_a_channel_asked_for_is_no_stream():
    assert Outcome(Batch("channels.main", group(gear=[2])), channels="rpm").tables == {}


def test_choosing_channels_leaves_other_streams_alone():
    assert list(Outcome(Batch("gnss_pvt", fixes(0)), channels="rpm").tables) == ["gnss_pvt"]


# --- channel groups -----------------------------------------------------------------------------


def test_channels_that_appear_later_are_null_before():
    first, second = group(a=[1.0]), group(a=[2.0], b=["x"])
    outcome = Outcome(Batch("channels.main", first), Batch("channels.main", second))

    assert outcome.issues == []
    assert outcome.tables["channels.main"].select(["a", "b"]).to_pylist() == [
        {"a": 1.0, "b": None}, {"a": 2.0, "b": "x"},
    ]  # fmt: skip
    assert outcome.tables["channels.main"].schema.field("b").metadata[b"source_name"] == b"B"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pa.float64(), pa.float32()),
        (pa.float64(), pa.int32()),
        (pa.int64(), pa.int8()),
        (pa.int8(), pa.int64()),
        (pa.int32(), pa.float64()),
    ],
)
def test_a_channel_keeps_its_first_type_where_its_values_fit(first, second):
    batches = (Batch("channels.main", group(a=pa.array([1]).cast(kind))) for kind in (first, second))
    outcome = Outcome(*batches)

    assert outcome.issues == []
    assert outcome.tables["channels.main"].schema.field("a").type == first
    assert outcome.tables["channels.main"]["a"].to_pylist() == [1, 1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pa.array([1]), pa.array(["48.1234567"])),
        (pa.array([1], pa.int8()), pa.array([300])),
        (pa.array([1]), pa.array([1.5])),
        (pa.array([1], pa.int64()), pa.array([2**64 - 1], pa.uint64())),
        (pa.array([1.0], pa.float64()), pa.array([2**63 - 1], pa.int64())),
    ],
)
def test_a_channel_whose_values_do_not_fit_its_first_type_is_named_and_left_out(first, second):
    outcome = Outcome(Batch("channels.main", group(a=first)), Batch("channels.main", group(a=second, b=[1])))

    assert outcome.tables["channels.main"].select(["a", "b"]).to_pylist() == [
        {"a": 1, "b": None}, {"a": None, "b": 1},
    ]  # fmt: skip
    assert outcome.problems == [f"channel a changes from {first.type} to {second.type}"]


def test_a_source_name_that_is_no_text_does_no_harm():
    field = pa.field("a", pa.int8(), metadata={b"source_name": b"\xff"})
    batch = build("channels.main", {"t": [0], "a": [1]}, fields={"a": field})

    assert Outcome(Batch("channels.main", batch), channels="a").tables["channels.main"].num_columns == 2


# --- several parsers ----------------------------------------------------------------------------


def test_streams_of_two_parsers_merge_and_a_second_of_one_name_takes_the_parsers_id():
    collector = Collector()
    border = Border(collector, ParseOptions())
    border.begin(toy("one").card)
    border.accept(Batch("gnss_pvt", fixes(0)))
    border.begin(toy("two").card)
    border.accept(Batch("gnss_pvt", fixes(0, 1)))
    border.accept(Batch("gnss_pvt", fixes(2)))
    border.accept(Batch("channels.main", group(a=[1])))
    border.finish()

    assert {name: table.num_rows for name, table in collector.tables.items()} == {
        "gnss_pvt": 1, "gnss_pvt.two": 3, "channels.main": 1,
    }  # fmt: skip


@pytest.mark.parametrize("ids", [("one", "two"), ("two", "one")])
def test_the_first_parser_has_the_plain_name_whatever_it_is_called(ids):
    collector = Collector()
    border = Border(collector, ParseOptions())
    for parser_id in ids:
        border.begin(toy(parser_id).card)
        border.accept(Batch("gnss_pvt", fixes(0)))
    border.finish()

    assert list(collector.tables) == ["gnss_pvt", f"gnss_pvt.{ids[1]}"]


def test_a_parser_is_the_same_by_its_id_also_when_it_comes_again():
    collector = Collector()
    border = Border(collector, ParseOptions())
    for again in (b"again", b"again"):  # equal, and not the same object
        border.begin(toy(again.decode()).card)
        border.accept(Batch("gnss_pvt", fixes(0)))
    border.finish()

    assert {name: table.num_rows for name, table in collector.tables.items()} == {"gnss_pvt": 2}


# --- partitions ---------------------------------------------------------------------------------

rows = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from([0.0, 45.0, 91.0, math.nan, None]),
        st.sampled_from([-1.0, 3.0, None]),
    ),
    max_size=30,
)


@given(rows, st.lists(st.integers(0, 30), max_size=6))
def test_how_the_rows_are_cut_into_batches_does_not_change_the_result(samples, cuts):
    columns = {
        "t": np.array([stamp for stamp, _lat, _speed in samples], np.int64),
        "lat_deg": pa.array([lat for _stamp, lat, _speed in samples], pa.float64()),
        "lon_deg": np.arange(len(samples)) * 1.0,
        "speed_mps": pa.array([speed for _stamp, _lat, speed in samples], pa.float32()),
    }
    batch = build("gnss_pvt", columns)
    edges = [0, *sorted(min(cut, len(samples)) for cut in cuts), len(samples)]
    pieces = [batch.slice(a, b - a) for a, b in pairwise(edges)]
    whole, cut = Outcome(Batch("gnss_pvt", batch)), Outcome(*(Batch("gnss_pvt", piece) for piece in pieces))

    assert {name: table.to_pylist() for name, table in cut.tables.items()} == {
        name: table.to_pylist() for name, table in whole.tables.items()
    }
    assert sorted(map(repr, cut.issues)) == sorted(map(repr, whole.issues))
    for name, measure in whole.measures.items():
        other = cut.measures[name]
        assert (other.rows, other.t_first_ns, other.rate_hz, other.values) == (
            measure.rows, measure.t_first_ns, measure.rate_hz, measure.values,
        )  # fmt: skip
