"""What becomes of damage: no exception, no endless loop, and no loss that nobody tells of."""

from __future__ import annotations

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
_CUTS = (0.4, 0.6, 0.8)
_CUTS_IN_A_ROW = 5
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
    for sample in subject.samples:
        whole = subject.reading(sample.files)
        for words, files in scars(sample):
            if _is_silent(whole, subject.reading(files)):
                lost = whole.cells - subject.reading(files).cells
                raise Broken(f"{lost} values of sample {sample.name} are gone without an issue ({words})")
        silent = [place for place in _cuts(sample) if _cut_is_silent(subject, sample, whole, place)]
        if len(silent) >= _SILENT_CUTS:
            raise Broken(
                f"sample {sample.name} cut off in the middle of a record reads as if it ended there"
                f" (at byte {silent[0]} of {sample.largest})"
            )


def _is_silent(whole: Reading, hurt: Reading) -> bool:
    """Tell whether there is less than before, and nothing that tells of it."""
    if hurt.cells >= whole.cells or hurt.crash is not None:
        return False
    return not hurt.confessions() - whole.confessions()


def scars(sample: Sample) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield the sample with a few bytes blotted out, at places over the whole of its largest file."""
    name = sample.largest
    content = sample.files[name]
    for number in range(_PLACES):
        start = (2 * number + 1) * len(content) // (2 * _PLACES)
        scar = _SCARS[number % len(_SCARS)] * len(content[start : start + _SCAR_BYTES])
        hurt = content[:start] + scar + content[start + len(scar) :]
        yield f"{len(scar)} bytes overwritten at byte {start} of {name}", {**sample.files, name: hurt}


def _cuts(sample: Sample) -> list[int]:
    return [int(share * len(sample.files[sample.largest])) for share in _CUTS]


def _cut_is_silent(subject: Subject, sample: Sample, whole: Reading, place: int) -> bool:
    """Tell whether several ends in a row make no difference: then the last bytes were passed over."""
    name = sample.largest
    cut = [
        subject.reading({**sample.files, name: sample.files[name][: place + more]})
        for more in range(_CUTS_IN_A_ROW)
    ]
    alike = len({reading.cells for reading in cut}) == 1
    return alike and all(_is_silent(whole, reading) for reading in cut)
