"""What must not make a difference, and what must not be touched: repetition, the file, the size of pieces."""

from __future__ import annotations

import gc
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from telemparse.model.artifacts import ArtifactSet
from telemparse.testing.kit import Broken
from telemparse.testing.subject import in_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.model.results import ParseResult
    from telemparse.testing.subject import Sample, Subject

__all__ = ["answers_twice_alike", "chunk_size_does_not_matter", "difference", "leaves_bytes_alone"]

_PIECES_BYTES = (1, 13, 1021)


def difference(one: ParseResult, other: ParseResult) -> str | None:
    """Return how two results differ, or None."""
    if list(one.streams) != list(other.streams):
        return f"streams are {', '.join(one.streams)} and then {', '.join(other.streams)}"
    for name, table in one.streams.items():
        if not table.equals(other.streams[name], check_metadata=True):
            rows = f"{table.num_rows} and {other.streams[name].num_rows} rows"
            return f"stream {name} differs ({rows})"
    for what in ("metadata", "device_family", "device_model", "capabilities", "warnings", "errors"):
        if getattr(one, what) != getattr(other, what):
            return f"{what} differ: {getattr(one, what)} and then {getattr(other, what)}"[:600]
    return None


def answers_twice_alike(subject: Subject) -> None:
    """Ask and read all samples, and then all of them again from the last to the first."""
    first = [(subject.asked(sample.files), subject.result(sample.files)) for sample in subject.samples]
    for sample, (asked, result) in reversed(list(zip(subject.samples, first, strict=True))):
        again = subject.asked(sample.files)
        if again.candidates != asked.candidates:
            raise Broken(f"asked about sample {sample.name} a second time, the detector answers otherwise")
        found = difference(result, subject.result(sample.files))
        if found is not None:
            raise Broken(f"sample {sample.name} reads otherwise the second time: {found}")


def leaves_bytes_alone(subject: Subject) -> None:
    """Lay samples into a folder, have them read from there, and compare the folder with what it was."""
    for sample in subject.samples:
        with _laid_out(sample) as folder, _own_temporaries() as temporaries:
            before = _listing(folder)
            subject.result(_from_disk(sample, folder))
            if _listing(folder) != before:
                raise Broken(f"the folder of sample {sample.name} is not as it was after reading")
            if any(temporaries.iterdir()):
                gc.collect()  # a file that goes with its object is not left behind
            left = ", ".join(sorted(path.name for path in temporaries.iterdir()))
            if left:
                raise Broken(f"reading sample {sample.name} leaves behind, among temporary files: {left}")


@contextmanager
def _own_temporaries() -> Iterator[Path]:
    """Have `tempfile` use a folder of its own."""
    usual = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="telemparse-") as name:
        tempfile.tempdir = name
        try:
            yield Path(name)
        finally:
            tempfile.tempdir = usual


@contextmanager
def _laid_out(sample: Sample) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="telemparse-") as name:
        for file, content in sample.files.items():
            place = Path(name) / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        yield Path(name)


def _from_disk(sample: Sample, folder: Path) -> ArtifactSet:
    return ArtifactSet.of([folder / file for file in sample.files])


def _listing(folder: Path) -> dict[Path, tuple[bytes, int] | None]:
    """Return what is there: content and time of files, None for folders."""
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns) if path.is_file() else None
        for path in folder.rglob("*")
    }


def chunk_size_does_not_matter(subject: Subject) -> None:
    """Read samples from artifacts whose chunks are small, and from a disk."""
    for sample in subject.samples:
        whole = subject.result(sample.files)
        if difference(whole, subject.result(sample.files)) is not None:
            continue  # it is never twice alike, which is another promise
        for piece_bytes in _PIECES_BYTES:
            found = difference(whole, subject.result(in_pieces(sample.files, piece_bytes)))
            if found is not None:
                raise Broken(f"sample {sample.name} in chunks of {piece_bytes} bytes: {found}")
        with _laid_out(sample) as folder:
            found = difference(whole, subject.result(_from_disk(sample, folder)))
            if found is not None:
                raise Broken(f"sample {sample.name} from a disk and not from memory: {found}")
