"""A table of penalties is versioned, can be changed row by row, and refuses what it cannot mean."""

from __future__ import annotations

import json
import tomllib

import pytest

from telemparse.analysis import PenaltyTable
from telemparse.analysis.quality.observed import seen, unseen
from telemparse.analysis.quality.penalties import Charge, Penalty, Side
from telemparse.analysis.quality.subjects import SUBJECTS
from telemparse.errors import CallError

ROW = {
    "name": "mine",
    "observation": "gnss_rate_hz",
    "threshold": 8,
    "points": 12,
    "code": "GNSS_RATE_LOW",
    "concerns": ["gnss", "laps"],
}


def table(*rows, version="mine-1"):
    return PenaltyTable.of({"version": version, "rows": [{**ROW, **row} for row in rows]})


def test_the_default_table_has_the_rows_that_are_promised():
    default = PenaltyTable.default()
    promised = {
        "dropout": (Side.ABOVE, 5, 10, Charge.ONCE),
        "gap": (Side.ABOVE, 2, 10, Charge.ONCE),
        "teleports": (Side.ABOVE, 0, 15, Charge.EACH),
        "jitter": (Side.ABOVE, 10, 10, Charge.ONCE),
        "accuracy_missing": (Side.ABOVE, 0, 5, Charge.ONCE),
    }
    for name, expected in promised.items():
        row = default.row(name)
        assert (row.side, row.threshold, row.points, row.charge) == expected
    assert default.row("teleports").cap == 40
    assert {row.name for row in default.rows if row.charge is Charge.CRITICAL} == {
        "hash_mismatch", "time_broken",
    }  # fmt: skip
    assert default.version == "2"


def test_a_table_survives_json_and_back():
    default = PenaltyTable.default()
    assert PenaltyTable.of(json.loads(json.dumps(default.to_dict()))) == default


def test_a_table_of_toml_is_one():
    text = """
    version = "club"
    [[rows]]
    name = "slow"
    observation = "gnss_rate_hz"
    side = "below"
    threshold = 9.5
    points = 20
    code = "GNSS_RATE_LOW"
    concerns = ["lap_timing"]
    """
    (row,) = PenaltyTable.of(tomllib.loads(text)).rows
    assert row.side is Side.BELOW
    assert row.charge is Charge.ONCE
    assert row.concerns == ("lap_timing",)


def test_changes_leave_the_old_table_as_it_is_and_mark_the_new_one_once():
    default = PenaltyTable.default()
    changed = default.with_penalty("gap", 3).with_penalty("dropout", 4)
    assert changed.version == "2+changed"
    assert (changed.row("gap").points, default.row("gap").points) == (3, 10)
    assert [row.name for row in changed.rows] == [row.name for row in default.rows]
    added = default.with_row(Penalty.of(ROW))
    assert added.rows[-1].name == "mine"
    assert added.with_row(Penalty.of({**ROW, "points": 1})).row("mine").points == 1
    assert "gap" not in {row.name for row in default.without("gap").rows}


@pytest.mark.parametrize(
    "act", [lambda t: t.row("no"), lambda t: t.without("no"), lambda t: t.with_penalty("no", 1)]
)
def test_a_row_that_is_not_there_is_named_with_those_that_are(act):
    with pytest.raises(CallError, match="there is no penalty 'no'; there are hash_mismatch, "):
        act(PenaltyTable.default())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"threshold": "5"}, "finite number"),
        ({"threshold": float("nan")}, "finite number"),
        ({"threshold": True}, "finite number"),
        ({"points": -1}, "within 0 and 100"),
        ({"points": 101}, "within 0 and 100"),
        ({"cap": 1000}, "cap of penalty mine"),
        ({"code": "NO_SUCH_CODE"}, "no code of the registry"),
        ({"concerns": []}, "nobody"),
        ({"concerns": ["gnss", "tyres"]}, "tyres"),
        ({"concerns": "tyres"}, "tyres"),
        ({"side": "beside"}, "above or below"),
        ({"charge": "twice"}, "once, each, critical"),
        ({"name": "two words"}, "name of a penalty"),
        ({"observation": 5}, "observation of a penalty"),
        ({"colour": "red"}, "no colour"),
    ],
)
def test_a_row_that_means_nothing_is_refused_with_its_fault(change, words):
    with pytest.raises(CallError, match=words):
        table(change)


@pytest.mark.parametrize("name", ["name", "observation", "threshold", "code", "concerns"])
def test_a_row_that_lacks_something_is_refused(name):
    with pytest.raises(CallError, match=f"lacks {name}"):
        Penalty.of({key: value for key, value in ROW.items() if key != name})


@pytest.mark.parametrize(
    "mapping",
    [
        [],
        {},
        {"version": "1"},
        {"version": "", "rows": []},
        {"version": 2, "rows": []},
        {"version": "1", "rows": "x"},
        {"version": "1", "rows": {}},
        {"version": "1", "rows": [5]},
        {"version": "1", "rows": [], "more": 1},
    ],
)
def test_what_is_no_table_is_refused(mapping):
    with pytest.raises(CallError):
        PenaltyTable.of(mapping)


def test_two_rows_of_one_name_are_refused():
    with pytest.raises(CallError, match="twice: mine"):
        table({}, {"points": 3})


def test_a_word_in_place_of_a_list_of_words_is_one_of_them():
    assert Penalty.of({**ROW, "concerns": "gnss"}).concerns == ("gnss",)
    assert Penalty.of({**ROW, "concerns": ["gnss", "gnss"]}).concerns == ("gnss",)
    assert Penalty.of({**ROW, "concerns": SUBJECTS}).concerns == SUBJECTS


def test_a_penalty_begins_beyond_its_threshold_and_never_without_an_observation():
    above, below = Penalty.of(ROW), Penalty.of({**ROW, "side": "below"})
    assert [above.applies(seen(number)) for number in (7, 8, 9)] == [False, False, True]
    assert [below.applies(seen(number)) for number in (7, 8, 9)] == [True, False, False]
    assert not above.applies(unseen("why"))
    assert not above.applies(None)


def test_what_is_counted_costs_for_each_one_up_to_its_cap():
    row = Penalty.of({**ROW, "threshold": 0, "charge": "each", "points": 15, "cap": 40})
    assert [row.points_of(seen(count)) for count in (1, 2, 3, 99)] == [15, 30, 40, 40]
