"""The classifier: the ladder, the order of asking, parts, and words for people."""

from __future__ import annotations

import gzip
import io
import zipfile
from asyncio import CancelledError

import pytest

from telemparse import isolation
from telemparse.classification import classify
from telemparse.detection import detect
from telemparse.errors import CallError
from telemparse.extension import catalog as catalogs
from telemparse.extension.catalog import Catalog
from telemparse.extension.faults import Fault
from telemparse.isolation import ChildFailed
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.codes import Severity
from telemparse.model.detection import HEAD_BYTES, SNIFF_BUDGET_BYTES, TAIL_BYTES, Detection, Rung
from telemparse.model.options import ParseOptions
from toys import catalog, distribution, install, seeing, toy

NO, NAME, SHAPE, MARKER, SIGNATURE = Rung


def settled(source, *toys, **options):
    return classify(ArtifactSet.of(source), ParseOptions(**options), catalog(*toys))


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


class Unspeakable(Exception):  # noqa: N818  (not an error of ours)
    def __str__(self):
        raise RuntimeError("not even this")


class Alien(BaseException):
    """What a plugin derives from BaseException alone."""


# As pyo3 makes it: each Rust extension has one of its own.
PANIC = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})


class Asked:
    """A detector that notes who was asked, in order."""

    def __init__(self):
        self.order = []
        self.sniffs = []

    def says(self, name, rung):
        def answer(sniffs):
            self.order.append(name)
            self.sniffs += sniffs
            return Detection(rung)

        return answer


# --- the ladder ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rung", [SHAPE, MARKER, SIGNATURE])
def test_a_score_is_the_value_of_the_rung(rung):
    found = settled(b"x", toy("a", rung))

    assert (found.winner.parser_id, found.winner.score, found.winner.rung) == ("a", rung.value, rung)
    assert found.winner.evidence == ("a saw it",)
    assert found.winner.artifacts == ("<bytes>",)


@pytest.mark.parametrize(("low", "high"), [(SHAPE, MARKER), (MARKER, SIGNATURE), (NAME, SHAPE)])
def test_the_highest_score_wins(low, high):
    assert settled(b"x", toy("a", low), toy("b", high)).winner.parser_id == "b"


def test_a_name_alone_never_wins():
    found = settled({"ride.a": b"x"}, toy("a", NAME, extensions=(".a",)))

    assert found.winner is None
    assert [(c.parser_id, c.score) for c in found.candidates] == [("a", 0.1)]


def test_content_outweighs_the_name():
    gpx = toy("gpx", seeing(b"<gpx"), extensions=(".gpx",))
    csv = toy("csv", seeing(b",", SHAPE), extensions=(".csv",))

    assert settled({"ride.csv": b"<gpx a='1,2'>"}, csv, gpx).winner.parser_id == "gpx"


@pytest.mark.parametrize(("threshold", "wins"), [(0.5, True), (0.8, True), (0.81, False), (1.0, False)])
def test_a_score_must_reach_the_threshold(threshold, wins):
    found = settled(b"x", toy("a", MARKER), threshold=threshold)

    assert (found.winner is not None) is wins
    assert [issue.code for issue in found.issues] == ([] if wins else ["FORMAT_NOT_RECOGNISED"])


def test_a_parser_that_says_no_is_no_candidate():
    assert [c.parser_id for c in settled(b"x", toy("a", NO), toy("b", SHAPE)).candidates] == ["b"]


def test_candidates_are_listed_best_first():
    found = settled(b"x", toy("a", SHAPE), toy("b", NAME), toy("c", MARKER), toy("d", SHAPE))

    assert [c.parser_id for c in found.candidates] == ["c", "a", "d", "b"]


# --- specialists, ties, force -------------------------------------------------------------------


@pytest.mark.parametrize("general", [SHAPE, MARKER, SIGNATURE])
@pytest.mark.parametrize("special", [MARKER, SIGNATURE])
def test_a_specialist_from_marker_on_outranks_what_it_specializes_even_a_higher_score(general, special):
    toys = toy("csv", general), toy("dovex", special, specializes=("csv",))

    assert settled(b"x", *toys).winner.parser_id == "dovex"


