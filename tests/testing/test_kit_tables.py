"""Promises about what is yielded: rows that fit, in order, that lead back to where they came from."""

from __future__ import annotations

import gzip

import attrs
import numpy as np
import pyarrow as pa
import pytest

from telemparse.errors import Malformed
from telemparse.model.codes import Code, Severity
from telemparse.model.detection import Detection, Rung
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.schemas import build, channel_field
from telemparse.testing.checks.damage import damage_is_confessed
from telemparse.testing.checks.declarations import codes_are_declared, examples_are_shipped
from telemparse.testing.checks.tables import (
    order_is_monotonic_or_confessed,
    provenance_is_complete,
    schema_holds,
)
from telemparse.testing.kit import Broken
from telemparse.testing.liars import honest
from telemparse.testing.subject import Subject
from toys import fixes

CONTENT = b"one line\nanother line\n" * 10
ODD = Code("HOMEMADE_ODD", Severity.WARNING, "{count} odd things", "Odd things.", "shake it")


def yielding(*messages):
    """Return a parser that yields these, raising what is an exception, whatever the bytes are."""

    def parse(_artifacts, _options):
        for message in messages:
            if isinstance(message, BaseException):
                raise message
            yield message

    return parse


def subject_of(homemade, *messages, examples=None, **facts):
    return homemade(
        detect=lambda _sniffs: Detection(Rung.MARKER, ("anything",)),
        parse=yielding(*messages),
        examples={"a.x": CONTENT} if examples is None else examples,
        **facts,
    )


def channels(*names, t=(0, 1), source="source", stream="channels.main"):
    fields = {name: channel_field(name, pa.float64(), source_name=source) for name in names}
    stamps = np.array(t, np.int64)
    return Batch(stream, build(stream, {"t": stamps, **{n: [1.0] * len(t) for n in names}}, fields=fields))


GNSS = Batch("gnss_pvt", fixes(0, 1, 2))

# --- schema-holds -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "declared"),
    [("gnss_pvt", "gnss_pvt"), ("gnss_pvt.raw", "gnss_pvt"), ("gnss_pvt.raw", "gnss_pvt.raw")],
)
def test_a_stream_is_declared_by_its_name_or_by_that_of_its_kind(homemade, stream, declared):
    schema_holds(subject_of(homemade, Batch(stream, fixes(0)), streams=("laps", declared)))


@pytest.mark.parametrize(
    ("stream", "declared"), [("gnss_pvt", ("laps",)), ("gnss_pvt", ("gnss_pvt.raw",)), ("gnss_pvt", ())]
)
def test_a_stream_that_is_not_declared_is_told(homemade, stream, declared):
    with pytest.raises(Broken, match=r"sample a\.x yields gnss_pvt; the card declares "):
        schema_holds(subject_of(homemade, Batch(stream, fixes(0)), streams=declared))


@pytest.mark.parametrize("message", [None, "gnss_pvt", 7, fixes(0)])
def test_what_is_no_message_is_told(homemade, message):
    with pytest.raises(
        Broken, match=rf"a {type(message).__name__} is neither .*Batch.*, Issue nor Meta"
    ):  # even beside good rows
        schema_holds(subject_of(homemade, GNSS, message))


@pytest.mark.parametrize("messages", [(), (Batch("gnss_pvt", fixes()),), (Meta("a", 1),)])
def test_a_sample_without_a_row_is_told(homemade, messages):
    with pytest.raises(Broken, match=r"no row|yields a row"):
        schema_holds(subject_of(homemade, *messages))


@pytest.mark.parametrize("data", [None, [1], "rows"])
def test_a_batch_without_rows_of_arrow_is_told(homemade, data):
    with pytest.raises(Broken, match=r"^sample a\.x: a Batch is neither a Batch of rows, Issue nor Meta$"):
        schema_holds(subject_of(homemade, GNSS, Batch("gnss_pvt", data)))


