"""The card: a parser that introduces itself wrongly is refused before it can do harm."""

from __future__ import annotations

import attrs
import pytest

from telemparse.errors import CallError
from telemparse.extension.card import API_VERSION, SUPPORTED_API, ParserCard
from telemparse.model.codes import Code, Severity

FACTS = {
    "id": "lapbook",
    "name": "Lapbook",
    "version": "1.2",
    "detector": "telemparse_lapbook.detect:detect",
    "target": "telemparse_lapbook.parser:parse",
}


def card(**facts):
    return ParserCard(**{**FACTS, **facts})


def code(name):
    return Code(name, Severity.WARNING, "message", "description", "hint")


def test_a_card_of_five_facts_is_enough():
    plain = card()
    assert plain.api == 1
    assert (plain.support_level, plain.examples, plain.extensions, plain.magics) == (1, None, (), ())


@pytest.mark.parametrize(("value", "is_hinted"), [(".lap", True), (b".lap", True), (7, False), (None, False)])
def test_a_bare_word_is_told_to_want_a_comma_and_nothing_else_is(value, is_hinted):
    with pytest.raises(CallError, match="extensions must be several values") as refused:
        card(extensions=value)
    assert ("(a comma is missing)" in str(refused.value)) is is_hinted


def test_a_card_names_each_of_its_facts():
    with pytest.raises(TypeError):
        ParserCard(*FACTS.values())


@pytest.mark.parametrize("level", [1, 2, 3])
def test_there_are_three_support_levels(level):
    assert card(support_level=level).support_level == level


def test_an_extension_may_be_a_single_letter():
    assert card(extensions=(".a",)).greets("run.A", b"")


def test_a_card_is_never_changed():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        card().id = "other"


def test_this_core_speaks_its_own_version():
    assert API_VERSION in SUPPORTED_API


def test_lists_become_tuples_and_extensions_lower_case():
    full = card(
        extensions=[".LAP", ".lbk"],
        mime_types=["text/x-lapbook"],
        magics=[[0, b"LAP"], (4, b"\0")],
        companions=[["{stem}.lap", "{stem}.lbk"]],
        streams=["laps"],
        specializes=["csv"],
        codes=[code("LAPBOOK_ODD")],
        examples="telemparse_lapbook.examples:EXAMPLES",
    )
    assert full.extensions == (".lap", ".lbk")
    assert (full.mime_types, full.streams, full.specializes) == (("text/x-lapbook",), ("laps",), ("csv",))
    assert full.magics == ((0, b"LAP"), (4, b"\0"))
    assert full.companions == (("{stem}.lap", "{stem}.lbk"),)
    assert full.codes == (code("LAPBOOK_ODD"),)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Lapbook"),
        ("id", "2laps"),
        ("id", "lap-book"),
        ("id", ""),
        ("id", None),
        ("detector", "telemparse_lapbook.detect"),
        ("detector", "os; import sys:x"),
        ("target", "module:"),
        ("target", ":parse"),
        ("target", 7),
        ("examples", "examples"),
        ("extensions", ".lap"),
        ("extensions", ("lap",)),
        ("extensions", (".",)),
        ("mime_types", "text/plain"),
        ("mime_types", ("",)),
        ("magics", ((0, "LAP"),)),
        ("magics", ((-1, b"LAP"),)),
        ("magics", ((0, b""),)),
        ("magics", (b"LAP",)),
        ("magics", ((0, b"LAP", 1),)),
        ("companions", ("{stem}.ld", "{stem}.ldx")),
        ("companions", (("{stem}.ld",),)),
        ("companions", (("{stem}.ld", 7),)),
        ("companions", ((),)),
        ("streams", "laps"),
        ("streams", (7,)),
        ("specializes", "csv"),
        ("codes", (code("OTHER_ODD"),)),
        ("codes", ("LAPBOOK_ODD",)),
        ("codes", "LAPBOOK_ODD"),
        ("codes", code("LAPBOOK_ODD")),
        ("name", None),
        ("version", 1),
        ("extensions", (7,)),
        ("extensions", None),
        ("mime_types", 7),
        ("magics", None),
        ("magics", (7,)),
        ("companions", None),
        ("specializes", None),
        ("support_level", True),
        ("support_level", "1"),
        ("api", "1"),
        ("api", True),
        ("api", 1.0),
        ("api", None),
    ],
)
def test_a_fact_of_the_wrong_shape_is_refused(field, value):
    with pytest.raises(CallError, match=field):
        card(**{field: value})


def test_a_support_level_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="support_level"):
        card(support_level=4)


def test_several_values_may_come_in_any_iterable():
    made = card(extensions=iter([".LAP"]), magics=[[0, b"LAP"]], codes=[code("LAPBOOK_ODD")])
    assert (made.extensions, made.magics) == ((".lap",), ((0, b"LAP"),))
    assert [entry.code for entry in made.codes] == ["LAPBOOK_ODD"]


@pytest.mark.parametrize(
    ("name", "head", "greeted"),
    [
        ("RUN.LAP", b"", True),
        ("run.lap.gz", b"", False),
        ("run.txt", b"..LAP", True),
        ("run.txt", b"..LAP and what follows", True),
        ("run.txt", b"LAP", False),
        ("run.txt", b"", False),
    ],
)
def test_extension_or_magic_greets(name, head, greeted):
    assert card(extensions=(".lap",), magics=((2, b"LAP"),)).greets(name, head) is greeted


def test_a_card_without_extension_and_magic_greets_nobody():
    assert not card().greets("run.lap", b"LAP")