def test_a_specialist_below_marker_outranks_nobody():
    toys = toy("csv", MARKER), toy("dovex", SHAPE, specializes=("csv",))

    assert settled(b"x", *toys).winner.parser_id == "csv"


def test_a_specialist_below_the_threshold_outranks_nobody():
    toys = toy("csv", SIGNATURE), toy("dovex", MARKER, specializes=("csv",))

    assert settled(b"x", *toys, threshold=0.9).winner.parser_id == "csv"


def test_a_specialist_is_asked_even_when_the_general_one_is_certain():
    asked = Asked()
    general = toy("csv", asked.says("csv", SIGNATURE), magics=((0, b"x"),))
    special = toy("dovex", asked.says("dovex", MARKER), specializes=("csv",))
    other = toy("other", asked.says("other", MARKER))

    assert settled(b"x", other, special, general).winner.parser_id == "dovex"
    assert asked.order == ["csv", "dovex"]


def test_a_parser_cannot_outrank_itself():
    assert settled(b"x", toy("a", MARKER, specializes=("a",))).winner.parser_id == "a"


def test_two_parsers_that_outrank_each_other_are_ambiguous():
    found = settled(b"x", toy("a", MARKER, specializes=("b",)), toy("b", MARKER, specializes=("a",)))

    assert [issue.code for issue in found.issues] == ["FORMAT_AMBIGUOUS"]


def test_equal_tops_are_ambiguous_and_both_are_named():
    found = settled({"ride.x": b"x"}, toy("a", MARKER), toy("b", MARKER), toy("c", SHAPE))

    assert (found.winner, found.parts) == (None, ())
    (issue,) = found.issues
    assert (issue.code, issue.severity) == ("FORMAT_AMBIGUOUS", Severity.ERROR)
    assert issue.evidence == {"artifacts": "ride.x", "candidates": "a, b", "score": 0.8}
    assert issue.locus.artifact == "ride.x"
    assert "a, b" in issue.message


@pytest.mark.parametrize(
    ("prefer", "winner"), [(("b",), "b"), (("nobody", "c", "b"), "c"), ("b", "b"), (("d", "a"), "a")]
)
def test_prefer_breaks_ties_in_its_order(prefer, winner):
    toys = toy("a", MARKER), toy("b", MARKER), toy("c", MARKER), toy("d", SHAPE)

    assert settled(b"x", *toys, prefer=prefer).winner.parser_id == winner


def test_prefer_does_not_lift_a_lower_score():
    assert settled(b"x", toy("a", MARKER), toy("b", SHAPE), prefer="b").winner.parser_id == "a"


def test_a_forced_parser_wins_against_any_score_and_alone_is_asked():
    asked = Asked()
    toys = toy("a", asked.says("a", NO)), toy("b", asked.says("b", SIGNATURE))
    found = settled(b"x", *toys, parser="a")

    assert (found.winner.parser_id, found.winner.score, found.winner.rung) == ("a", 0.0, NO)
    assert found.winner.evidence == ("forced by the caller",)
    assert asked.order == ["a"]


def test_a_forced_parser_keeps_its_own_evidence():
    found = settled(b"x", toy("a", SHAPE), parser="a")

    assert (found.winner.score, found.winner.evidence) == (0.5, ("a saw it", "forced by the caller"))


def test_a_forced_parser_wins_even_when_its_detector_fails():
    found = settled(b"x", toy("a", RuntimeError("boom")), parser="a")

    assert found.winner.parser_id == "a"
    assert [fault.plugin for fault in found.faults] == ["a"]


def test_forcing_a_parser_that_is_not_installed_is_a_call_error_that_names_those_that_are(monkeypatch):
    install(monkeypatch, toy("a"), toy("b"))

    with pytest.raises(CallError, match="no parser 'absent'; installed: a, b"):
        detect(b"x", ParseOptions(parser="absent"))


# --- the order of asking ------------------------------------------------------------------------