def by_content(**messages):
    """Return a parser that yields what is given for the first word of the content."""

    def parse(artifacts, _options):
        yield from messages[artifacts.artifacts[0].read_at(0, 100).split()[0].decode()]

    return parse


def test_a_sample_that_holds_nothing_is_fine_where_that_is_said_and_others_hold_something(homemade):
    told = [Issue("NO_VALID_FIX")]
    both = {"empty.x": b"empty x", "full.x": b"full x"}
    always = {"detect": lambda _sniffs: Detection(Rung.MARKER, ("anything",))}

    schema_holds(homemade(**always, parse=by_content(empty=told, full=[GNSS]), examples=both))
    with pytest.raises(Broken, match=r"^sample empty\.x yields no row at all, and nothing says why$"):
        schema_holds(homemade(**always, parse=by_content(empty=[], full=[GNSS]), examples=both))
    with pytest.raises(Broken, match=r"^no sample yields a row$"):
        schema_holds(homemade(**always, parse=by_content(empty=told, full=told), examples=both))


def test_a_table_that_changes_its_mind_from_batch_to_batch_is_told(homemade):
    relative = Batch("gnss_pvt", fixes(3, time_base="relative"))

    schema_holds(subject_of(homemade, relative))
    with pytest.raises(Broken, match=r"^sample a\.x: .*time_base utc to time_base relative"):
        schema_holds(subject_of(homemade, GNSS, relative))


def test_a_code_that_nobody_declares_is_another_promises_matter(homemade):
    schema_holds(subject_of(homemade, GNSS, Issue("HOMEMADE_LOST")))


@pytest.mark.parametrize("key", [7, None, ("a",)])
def test_the_key_of_a_fact_is_a_word(homemade, key):
    with pytest.raises(Broken, match=rf"the key of a Meta is a {type(key).__name__}, not a word"):
        schema_holds(subject_of(homemade, GNSS, Meta(key, 1)))


def test_batches_without_rows_beside_others_are_nothing(homemade):
    schema_holds(subject_of(homemade, Batch("gnss_pvt", fixes()), GNSS, Batch("gnss_pvt", fixes())))


def test_rows_beyond_the_schema_are_told_in_whatever_batch_they_are(homemade):
    beyond = Batch("gnss_pvt", fixes(3, speed_mps=np.array([-1.0])))

    with pytest.raises(Broken, match=r"sample a\.x, stream gnss_pvt: 1 values? of speed_mps"):
        schema_holds(subject_of(homemade, GNSS, beyond))


@pytest.mark.parametrize(
    ("message", "key"),
    [(Meta("serial", object()), "serial"), (Issue("ROWS_SKIPPED", count=b"3"), "ROWS_SKIPPED")],
)
def test_what_no_document_can_hold_is_told_by_its_key(homemade, message, key):
    with pytest.raises(Broken, match=rf"sample a\.x: {key} holds what no document can: "):
        schema_holds(subject_of(homemade, GNSS, message))


def test_plain_facts_and_evidence_are_fine(homemade):
    schema_holds(subject_of(homemade, GNSS, Meta("a", {"b": (1, None)}), Issue("ROWS_SKIPPED", lines=[1])))


# --- order-is-monotonic-or-confessed ------------------------------------------------------------


@pytest.mark.parametrize(
    ("batches", "late"),
    [
        ([fixes(0, 1, 2)], 0),
        ([fixes(0, 1, 1, 2)], 0),
        ([fixes(0, 2), fixes(2, 3)], 0),
        ([fixes(0, 2, 1, 0, 5)], 2),
        ([fixes(0, 2), fixes(1, 3)], 1),
        ([fixes(0, 2), fixes(), fixes(1)], 1),
    ],
)
def test_steps_back_are_counted_over_the_batches_of_a_stream(homemade, batches, late):
    subject = subject_of(homemade, *(Batch("gnss_pvt", batch) for batch in batches))
    if not late:
        order_is_monotonic_or_confessed(subject)
        return
    with pytest.raises(Broken, match=f"sample a.x: {late} rows of gnss_pvt are earlier than the row before"):
        order_is_monotonic_or_confessed(subject)


