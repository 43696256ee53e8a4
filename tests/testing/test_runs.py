"""Runs without pytest: which samples are looked at, which promises, and what is refused."""

from __future__ import annotations

import pytest

from telemparse.errors import CallError
from telemparse.testing import Report, run, runs
from telemparse.testing.encoding import Encoder
from telemparse.testing.kit import Broken, Promise
from telemparse.testing.liars import honest


def promise(name, examine=lambda _subject: None, **facts):
    return Promise(id=name, sentence="It holds.", advice="Mend it.", examine=examine, **facts)


@pytest.fixture
def promised(monkeypatch):
    """Return a function that makes these the promises of the kit."""
    return lambda *promises: monkeypatch.setattr(runs, "PROMISES", promises)


@pytest.fixture
def seen(promised):
    """Return the subjects that a run examines."""
    subjects = []
    promised(promise("looks", subjects.append))
    return subjects


def test_a_run_examines_each_promise_in_the_order_of_the_table(promised):
    def breaks(_subject):
        raise Broken("it broke")

    promised(promise("b"), promise("c", breaks), promise("a"))

    report = run(honest.CARD, expected_failures=["c"])

    assert report == Report(("b", "a"), {}, ("c",))
    assert list(run(honest.CARD).failed) == ["c"]


def test_a_promise_that_the_parser_does_not_make_is_not_examined(promised):
    promised(promise("rare", applies=lambda subject: subject.encoder is not None), promise("usual"))

    assert run(honest.CARD).passed == ("usual",)
    assert run(honest.CARD, encoder=Encoder(write=lambda _table: b"")).passed == ("rare", "usual")
    with pytest.raises(CallError, match="no check has the id rare; there are: usual"):
        run(honest.CARD, expected_failures=["rare"])


def test_one_run_has_one_subject_with_what_it_was_given(promised):
    subjects = []
    promised(promise("a", subjects.append), promise("b", subjects.append))
    encoder = Encoder(write=lambda _table: b"")

    run(honest.CARD, encoder=encoder, examples=9, timeout_s=2.5)

    assert subjects[0] is subjects[1]
    assert subjects[0].card is honest.CARD
    assert (subjects[0].encoder, subjects[0].examples, subjects[0].timeout_s) == (encoder, 9, 2.5)


def test_a_run_is_content_with_a_card(seen):
    run(honest.CARD)

    assert (seen[0].encoder, seen[0].examples, seen[0].timeout_s) == (None, 60, 60.0)
    assert {sample.name: sample.files for sample in seen[0].samples} == {
        "drive.honest": {"drive.honest": honest.EXAMPLES["drive.honest"]}
    }


def test_samples_stand_beside_the_examples_and_an_example_handed_in_again_counts_once(seen):
    drive = honest.EXAMPLES["drive.honest"]
    samples = {
        "run": {"a.honest": b"a", "b.honest": b"b"},
        "drive.honest": drive,
        "copy.honest": drive,
        "other.honest": b"other",
    }

    run(honest.CARD, samples=samples)

    assert [(sample.name, dict(sample.files)) for sample in seen[0].samples] == [
        ("drive.honest", {"drive.honest": drive}),
        ("run", {"a.honest": b"a", "b.honest": b"b"}),
        ("copy.honest", {"copy.honest": drive}),
        ("other.honest", {"other.honest": b"other"}),
    ]


def test_a_sample_of_the_name_of_an_example_with_other_bytes_is_one_more(seen):
    run(honest.CARD, samples={"drive.honest": b"other"})

    assert [sample.files["drive.honest"][:6] for sample in seen[0].samples] == [b"HONEST", b"other"]


def test_samples_do_for_examples_that_cannot_be_had(seen):
    card = honest.card_of("bare", examples="no_such_module_anywhere:EXAMPLES")

    run(card, samples={"a.honest": b"a"})

    assert [sample.name for sample in seen[0].samples] == ["a.honest"]
    assert seen[0].examples_error.startswith("ModuleNotFoundError: No module named 'no_such_module_anywhere'")


@pytest.mark.parametrize(
    ("examples", "samples", "words"),
    [
        (None, None, "its card names no examples"),
        (None, {}, "its card names no examples"),
        ("telemparse.testing.liars:missing", None, "AttributeError: "),
        ("telemparse.testing.liars:GALLERY", None, "CallError: sample '.*' is neither bytes nor"),
    ],
)
def test_no_sample_at_all_is_an_error_of_the_call(examples, samples, words):
    with pytest.raises(CallError, match=rf"^the kit needs a sample of bare: {words}"):
        run(honest.card_of("bare", examples=examples), samples=samples)


@pytest.mark.parametrize("samples", [b"bytes", ["a.honest"], {"a.honest": "text"}, {"run": {}}])
def test_samples_that_are_no_samples_are_an_error_of_the_call(samples):
    with pytest.raises(CallError, match="sample"):
        run(honest.CARD, samples=samples)


@pytest.mark.parametrize("expected", ["knows-its-own", ["nonsense"]])
def test_expected_failures_that_are_no_ids_are_an_error_of_the_call(expected):
    with pytest.raises(CallError):
        run(honest.CARD, expected_failures=expected)


@pytest.mark.parametrize("call", [run, runs.checks_of])
def test_what_is_given_beside_the_card_has_to_be_named(call):
    with pytest.raises(TypeError):
        call(honest.CARD, honest.EXAMPLES)


def test_the_real_table_has_each_id_once_and_words_for_each():
    ids = [promise.id for promise in runs.PROMISES]

    assert len(set(ids)) == len(ids)
    for promise in runs.PROMISES:
        assert promise.sentence.endswith(".")
        assert promise.advice.endswith(".")
        assert promise.id == promise.id.lower().strip("-")