def test_every_parser_is_asked_and_a_greeting_only_sets_the_order():
    asked = Asked()
    toys = (
        toy("plain", asked.says("plain", MARKER)),
        toy("named", asked.says("named", SHAPE), extensions=(".X",)),
        toy("magic", asked.says("magic", SHAPE), magics=((1, b"agic"),)),
    )

    assert settled({"ride.x": b"magic"}, *toys).winner.parser_id == "plain"
    assert asked.order == ["magic", "named", "plain"]


def test_asking_stops_at_one_signature_when_no_other_magic_greets():
    asked = Asked()
    toys = (
        toy("late", asked.says("late", SIGNATURE)),
        toy("sure", asked.says("sure", SIGNATURE), magics=((0, b"x"),)),
    )

    assert settled(b"x", *toys).winner.parser_id == "sure"
    assert asked.order == ["sure"]


def test_asking_goes_on_when_another_magic_greets():
    asked = Asked()
    toys = (
        toy("sure", asked.says("sure", SIGNATURE), magics=((0, b"x"),)),
        toy("also", asked.says("also", SIGNATURE), magics=((0, b"x"),)),
        toy("plain", asked.says("plain", SHAPE)),
    )

    assert [issue.code for issue in settled(b"x", *toys).issues] == ["FORMAT_AMBIGUOUS"]
    assert asked.order == ["sure", "also", "plain"]


def test_a_marker_never_stops_the_asking():
    asked = Asked()
    settled(b"x", toy("a", asked.says("a", MARKER), magics=((0, b"x"),)), toy("b", asked.says("b", NO)))

    assert asked.order == ["a", "b"]


# --- what a detector sees -----------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, TAIL_BYTES, HEAD_BYTES, HEAD_BYTES + 1, 3 * HEAD_BYTES])
def test_a_sniff_shares_head_and_tail(size):
    content = bytes(1 + number % 251 for number in range(size))
    asked = Asked()
    settled({"ride.x": content}, toy("a", asked.says("a", SHAPE)))
    (sniff,) = asked.sniffs

    assert (sniff.name, sniff.size) == ("ride.x", size)
    assert sniff.head == content[:HEAD_BYTES]
    assert sniff.tail == content[-TAIL_BYTES:]
    assert (sniff.wrapper, sniff.members) == (None, ())
    assert sniff.more(size - 1, 10) == content[-1:]


def test_spending_too_much_is_a_fault():
    def greedy(sniffs):
        sniffs[0].more(0, SNIFF_BUDGET_BYTES + 1)
        return Detection(SIGNATURE)

    found = settled(b"x", toy("greedy", greedy), toy("b", SHAPE))

    assert found.winner.parser_id == "b"
    assert [(fault.plugin, fault.stage) for fault in found.faults] == [("greedy", "detect")]


def test_spending_too_much_is_a_fault_even_when_the_detector_hides_it():
    def sly(sniffs):
        try:
            sniffs[0].more(0, SNIFF_BUDGET_BYTES + 1)
        except Exception:  # noqa: BLE001  (that is the lie)
            return Detection(SIGNATURE)

    found = settled(b"x", toy("sly", sly))

    assert found.winner is None
    assert "budget" in found.faults[0].error


def test_the_budget_is_one_for_all_artifacts_of_a_set():
    def half(sniffs):
        sniffs[0].more(0, SNIFF_BUDGET_BYTES // 2 + 1)
        return Detection(MARKER)

    found = settled({"a": b"x", "b": b"y"}, toy("half", half), toy("b", SHAPE))

    assert [(part.candidate.parser_id, part.artifacts.names) for part in found.parts] == [
        ("half", ("a",)), ("b", ("b",)),
    ]  # fmt: skip
    assert len(found.faults) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (RuntimeError("boom"), "RuntimeError: boom"),
        (SystemExit(3), "SystemExit: 3"),
        (MemoryError(), "MemoryError"),
        (RecursionError("deep"), "RecursionError: deep"),
        (None, "returned NoneType, not Detection"),
        (0.8, "returned float, not Detection"),
        ((MARKER, ()), "returned tuple, not Detection"),
        (lambda: Detection(MARKER), "TypeError"),
        (Unspeakable(), "Unspeakable"),
        (ExceptionGroup("several", [ValueError()]), "ExceptionGroup: several"),
        (PANIC("index out of bounds"), "PanicException: index"),
        (ValueError("x" * 10_000_000), "ValueError: xxx"),
        (ValueError("no number in '48.123456,11.654321'"), "ValueError: no number in '#"),
    ],
    ids=lambda value: repr(value).partition(" at 0x")[0][:60],
)
def test_a_detector_that_raises_or_returns_rubbish_is_a_fault_and_harms_nobody(answer, words):
    found = settled(b"x", toy("bad", answer), toy("good", SHAPE))

    assert found.winner.parser_id == "good"
    (fault,) = found.faults
    assert (fault.plugin, fault.stage) == ("bad", "detect")
    assert fault.error.startswith(words)
    assert len(fault.error) <= 500