def test_each_stream_has_a_clock_of_its_own(homemade):
    order_is_monotonic_or_confessed(subject_of(homemade, Batch("gnss_pvt", fixes(5, 6)), channels("a")))


def test_the_stream_that_is_late_is_the_one_that_is_named(homemade):
    with pytest.raises(Broken, match=r"1 rows of channels\.main are earlier"):
        order_is_monotonic_or_confessed(subject_of(homemade, GNSS, channels("a", t=(1, 0))))


@pytest.mark.parametrize(
    ("code", "is_told"),
    [
        ("TIME_NOT_MONOTONIC", True),
        ("DATE_UNRELIABLE", True),
        ("TIME_DUPLICATES_DROPPED", True),
        ("ROWS_SKIPPED", False),
    ],
)
def test_a_disorder_that_is_confessed_is_none(homemade, code, is_told):
    subject = subject_of(homemade, Batch("gnss_pvt", fixes(1, 0)), Issue(code, count=1, stream="gnss_pvt"))
    if is_told:
        order_is_monotonic_or_confessed(subject)
        return
    with pytest.raises(Broken):
        order_is_monotonic_or_confessed(subject)


def test_laps_have_no_clock(homemade):
    lap = {"lap_number": [1], "stint_index": [0], "duration_ns": [1], "validity": ["VALID"]}
    laps = build("laps", {**lap, "confidence": ["HIGH"], "source": ["device"]})

    order_is_monotonic_or_confessed(subject_of(homemade, Batch("laps", laps), streams=("laps",)))


# --- provenance-is-complete ---------------------------------------------------------------------


def test_a_version_a_source_name_and_a_place_in_the_file_are_complete(homemade):
    place = Issue("ROWS_SKIPPED", Locus("a.x", offset=len(CONTENT), line=len(CONTENT) + 1), count=1, total=2)
    whole = Issue("ROWS_SKIPPED", Locus(), count=1, total=2)

    provenance_is_complete(
        subject_of(homemade, GNSS, channels("a"), place, whole, Issue("UNIT_ASSUMED", column="a"))
    )


@pytest.mark.parametrize("version", ["", " "])
def test_a_parser_without_a_version_is_told(homemade, version):
    with pytest.raises(Broken, match="provenance names no parser with a version"):
        provenance_is_complete(subject_of(homemade, GNSS, version=version))


@pytest.mark.parametrize("source", [None, ""])
def test_a_channel_without_the_name_of_its_source_is_told(homemade, source):
    field = pa.field("b", pa.float64(), metadata=None if source is None else {b"source_name": b""})
    bad = build("channels.main", {"t": [0], "b": [1.0]}, fields={"b": field})

    with pytest.raises(Broken, match="channel b does not name its source_name"):
        provenance_is_complete(subject_of(homemade, GNSS, channels("a"), Batch("channels.main", bad)))


@pytest.mark.parametrize(
    ("locus", "words"),
    [
        (Locus("b.x"), "points to no file of the recording"),
        (Locus("a.x", offset=len(CONTENT) + 1), "points behind the file, to "),
        (Locus("a.x", line=len(CONTENT) + 2), "points behind the file, to "),
        (Locus("a.x", record=len(CONTENT) + 1), "points behind the file, to "),
        (Locus("a.x", offset=-1), "points behind the file, to "),
        (Locus("a.x", line=0), "points behind the file, to "),
    ],
)
def test_a_place_that_is_not_in_the_recording_is_told(homemade, locus, words):
    nowhere = Issue("UNIT_ASSUMED", column="a")
    with pytest.raises(Broken, match=rf"sample a\.x, undamaged: ROWS_SKIPPED {words}"):
        provenance_is_complete(
            subject_of(homemade, GNSS, nowhere, Issue("ROWS_SKIPPED", locus, count=1, total=2))
        )


