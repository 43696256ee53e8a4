"""What becomes of damage: no exception, no endless loop, and no loss that nobody tells of."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from telemparse.testing.deadlines import Overtime
from telemparse.testing.kit import Broken
from telemparse.testing.readings import place_of
from telemparse.testing.strategies import damaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.testing.readings import Reading
    from telemparse.testing.strategies import Damaged
    from telemparse.testing.subject import Sample, Subject

__all__ = ["damage_becomes_issues", "damage_is_confessed", "scars"]

_PLACES = 12
_SCAR_BYTES = 5
_SCARS = (b"\xff", b"\0", b"?")
_SILENT_SCARS = 2  # what is overwritten may by chance be a remark
_CUTS = tuple(number / 10 for number in range(1, 10))
_CUTS_IN_A_ROW = 4
_SILENT_CUTS = 2


def damage_becomes_issues(subject: Subject) -> None:
    """Read samples whole, and damaged in every way that is drawn."""

    def read(damage: Damaged) -> None:
        _read(subject, damage.files, damage.words)

    for sample in subject.samples:
        _read(subject, dict(sample.files), f"sample {sample.name}, undamaged")
        subject.drawn(damaged(sample.files), read)


def _read(subject: Subject, files: Mapping[str, bytes], words: str) -> None:
    try:
        reading = subject.reading(files)
    except Overtime as overtime:
        raise Overtime(f"{overtime} ({words})") from None
    if reading.crash is not None:
        raise Broken(f"the parser raised {place_of(reading.crash)} ({words})") from reading.crash
    for fault in reading.faults:
        if fault.plugin == subject.card.id:
            raise Broken(f"the detector raised {fault.error} ({words})")


def damage_is_confessed(subject: Subject) -> None:
    """Blot out bytes and cut files off: where values are lost, an issue has to say so."""
    with suppress(Overtime):  # what does not end breaks another promise
        for sample in subject.samples:
            whole = subject.reading(sample.files)
            _scars_are_confessed(subject, sample, whole)
            _cuts_are_confessed(subject, sample, whole)


def _loses(whole: Reading, hurt: Reading) -> bool:
    """Tell whether there is less than before; of nothing at all, the core tells."""
    return 0 < hurt.cells < whole.cells and hurt.crash is None


def _is_silent(whole: Reading, hurt: Reading) -> bool:
    return _loses(whole, hurt) and not hurt.tells_more_than(whole)


# --- bytes overwritten --------------------------------------------------------------------------


def scars(sample: Sample) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield the sample with a few bytes blotted out, at places over the whole of its largest file."""
    for number in range(_PLACES):
        yield _scarred(sample, number, _SCARS[number % len(_SCARS)])


def _scarred(sample: Sample, number: int, scar: bytes) -> tuple[str, dict[str, bytes]]:
    name = sample.largest
    content = sample.files[name]
    start = (2 * number + 1) * len(content) // (2 * _PLACES)
    length = len(content[start : start + _SCAR_BYTES])
    hurt = content[:start] + scar * length + content[start + length :]
    return f"{length} bytes overwritten at byte {start} of {name}", {**sample.files, name: hurt}


def _scars_are_confessed(subject: Subject, sample: Sample, whole: Reading) -> None:
    silent = [
        (words, hurt)
        for number, (words, files) in enumerate(scars(sample))
        if _is_silent(whole, hurt := subject.reading(files))
        and _is_silent_whatever_is_written(subject, sample, number)
    ]
    if len(silent) >= _SILENT_SCARS:
        words, hurt = silent[0]
        lost = whole.cells - hurt.cells
        raise Broken(f"{lost} values of sample {sample.name} are gone without an issue ({words})")


def _is_silent_whatever_is_written(subject: Subject, sample: Sample, number: int) -> bool:
    """Ask again with each of the bytes: one of them may mean "not known"."""
    whole = subject.reading(sample.files)
    return all(_is_silent(whole, subject.reading(_scarred(sample, number, scar)[1])) for scar in _SCARS)


# --- files cut off ------------------------------------------------------------------------------


def _cuts_are_confessed(subject: Subject, sample: Sample, whole: Reading) -> None:
    """Demand that some ends are told of: nobody can see all, such as one between two lines."""
    name = sample.largest
    places = [int(share * len(sample.files[name])) for share in _CUTS]
    losing = [place for place in places if _loses(whole, subject.reading(_cut(sample, place)))]
    silent = [place for place in losing if _cut_is_silent(subject, sample, whole, place)]
    if len(silent) >= max(_SILENT_CUTS, len(losing) / 2):
        raise Broken(
            f"sample {sample.name} cut off in the middle of a record reads as if it ended there"
            f" (at byte {silent[0]} of {name})"
        )


def _cut(sample: Sample, place: int) -> dict[str, bytes]:
    name = sample.largest
    return {**sample.files, name: sample.files[name][:place]}


def _cut_is_silent(subject: Subject, sample: Sample, whole: Reading, place: int) -> bool:
    """Tell whether several ends in a row make no difference: then the last bytes were passed over."""
    first = subject.reading(_cut(sample, place))
    return all(
        _is_silent(whole, hurt := subject.reading(_cut(sample, place + more))) and hurt.same_rows(first)
        for more in range(_CUTS_IN_A_ROW)
    )