@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit(), CancelledError(), Alien()])
def test_control_flow_of_the_caller_passes(error):
    with pytest.raises(type(error)):
        settled(b"x", toy("a", error))


def test_a_detector_that_cannot_be_imported_is_a_fault():
    lost = toy("lost", detector="no_such_module_anywhere:detect")
    made = Catalog(cards=(lost.card,))
    found = classify(ArtifactSet.of(b"x"), ParseOptions(), made)

    assert found.faults[0].error.startswith("ModuleNotFoundError")


def test_faults_of_the_catalog_are_shown_too():
    broken = Fault("broken", "import", "ImportError: no")
    made = Catalog(faults=(broken,))

    assert classify(ArtifactSet.of(b"x"), ParseOptions(), made).faults == (broken,)


# --- what nobody recognises ---------------------------------------------------------------------


def test_what_nobody_recognises_names_the_nearest_with_their_evidence():
    toys = (toy(name, rung) for name, rung in {"a": NAME, "b": NAME, "c": NAME, "d": NAME}.items())
    (issue,) = settled({"ride.x": b"x"}, *toys).issues

    assert (issue.code, issue.severity, issue.locus.artifact) == (
        "FORMAT_NOT_RECOGNISED", Severity.ERROR, "ride.x",
    )  # fmt: skip
    assert issue.evidence["nearest"] == "a 0.1 (a saw it); b 0.1 (b saw it); c 0.1 (c saw it)"


def test_what_nobody_even_guesses_has_no_nearest():
    (issue,) = settled(b"x", toy("a", NO)).issues

    assert issue.evidence["nearest"] == "none"


def test_an_unclaimed_file_beside_a_claimed_one_is_only_a_warning():
    found = settled({"a": b"good", "b": b"x"}, toy("good", seeing(b"good")))

    assert found.winner.parser_id == "good"
    assert [(i.code, i.severity, i.locus.artifact) for i in found.issues] == [
        ("FORMAT_NOT_RECOGNISED", Severity.WARNING, "b")
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b" \r\n\t", b"\xef\xbb\xbf", b"\xff\xfe\n\0", b"\n" * (3 * HEAD_BYTES)]
)
def test_a_file_of_nothing_but_padding_is_empty(content):
    asked = Asked()
    (issue,) = settled({"ride.x": content}, toy("a", asked.says("a", SIGNATURE))).issues

    assert (issue.code, issue.evidence) == (
        "ARTIFACT_EMPTY", {"artifact": "ride.x", "bytes": len(content)},
    )  # fmt: skip
    assert asked.order == []


def test_a_file_with_data_behind_much_padding_is_not_empty():
    content = b"\0" * (3 * HEAD_BYTES) + b"x"

    assert settled(content, toy("a", SHAPE)).winner.parser_id == "a"


def test_a_file_beyond_max_bytes_is_refused_unread():
    asked = Asked()
    (issue,) = settled({"ride.x": b"12345"}, toy("a", asked.says("a", SHAPE)), max_bytes=4).issues

    assert (issue.code, issue.evidence) == (
        "ARTIFACT_TOO_LARGE", {"artifact": "ride.x", "bytes": 5, "limit": 4},
    )  # fmt: skip
    assert asked.order == []


def test_a_file_of_just_max_bytes_is_read():
    assert settled(b"1234", toy("a", SHAPE), max_bytes=4).winner is not None


# --- parts --------------------------------------------------------------------------------------