@pytest.mark.parametrize(("behind", "is_told"), [(0, False), (1, True)])
def test_places_in_a_wrapped_file_are_those_of_what_is_inside(homemade, behind, is_told):
    def parse(artifacts, _options):
        yield GNSS
        for artifact in artifacts:
            yield Issue("ROWS_SKIPPED", Locus(artifact.name, offset=artifact.size + behind), count=1, total=2)

    subject = homemade(
        detect=lambda _sniffs: Detection(Rung.MARKER, ("anything",)),
        parse=parse,
        examples={"a.x": gzip.compress(CONTENT, mtime=0)},
        extensions=(),  # else it would be offered as it is
    )
    assert subject.reading(subject.samples[0].files).sizes == {"a.x": len(CONTENT)}
    if not is_told:
        provenance_is_complete(subject)
        return
    with pytest.raises(Broken, match="points behind the file"):
        provenance_is_complete(subject)


@pytest.mark.parametrize(("offset", "is_told"), [(2 * len(CONTENT), False), (2 * len(CONTENT) + 1, True)])
def test_a_place_in_no_file_by_name_is_one_in_all_of_them(homemade, offset, is_told):
    examples = {"run": {"a.x": CONTENT, "b.x": CONTENT}}
    issue = Issue("ROWS_SKIPPED", Locus(offset=offset), count=1, total=2)
    subject = subject_of(homemade, GNSS, issue, examples=examples)
    if not is_told:
        provenance_is_complete(subject)
        return
    with pytest.raises(Broken, match="points behind the file"):
        provenance_is_complete(subject)


def hanging_over_damage(homemade, *messages):
    """Return a subject whose parser does not end over anything but the whole sample."""

    def parse(artifacts, _options):
        yield from messages
        while artifacts.artifacts[0].read_at(0, 1 << 20) != CONTENT:
            pass

    return homemade(
        detect=lambda _sniffs: Detection(Rung.MARKER, ("anything",)),
        parse=parse,
        examples={"a.x": CONTENT},
        timeout_s=0.05,
    )


@pytest.mark.parametrize("examine", [provenance_is_complete, codes_are_declared, damage_is_confessed])
def test_what_does_not_end_over_damage_is_another_promises_matter(homemade, examine):
    examine(hanging_over_damage(homemade, GNSS))


def test_what_is_seen_before_something_does_not_end_counts(homemade):
    with pytest.raises(Broken, match="points to no file"):
        provenance_is_complete(hanging_over_damage(homemade, GNSS, Issue("ROWS_SKIPPED", Locus("b.x"))))
    with pytest.raises(Broken, match="ANOTHER_ODD"):
        codes_are_declared(hanging_over_damage(homemade, GNSS, Issue("ANOTHER_ODD")))


def test_places_are_followed_over_damage_too(homemade):
    def parse(artifacts, _options):
        yield GNSS
        if artifacts.artifacts[0].read_at(0, 1 << 20) != CONTENT:
            yield Issue("ROWS_SKIPPED", Locus("a.x", offset=10**6), count=1, total=2)

    subject = homemade(
        detect=lambda _sniffs: Detection(Rung.MARKER, ("anything",)), parse=parse, examples={"a.x": CONTENT}
    )
    with pytest.raises(Broken, match=r"sample a\.x, 5 bytes overwritten at byte \d+ of a\.x: ROWS_SKIPPED"):
        provenance_is_complete(subject)


def test_the_place_of_what_is_raised_counts_as_that_of_what_is_yielded(homemade):
    with pytest.raises(Broken, match="JSON_MALFORMED points to no file"):
        provenance_is_complete(
            subject_of(homemade, GNSS, Malformed("JSON_MALFORMED", Locus("other"), offset=1, error="odd"))
        )


# --- codes-are-declared, examples-are-shipped ---------------------------------------------------


def test_codes_of_the_registry_and_of_the_card_are_declared(homemade):
    issues = Issue("ROWS_SKIPPED", count=1, total=2), Issue("HOMEMADE_ODD", count=1)

    codes_are_declared(subject_of(homemade, GNSS, *issues, codes=(ODD,)))


