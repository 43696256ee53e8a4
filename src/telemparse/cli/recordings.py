"""Recordings: what the paths of a call mean, and the folder that each one is written to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from telemparse.cli.exits import Exit, exit_after
from telemparse.cli.loading import installed
from telemparse.cli.terminal import complain, reason
from telemparse.errors import TelemparseError
from telemparse.model.artifacts import Artifact, ArtifactSet, artifacts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Recording", "each", "gather"]

_NAMED = 3
_STEM_BYTES = 120  # leaves room for a number and for file names below, on any file system


@attrs.frozen
class Recording:
    """One recording of a call.

    Args:
        label: what people call it: its paths as they were given.
        paths: the files on disk that it comes from.
        artifacts: what is parsed.
        folder: name below the output folder; empty when it is the only recording.
    """

    label: str
    paths: tuple[str, ...]
    artifacts: ArtifactSet
    folder: str = ""


def gather(
    paths: Sequence[str], *, together: bool, store: Sequence[Path] = ()
) -> tuple[list[Recording], Exit]:
    """Return the recordings that paths mean, and `UNREADABLE` when one of the paths is.

    What cannot be read gets a line on standard error, and the others go on.

    Args:
        paths: files, folders and archives.
        together: all of them are one recording.
        store: files and folders that a command writes itself: what lies there is no recording.
    """
    readable = [path for path in paths if _can_read(path) and not _is_stored(path, store)]
    code = Exit.OK if len(readable) == len(paths) else Exit.UNREADABLE
    if not readable:
        return [], code
    try:
        sources = _unstored(readable, store) if store else readable
        sets = _sets(sources, together=together)
    except (OSError, TelemparseError) as error:
        complain(f"{', '.join(readable)}: {reason(error)}")
        return [], Exit.UNREADABLE
    if not sets:
        complain(f"{', '.join(readable)}: there are no files in it")
        return [], Exit.UNREADABLE
    names = _folders(sets) if len(sets) > 1 else [""]
    return [_recording(artifacts, name) for artifacts, name in zip(sets, names, strict=True)], code


def each(recordings: Iterable[Recording], handle: Callable[[Recording], Exit]) -> Exit:
    """Handle recordings one by one and return the highest code: none stops those after it."""
    codes = [Exit.OK]
    for recording in recordings:
        try:
            codes.append(handle(recording))
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001  (a bug of ours costs one recording, never the others)
            complain(f"{recording.label}: {reason(error)}")
            codes.append(exit_after(error))
    return max(codes)


def _sets(sources: Sequence[str] | Sequence[Artifact], *, together: bool) -> list[ArtifactSet]:
    import telemparse

    if together:
        return [ArtifactSet.of(sources)]
    return list(telemparse.group(sources, installed()))


def _unstored(paths: Sequence[str], store: Sequence[Path]) -> list[Artifact]:
    return [artifact for artifact in artifacts_of(paths) if not _is_within(artifact.path, store)]


def _is_within(path: Path | None, store: Sequence[Path]) -> bool:
    return path is not None and any(path.resolve().is_relative_to(each) for each in store)


def _is_stored(path: str, store: Sequence[Path]) -> bool:
    stored = _is_within(Path(path), store)
    if stored:
        complain(f"{path}: it lies where sessions are kept; choose another folder for them")
    return stored


def _can_read(path: str) -> bool:
    try:
        if Path(path).is_dir():
            os.scandir(path).close()
        else:
            Artifact.from_path(path).open().close()
    except (OSError, TelemparseError) as error:
        complain(f"{path}: {reason(error)}")
        return False
    return True


def _recording(artifacts: ArtifactSet, folder: str) -> Recording:
    labels = [_label(artifact) for artifact in artifacts]
    more = [f"{len(labels) - _NAMED} more"] if len(labels) > _NAMED else []
    on_disk = (_outermost(artifact).path for artifact in artifacts)
    paths = tuple(dict.fromkeys(str(path) for path in on_disk if path is not None))
    return Recording(" + ".join(labels[:_NAMED] + more), paths, artifacts, folder)


def _outermost(artifact: Artifact) -> Artifact:
    while artifact.outer is not None:
        artifact = artifact.outer
    return artifact


def _label(artifact: Artifact) -> str:
    if artifact.path is not None:
        return str(artifact.path)
    outer = _outermost(artifact)
    return str(outer.path.parent / artifact.name) if outer.path is not None else artifact.name


def _folders(sets: Iterable[ArtifactSet]) -> Iterator[str]:
    """Name a folder after each first artifact; a name that came before gets a number, by order alone."""
    taken: set[str] = set()
    for artifacts in sets:
        stem = _stem(artifacts.names[0])
        name, number = stem, 1
        while name.casefold() in taken:  # some file systems know no case
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        yield name


def _stem(name: str) -> str:
    """Return a plain folder name: a member of an archive may be called anything."""
    stem = Path(name.replace("\\", "/").rpartition("/")[2]).stem
    plain = "".join(letter if letter.isprintable() else "_" for letter in stem)
    short = plain.encode("utf-8", "replace")[:_STEM_BYTES].decode("utf-8", "ignore")
    return short if short.strip(". ") else "recording"
