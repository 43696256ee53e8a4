"""Promises about damage: what counts as an exception, and what as a loss that nobody tells of."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from telemparse.errors import Malformed
from telemparse.extension.faults import Fault
from telemparse.model.detection import Detection, Rung
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch
from telemparse.schemas import build, channel_field
from telemparse.testing.checks.damage import damage_becomes_issues, damage_is_confessed, scars
from telemparse.testing.deadlines import Overtime
from telemparse.testing.kit import Broken
from telemparse.testing.subject import Sample

CONTENT = bytes(range(1, 241)) * 2


def rows(count, *, nulls=0):
    """Return a batch of so many rows, the first of them without a value."""
    values = pa.array([None] * nulls + [1.0] * (count - nulls), pa.float64())
    fields = {"a": channel_field("a", pa.float64(), source_name="a")}
    return Batch("channels.main", build("channels.main", {"t": np.arange(count), "a": values}, fields=fields))


def reading(function):
    """Return a parser: what it yields of the bytes of its first artifact."""

    def parse(artifacts, _options):
        (artifact, *_) = artifacts
        yield from function(artifact.read_at(0, 1 << 20))

    return parse


def always(_sniffs):
    return Detection(Rung.MARKER, ("anything",))


# --- damage-becomes-issues ----------------------------------------------------------------------


def test_issues_and_malformed_are_what_damage_may_become(homemade):
    def parse(content):
        if content != CONTENT:
            yield Issue("ROWS_SKIPPED", count=1, total=1)
            raise Malformed("JSON_MALFORMED", offset=1, error="odd")
        yield rows(1)

    damage_becomes_issues(homemade(parse=reading(parse), examples={"a.x": CONTENT}))


@pytest.mark.parametrize("error", [ValueError("boom"), SystemExit(3), MemoryError()])
def test_what_is_raised_over_damage_is_told_with_the_damage_and_the_line(homemade, error):
    def parse(content):
        if content != CONTENT:
            raise error
        yield rows(1)

    with pytest.raises(
        Broken, match=rf"^the parser raised {type(error).__name__}.* at test_kit_damage\.py:\d+ \(a\.x: "
    ):
        damage_becomes_issues(homemade(parse=reading(parse), examples={"a.x": CONTENT}))


def test_what_is_raised_over_a_whole_sample_is_told_first(homemade):
    def parse(_content):
        raise ValueError("boom")

    with pytest.raises(Broken, match=r"^the parser raised ValueError: boom .*\(sample a\.x, undamaged\)$"):
        damage_becomes_issues(homemade(parse=reading(parse), examples={"a.x": CONTENT}))


def test_a_detector_may_not_raise_over_damage_either(homemade):
    def detect(sniffs):
        if sniffs[0].head != CONTENT:
            raise IndexError("behind the end")
        return Detection(Rung.MARKER, ("whole",))

    with pytest.raises(Broken, match=r"^the detector raised IndexError: behind the end \(a\.x: "):
        damage_becomes_issues(homemade(detect=detect, examples={"a.x": CONTENT}))


def test_the_fault_of_another_plugin_is_not_this_ones(homemade):
    subject = homemade(detect=always, parse=reading(lambda _content: [rows(1)]), examples={"a.x": CONTENT})
    homemade.neighbour("bad", lambda _sniffs: 1 / 0)
    subject.catalog.faults = (Fault("bad", "import", "boom"),)

    damage_becomes_issues(subject)


def test_what_does_not_end_is_told_with_its_damage(homemade):
    def parse(content):
        yield rows(1)
        while content != CONTENT:
            pass

    with pytest.raises(Overtime, match=r"^not done after 0\.05 s, at line \d+ of .*parse \(a\.x: "):
        damage_becomes_issues(homemade(parse=reading(parse), examples={"a.x": CONTENT}, timeout_s=0.05))


def test_every_sample_is_damaged(homemade):
    def parse(content):
        if content.startswith(b"second") and content != b"second" * 50:
            raise ValueError("boom")
        yield rows(1)

    with pytest.raises(Broken, match=r"\(b\.x: "):
        damage_becomes_issues(
            homemade(parse=reading(parse), examples={"a.x": CONTENT, "b.x": b"second" * 50})
        )


# --- where it is hurt ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", [12, 100, 480, 4801])
def test_scars_lie_over_the_whole_of_the_largest_file_and_change_nothing_else(size):
    sample = Sample("run", {"small.y": b"abc", "large.x": (CONTENT * 11)[:size]})
    whole = sample.files["large.x"]
    places = []

    for words, files in scars(sample):
        hurt = files["large.x"]
        odd = [place for place in range(size) if hurt[place] != whole[place]]
        assert files["small.y"] == b"abc"
        assert len(hurt) == size
        length, start = (int(word) for word in words.split() if word.isdigit())
        assert words == f"{length} bytes overwritten at byte {start} of large.x"
        assert odd[0] == start
        assert odd[-1] == start + length - 1
        assert len({hurt[place] for place in odd}) == 1
        assert length == min(5, size - start)
        places.append(start)

    assert len(places) == 12
    assert [place * 24 // size for place in places] == pytest.approx([2 * n + 1 for n in range(12)], abs=1)
    assert all(0.9 * size / 12 - 1 <= b - a <= 1.1 * size / 12 + 1 for a, b in pairwise(places))


def test_what_is_written_over_is_of_three_kinds_in_turn():
    written = [
        {a for a, b in zip(files["a.x"], CONTENT, strict=True) if a != b}
        for _words, files in scars(Sample("a.x", {"a.x": CONTENT}))
    ]

    assert written == [{0xFF}, {0}, {ord("?")}] * 4


# --- damage-is-confessed ------------------------------------------------------------------------


def values_of(content):
    """Count the bytes that scars do not blot out."""
    return len(content) - sum(map(content.count, (b"\xff", b"\0", b"?")))


def test_loss_by_overwriting_has_to_be_told_of(homemade):
    with pytest.raises(
        Broken,
        match=r"^10 values of sample a\.x are gone without an issue \(5 bytes .* at byte 20 of a\.x\)$",
    ):
        damage_is_confessed(
            homemade(
                parse=reading(lambda content: [rows(values_of(content))]),
                examples={"a.x": CONTENT.replace(b"?", b"!")},
            )
        )


@pytest.mark.parametrize("told", [True, False])
def test_a_value_that_becomes_null_is_lost_as_a_row_is(homemade, told):
    def parse(content):
        lost = 480 - values_of(content)
        yield rows(480, nulls=max(lost, 0))
        if lost and told:
            yield Issue("VALUE_OUT_OF_RANGE", count=lost, column="a")

    subject = homemade(parse=reading(parse), examples={"a.x": CONTENT.replace(b"?", b"!")})
    if told:
        damage_is_confessed(subject)
        return
    with pytest.raises(Broken, match="5 values of sample"):
        damage_is_confessed(subject)


@pytest.mark.parametrize(("more", "is_told"), [(0, False), (1, True)])
def test_what_is_told_of_the_whole_sample_already_tells_nothing_of_the_loss(homemade, more, is_told):
    content = CONTENT.replace(b"?", b"!")

    def parse(read):
        yield Issue("ROWS_SKIPPED", count=7 + (more if read != content else 0), total=100)
        yield rows(values_of(read))

    subject = homemade(parse=reading(parse), examples={"a.x": content})
    if is_told:
        damage_is_confessed(subject)
        return
    with pytest.raises(Broken, match="gone without an issue"):
        damage_is_confessed(subject)


def test_a_crash_is_no_silence_and_more_values_are_no_loss(homemade):
    def crash(content):
        yield rows(1)
        if content != CONTENT:
            raise ValueError("boom")
        yield rows(10)

    damage_is_confessed(homemade(parse=reading(crash), examples={"a.x": CONTENT}))
    damage_is_confessed(
        homemade(
            parse=reading(lambda content: [rows(600 if content != CONTENT else 480)]),
            examples={"a.x": CONTENT},
        )
    )


def records_of(size, *, told=lambda _rest, _content: False):
    """Return a parser of records of `size` bytes that minds no content."""

    def parse(content):
        count, rest = divmod(len(content), size)
        yield rows(count)
        if rest and told(rest, content):
            yield Issue("ARTIFACT_TRUNCATED", artifact="a.x", rows=count, end=0)

    return reading(parse)


@pytest.mark.parametrize(("size", "is_silent"), [(1, False), (2, False), (3, False), (40, True), (60, True)])
def test_a_record_that_is_cut_has_to_be_told_of(homemade, size, is_silent):
    subject = homemade(parse=records_of(size), examples={"a.x": CONTENT})
    if not is_silent:  # no four ends in a row lie within one of these records
        damage_is_confessed(subject)
        return
    with pytest.raises(
        Broken, match=r"a\.x cut off in the middle of a record reads as if it ended there"
    ) as e:
        damage_is_confessed(subject)
    place = int(str(e.value).split("at byte ")[1].split()[0])
    assert place in {number * len(CONTENT) // 10 for number in range(1, 10)}


def test_a_parser_that_tells_of_every_cut_record_is_honest(homemade):
    damage_is_confessed(
        homemade(parse=records_of(40, told=lambda _rest, _content: True), examples={"a.x": CONTENT})
    )


@pytest.mark.parametrize(("silent_cuts", "is_told"), [(1, False), (4, False), (5, True), (9, True)])
def test_some_cuts_may_look_like_an_end_and_half_of_them_may_not(homemade, silent_cuts, is_told):
    silent = [number * len(CONTENT) // 10 for number in range(1, 10)][:silent_cuts]

    def told(_rest, content):
        return not any(0 <= len(content) - place < 4 for place in silent)

    subject = homemade(parse=records_of(60, told=told), examples={"a.x": CONTENT})
    if not is_told:
        damage_is_confessed(subject)
        return
    with pytest.raises(Broken, match=r"at byte 96 of a\.x"):
        damage_is_confessed(subject)


def test_the_largest_file_of_a_recording_is_the_one_that_is_hurt(homemade):
    def parse(artifacts, _options):
        for artifact in artifacts:
            yield rows(len(artifact.read_at(0, 1 << 20)) // 60)

    examples = {"run": {"a.x": CONTENT, "b.x": b"short"}}
    with pytest.raises(Broken, match=r"at byte 96 of a\.x"):
        damage_is_confessed(homemade(detect=always, parse=parse, examples=examples))


# --- what is honest and looks like a loss -------------------------------------------------------


def losing(when, *, told=lambda _content: ()):
    """Return a parser of one value a byte, which loses ten of them for each place that `when` finds."""

    def parse(content):
        yield rows(len(content) - 10 * when(content))
        yield from told(content)

    return reading(parse)


PLAIN = b"abcdefghijklmnopqrst" * 24


@pytest.mark.parametrize("known", [b"\xff", b"\0", b"?"])
def test_a_byte_that_means_unknown_is_no_loss_where_others_are_told_of(homemade, known):
    def told(content):
        odd = sum(map(content.count, {b"\xff", b"\0", b"?"} - {known}))
        return [Issue("ROWS_SKIPPED", count=odd, total=1)] if odd else []

    subject = homemade(
        parse=losing(lambda content: sum(map(content.count, (b"\xff", b"\0", b"?"))) > 0, told=told),
        examples={"a.x": PLAIN},
    )

    damage_is_confessed(subject)


@pytest.mark.parametrize(("places", "is_told"), [(1, False), (2, True), (12, True)])
def test_one_scar_may_by_chance_be_a_remark_and_two_may_not(homemade, places, is_told):
    starts = [(2 * number + 1) * len(PLAIN) // 24 for number in range(places)]
    subject = homemade(
        parse=losing(lambda content: any(content[at] not in PLAIN for at in starts if at < len(content))),
        examples={"a.x": PLAIN},
    )
    if not is_told:
        damage_is_confessed(subject)
        return
    with pytest.raises(Broken, match=r"^20 values of sample a\.x are gone .* at byte 20 of a\.x\)$"):
        damage_is_confessed(subject)


def test_of_nothing_at_all_the_core_tells(homemade):
    def parse(content):
        if content == PLAIN:
            yield rows(100)

    damage_is_confessed(homemade(parse=reading(parse), examples={"a.x": PLAIN}))


def test_a_sample_that_is_cut_already_may_be_cut_further(homemade):
    def parse(content):
        yield rows(len(content) // 50)
        yield Issue("ARTIFACT_TRUNCATED", Locus("a.x", offset=len(content)), rows=1)

    damage_is_confessed(homemade(parse=reading(parse), examples={"a.x": PLAIN}))


def test_the_end_of_a_number_may_be_missing_without_a_trace(homemade):
    def parse(content):
        lines = content.split(b"\n")
        values = pa.array([float(b"0." + line) for line in lines], pa.float64())
        fields = {"a": channel_field("a", pa.float64(), source_name="a")}
        columns = {"t": np.arange(len(lines)), "a": values}
        yield Batch("channels.main", build("channels.main", columns, fields=fields))
        odd = sum(not line.isdigit() for line in lines)
        if odd:
            yield Issue("ROWS_SKIPPED", count=odd, total=len(lines))

    def careful(content):
        digits = b"\n".join(line for line in content.split(b"\n") if line.isdigit())
        yield Issue("ROWS_SKIPPED", count=content.count(b"\n") - digits.count(b"\n"), total=1)
        yield from parse(digits)

    numbers = b"\n".join(b"%d" % (123456789 + number) for number in range(40))

    damage_is_confessed(homemade(parse=reading(careful), examples={"a.x": numbers}))


def test_remarks_before_and_after_may_be_cut(homemade):
    content = b"r" * 300 + b"v" * 90 + b"r" * 300

    def parse(read):
        yield rows(read.count(b"v") // 30)
        if read.count(b"v") % 30:
            yield Issue("ARTIFACT_TRUNCATED", rows=1)

    damage_is_confessed(homemade(parse=reading(parse), examples={"a.x": content}))
