"""Conformance of declared CSV dialects: what an author of one promises, each promise a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.csv.recognition import taught
from telemparse.testing import dialect_checks, dialect_sample_checks
from telemparse.testing.decorators import parametrized
from telemparse.testing.dialect_subject import DialectSubject
from telemparse.testing.kit import Check, Promise, examined, known_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

    from telemparse.extension.csv_dialect import CsvDialect
    from telemparse.testing.kit import Report

__all__ = ["DIALECT_PROMISES", "dialect_conformance", "run_dialect", "taught"]

DIALECT_PROMISES: tuple[Promise[DialectSubject], ...] = (
    Promise(
        id="declares-itself",
        sentence="The dialect has a fingerprint, and every name, unit and format in its columns is known.",
        advice="Correct the names and units. A channel of the vendor's own is an empty string, which keeps"
        " the column's name; in a headerless file it is a snake_case name that is near to no canonical one.",
        examine=dialect_checks.declares_itself,
    ),
    Promise(
        id="recognises-its-own",
        sentence="Each sample is recognised as CSV of this dialect, at MARKER, and by no other before it.",
        advice="Compare header, first_columns and preamble with the sample: what stands in every file of the"
        " vendor belongs there, what only some firmware writes does not. Where another dialect asks for more,"
        " ask for further columns.",
        examine=dialect_checks.recognises_its_own,
    ),
    Promise(
        id="refuses-others",
        sentence="No file of another dialect or parser and no table of common columns is taken for its own.",
        advice="Add to the fingerprint what only this vendor writes: an oddly spelt column, the order of the"
        " first columns, a phrase of the preamble.",
        examine=dialect_checks.refuses_others,
    ),
    Promise(
        id="keeps-every-column",
        sentence="Each sample is read without an error, and each column of it ends in a stream or an issue.",
        advice="Look at the fix rule first: a word in `lost` that the vendor writes for a good position takes"
        " every row away.",
        examine=dialect_sample_checks.keeps_every_column,
    ),
    Promise(
        id="uses-what-it-declares",
        sentence="Each declared column stands in some sample, and feeds what it is declared as.",
        advice="Correct the column's name, add a sample that has it, or take it out; of two columns that"
        " declare one quantity, declare the other as an empty string.",
        examine=dialect_sample_checks.uses_what_it_declares,
    ),
    Promise(
        id="has-a-clock",
        sentence="The time of each sample is told without a guess, and is UTC where dates are declared.",
        advice="Declare the parts of the clock (`date:dmy`, `time`, `t:ms`) and what stamps without an offset"
        ' mean: stamps="utc" or stamps="local".',
        examine=dialect_sample_checks.has_a_clock,
    ),
    Promise(
        id="leaves-nothing-to-guess",
        sentence="Every unit and every column is told by the file or by the dialect.",
        advice="Write the unit behind the name (`speed:km/h`), or with a question mark (`speed:km/h?`) where"
        " the vendor's program lets its user choose and the positions have to tell.",
        examine=dialect_sample_checks.leaves_nothing_to_guess,
    ),
    Promise(
        id="units-are-plausible",
        sentence="Speeds are those at which the positions move.",
        advice="Correct the unit of the speed, and give a sample that moves for 50 m or more, at 1 m/s or"
        " faster.",
        examine=dialect_sample_checks.units_are_plausible,
    ),
    Promise(
        id="damage-is-confessed",
        sentence="A torn row is counted, and takes no other row with it.",
        advice="Loosen the shape, and give a sample of ten rows or more: a dialect must be recognised by a"
        " file with some damage too.",
        examine=dialect_sample_checks.damage_is_confessed,
    ),
)
"""What a dialect promises, in the order of the tests."""


def dialect_conformance(
    dialect: CsvDialect,
    *,
    samples: Mapping[str, bytes | Mapping[str, bytes]],
    expected_failures: Iterable[str] = (),
) -> pytest.MarkDecorator:
    """Give a test function one case for each promise of a dialect, as its argument `check`.

    Args:
        dialect: installed or not; it takes the place of an installed one of its name.
        samples: files as the vendor writes them, names to bytes; together they have every declared column.
        expected_failures: ids of promises that are known not to hold yet; a strict xfail each.

    Raises CallError without any sample and for an id that no check has.
    """
    return parametrized(_checks(dialect, samples), expected_failures)


def run_dialect(
    dialect: CsvDialect,
    *,
    samples: Mapping[str, bytes | Mapping[str, bytes]],
    expected_failures: Iterable[str] = (),
) -> Report:
    """Examine every promise of a dialect, without pytest.

    Arguments and errors are those of `dialect_conformance`. Returns a `Report`.
    """
    found = _checks(dialect, samples)
    return examined(found, known_ids(found, expected_failures))


def _checks(dialect: CsvDialect, samples: Mapping[str, bytes | Mapping[str, bytes]]) -> tuple[Check, ...]:
    subject = DialectSubject.of(dialect, samples)
    return tuple(Check(promise, subject) for promise in DIALECT_PROMISES)