def test_artifacts_of_one_parser_form_one_part():
    found = settled(
        {"a": b"one", "b": b"two", "c": b"one"}, toy("one", seeing(b"one")), toy("two", seeing(b"two"))
    )

    assert [(p.candidate.parser_id, p.artifacts.names) for p in found.parts] == [
        ("one", ("a", "c")), ("two", ("b",)),
    ]  # fmt: skip
    assert found.winner.artifacts == ("a", "c")


def test_the_winner_is_the_part_with_a_position():
    imu = toy("imu", seeing(b"imu", SIGNATURE), streams=("imu_accel",))
    found = settled({"a": b"imu", "b": b"gnss"}, imu, toy("gnss", seeing(b"gnss")))

    assert found.winner.parser_id == "gnss"
    assert [part.candidate.parser_id for part in found.parts] == ["gnss", "imu"]


def test_the_other_parts_keep_their_order_behind_the_winner():
    toys = [
        toy(name, seeing(name.encode()), streams=("gnss_pvt",) if "gnss" in name else ("laps",))
        for name in ("laps", "gnss1", "gnss2")
    ]
    found = settled({"a": b"laps", "b": b"gnss1", "c": b"gnss2"}, *toys)

    assert [part.candidate.parser_id for part in found.parts] == ["gnss1", "laps", "gnss2"]


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_parser_stands_once_among_the_candidates_with_its_best_claim(order):
    def detect(sniffs):
        return Detection(MARKER if sniffs[0].head == b"a" else SHAPE, (sniffs[0].head.decode(),))

    (candidate,) = settled({name: name.encode() for name in order}, toy("x", detect)).candidates

    assert (candidate.score, candidate.rung, candidate.evidence) == (0.8, MARKER, ("a",))
    assert candidate.artifacts == tuple(order)


def test_of_equal_claims_the_first_one_speaks():
    def detect(sniffs):
        return Detection(MARKER, (sniffs[0].name,))

    (candidate,) = settled({"b": b"1", "a": b"2"}, toy("x", detect)).candidates

    assert candidate.evidence == ("b",)


def test_of_parts_that_may_have_positions_the_surest_wins():
    toys = [toy("laps", seeing(b"laps")), toy("trace", seeing(b"trace", SIGNATURE))]

    found = settled({"a": b"laps", "b": b"trace"}, *toys)

    assert [part.candidate.parser_id for part in found.parts] == ["trace", "laps"]


def test_without_a_position_the_first_part_wins():
    toys = [toy(name, seeing(name.encode()), streams=("imu_accel",)) for name in ("one", "two")]

    assert settled({"a": b"two", "b": b"one"}, *toys).winner.parser_id == "two"


def test_an_unclaimed_companion_goes_to_the_parser_of_its_partner():
    ld = toy("ld", seeing(b"LD"), companions=(("{stem}.ld", "{stem}.ldx"),))
    found = settled({"x.ldx": b"?", "x.ld": b"LD", "y.ldx": b"?"}, ld)

    assert found.parts[0].artifacts.names == ("x.ld", "x.ldx")
    assert [issue.locus.artifact for issue in found.issues] == ["y.ldx"]


# --- wrappers -----------------------------------------------------------------------------------


def test_a_wrapped_file_is_asked_about_unpacked():
    asked = Asked()
    found = settled({"ride.x.gz": gzip.compress(b"hello")}, toy("a", asked.says("a", MARKER)))
    (sniff,) = asked.sniffs

    assert (sniff.name, sniff.head, sniff.wrapper) == ("ride.x", b"hello", "gzip")
    assert found.parts[0].artifacts.artifacts[0].outer.name == "ride.x.gz"


def test_each_member_of_a_zip_is_classified():
    found = settled(
        {"day.zip": zipped(a=b"one", b=b"two")}, toy("one", seeing(b"one")), toy("two", seeing(b"two"))
    )

    assert [part.artifacts.names for part in found.parts] == [("day.zip/a",), ("day.zip/b",)]