def test_a_code_that_nobody_declares_is_told(homemade):
    issues = Issue("HOMEMADE_ODD"), Issue("ANOTHER_ODD"), Issue("HOMEMADE_LOST")

    with pytest.raises(Broken, match="neither the registry nor the card has ANOTHER_ODD, HOMEMADE_LOST"):
        codes_are_declared(subject_of(homemade, GNSS, *issues, codes=(ODD,)))


def test_a_code_that_only_damage_brings_is_found(homemade):
    def parse(artifacts, _options):
        yield GNSS
        if artifacts.artifacts[0].read_at(0, 1 << 20) != CONTENT:
            raise Malformed("HOMEMADE_LOST")

    subject = homemade(
        detect=lambda _sniffs: Detection(Rung.MARKER, ("anything",)), parse=parse, examples={"a.x": CONTENT}
    )
    with pytest.raises(Broken, match="neither the registry nor the card has HOMEMADE_LOST"):
        codes_are_declared(subject)


@pytest.mark.parametrize(
    "code",
    [
        Code("HOMEMADE_ODD", Severity.WARNING, "", "Odd.", "shake it"),
        Code("HOMEMADE_ODD", Severity.WARNING, "odd", "", "shake it"),
        Code("HOMEMADE_ODD", Severity.WARNING, "odd", "Odd.", ""),
    ],
    ids=["message", "description", "hint"],
)
def test_a_code_is_declared_with_message_description_and_hint(homemade, code):
    with pytest.raises(Broken, match="HOMEMADE_ODD lacks its message, its description or its hint"):
        codes_are_declared(subject_of(homemade, GNSS, codes=(code,)))


def test_a_code_of_the_registry_is_no_code_of_ones_own():
    again = attrs.evolve(ODD, code="ROWS_SKIPPED")
    card = honest.card_of("rows", codes=(again,))
    subject = Subject.of(card, encoder=None, examples=1, timeout_s=20.0)

    with pytest.raises(Broken, match=r"^ROWS_SKIPPED is a code of the registry already$"):
        codes_are_declared(subject)


@pytest.mark.parametrize(("size", "is_told"), [(0, True), (1, False), (65_536, False), (65_537, True)])
def test_examples_have_1_to_65_536_bytes_each(homemade, size, is_told):
    examples = {"run": {"a.x": CONTENT, "a.y": b"y" * size}}
    subject = subject_of(homemade, GNSS, examples=examples)
    if not is_told:
        examples_are_shipped(subject)
        return
    with pytest.raises(Broken, match=f"a.y of example run has {size} bytes, not 1 to 65536"):
        examples_are_shipped(subject)


def test_a_card_that_names_no_examples_is_told(homemade):
    subject = homemade(parse=yielding(GNSS), examples=None, samples={"a.x": CONTENT})

    with pytest.raises(Broken, match="the card names no examples"):
        examples_are_shipped(subject)


@pytest.mark.parametrize(
    ("examples", "words"),
    [("no_such_module_anywhere:EXAMPLES", r"cannot be had: ModuleNotFoundError"), ({}, "is empty")],
)
def test_examples_that_cannot_be_had_and_none_at_all_are_told(homemade, examples, words):
    subject = homemade(parse=yielding(GNSS), examples=examples, samples={"a.x": CONTENT})

    with pytest.raises(Broken, match=words):
        examples_are_shipped(subject)


def test_a_single_nanosecond_back_is_a_step_back(homemade):
    late = np.array([1_746_352_800_000_000_001, 1_746_352_800_000_000_000])
    batch = build("gnss_pvt", {"t": late, "lat_deg": [1.0, 1.0], "lon_deg": [1.0, 1.0]})

    with pytest.raises(Broken, match="1 rows of gnss_pvt are earlier"):
        order_is_monotonic_or_confessed(subject_of(homemade, Batch("gnss_pvt", batch)))