def test_a_card_that_claims_the_wrapper_is_offered_it_unopened_with_its_members():
    asked = Asked()
    rcz = toy("rcz", asked.says("rcz", MARKER), extensions=(".rcz",))
    found = settled({"ride.rcz": zipped(a=b"one")}, rcz, toy("one", seeing(b"one", SIGNATURE)))

    assert found.winner.parser_id == "rcz"
    assert found.parts[0].artifacts.names == ("ride.rcz",)
    assert (asked.sniffs[0].wrapper, asked.sniffs[0].members) == ("zip", ("a",))


def test_a_card_that_greets_the_wrapper_by_its_magic_is_offered_it_too():
    kmz = toy("kmz", seeing(b"PK"), magics=((0, b"PK\x03\x04"),))

    assert settled({"ride": zipped(a=b"one")}, kmz).parts[0].artifacts.names == ("ride",)


def test_a_wrapper_that_its_card_refuses_is_opened():
    rcz = toy("rcz", NO, extensions=(".rcz",))
    found = settled({"ride.rcz": zipped(a=b"one")}, rcz, toy("one", seeing(b"one")))

    assert found.parts[0].artifacts.names == ("ride.rcz/a",)


def test_an_archive_in_an_archive_is_not_opened():
    found = settled({"ride.gz": gzip.compress(gzip.compress(b"one"))}, toy("one", seeing(b"one")))

    assert found.winner is None
    assert [issue.code for issue in found.issues] == ["FORMAT_NOT_RECOGNISED"]


def test_an_archive_that_unpacks_to_too_much_is_refused():
    (issue,) = settled(gzip.compress(b"x" * 5000), toy("a"), max_decompressed_bytes=4999).issues

    assert (issue.code, issue.severity) == ("ARCHIVE_TOO_LARGE", Severity.ERROR)


def test_an_empty_file_in_a_wrapper_is_empty():
    (issue,) = settled({"ride.x.gz": gzip.compress(b"\n\n")}, toy("a")).issues

    assert (issue.code, issue.evidence["artifact"]) == ("ARTIFACT_EMPTY", "ride.x")


def test_a_damaged_wrapper_gives_what_came_before_and_says_so():
    found = settled({"ride.gz": gzip.compress(b"one" * 1000)[:-9]}, toy("one", seeing(b"one")))

    assert found.winner.parser_id == "one"
    assert [issue.code for issue in found.issues] == ["ARTIFACT_TRUNCATED"]


def test_a_damaged_wrapper_that_gives_nothing_says_only_that():
    found = settled({"ride.gz": gzip.compress(b"one")[:10]}, toy("one", seeing(b"one")))

    assert [issue.code for issue in found.issues] == ["ARTIFACT_TRUNCATED"]


# --- words for people ---------------------------------------------------------------------------


def test_explain_is_a_table_with_issues_and_faults():
    toys = toy("gnss", seeing(b"one")), toy("guess", SHAPE), toy("bad", RuntimeError("boom"))
    lines = settled({"a": b"one", "b": b""}, *toys).explain().splitlines()

    assert lines[0].split() == ["parser", "score", "rung", "artifacts", "evidence"]
    assert lines[1].split() == ["*", "gnss", "0.8", "MARKER", "a", "one"]
    assert lines[2].split(maxsplit=4) == ["guess", "0.5", "SHAPE", "a", "guess saw it"]
    assert lines[3].startswith("error ARTIFACT_EMPTY: b holds no data")
    assert lines[4] == "fault bad (detect): RuntimeError: boom"


def test_explain_of_nothing_is_a_head_and_the_reason():
    lines = settled({"a": b"x"}, toy("a", NO)).explain().splitlines()

    assert lines[0].split() == ["parser", "score", "rung", "artifacts", "evidence"]
    assert [line.split(":")[0] for line in lines[1:]] == ["error FORMAT_NOT_RECOGNISED"]


def test_explain_keeps_its_lines_whatever_a_file_is_called():
    table = settled({"a\nb\x1b[31m": b"one"}, toy("one", seeing(b"one"))).explain()

    assert len(table.splitlines()) == 2
    assert "\x1b" not in table


# --- detect -------------------------------------------------------------------------------------


def test_detect_asks_the_installed_parsers(monkeypatch, tmp_path):
    install(monkeypatch, toy("a", seeing(b"one")))
    ride = tmp_path / "ride.x"
    ride.write_bytes(b"one")

    assert detect(ride).winner.artifacts == ("ride.x",)
    assert detect(str(ride)).winner.parser_id == "a"
    assert detect(io.BytesIO(b"one")).winner.parser_id == "a"


def test_detect_of_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        detect(tmp_path / "none")


@pytest.mark.parametrize("options", [{"threshold": 0.5}, "csv", 7])
def test_options_of_another_type_are_a_call_error(options):
    with pytest.raises(CallError, match="options"):
        detect(b"x", options)


# --- in a child process -------------------------------------------------------------------------

HOSTILE = """
    import os, time
    from telemparse.extension.card import ParserCard
    from telemparse.extension.hookspecs import hookimpl
    from telemparse.model.detection import Detection, Rung

    @hookimpl
    def telemparse_parsers():
        targets = {"detector": "hostile:detect", "target": "hostile:parse"}
        return [ParserCard(id="hostile", name="h", version="1", **targets)]

    def detect(sniffs):
        head = sniffs[0].head
        if head.startswith(b"abort"):
            os.abort()
        if head.startswith(b"hang"):
            time.sleep(600)
        if head.startswith(b"raise"):
            raise RuntimeError("boom")
        return Detection(Rung.SIGNATURE if head.startswith(b"hostile") else Rung.NO, ("its first word",))
"""


@pytest.fixture
def hostile(monkeypatch, tmp_path):
    distribution(monkeypatch, tmp_path, "hostile", HOSTILE)


@pytest.mark.usefixtures("hostile")
def test_a_child_process_answers_as_this_one_does():
    source = {"a.x": b"hostile", "b.x": b"raise", "c.gz": gzip.compress(b"hostile too"), "d.x": b""}
    here, there = (
        detect(source, ParseOptions(isolation=where, parser="hostile")) for where in ("none", "process")
    )

    assert (there.winner, there.candidates, there.issues, there.faults) == (
        here.winner, here.candidates, here.issues, here.faults,
    )  # fmt: skip
    assert there.parts[0].artifacts.names == ("a.x", "b.x", "c.gz")


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize(
    ("word", "timeout_s", "code"), [(b"abort", None, "PARSER_CRASHED"), (b"hang", 2, "PARSER_TIMEOUT")]
)
def test_a_detector_that_crashes_or_hangs_in_a_child_is_an_issue(word, timeout_s, code):
    found = detect(word, ParseOptions(isolation="process", timeout_s=timeout_s))

    assert found.winner is None
    assert [issue.code for issue in found.issues] == [code]


def test_a_child_that_ends_still_tells_which_plugins_had_failed_to_load(monkeypatch, tmp_path):
    distribution(monkeypatch, tmp_path, "hostile", HOSTILE)
    distribution(monkeypatch, tmp_path, "broken", "raise RuntimeError('half installed')")
    found = detect(b"abort", ParseOptions(isolation="process"))

    assert [issue.code for issue in found.issues] == ["PARSER_CRASHED"]
    assert [(fault.plugin, fault.error) for fault in found.faults] == [
        ("broken", "RuntimeError: half installed")
    ]


@pytest.mark.parametrize("left", [None, "no json", "7", "[7]", '[{"plugin": "x"}]'])
def test_faults_that_a_child_did_not_leave_whole_are_none(left, monkeypatch):
    def fail(_target, _request, folder, **_limits):
        if left is not None:
            (folder / "faults.json").write_text(left)
        raise ChildFailed("PARSER_TIMEOUT", timeout_s=1)

    monkeypatch.setattr(isolation, "run", fail)

    assert detect(b"x", ParseOptions(isolation="process", timeout_s=1)).faults == ()


def test_with_a_child_process_no_plugin_is_loaded_here(monkeypatch):
    monkeypatch.setattr(catalogs, "_shared", None)
    monkeypatch.setattr(Catalog, "load", lambda: pytest.fail("this process loads plugins"))

    assert detect(b"t,lat,lon\n", ParseOptions(isolation="process", parser="csv")).winner.parser_id == "csv"
    with pytest.raises(CallError, match=r"no parser 'absent'; installed: .*gpx"):
        detect(b"x", ParseOptions(isolation="process", parser="absent"))
