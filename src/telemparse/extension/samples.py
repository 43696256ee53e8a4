"""Small recordings as authors hand them over: one shape for examples and for samples of the kit."""

from __future__ import annotations

from collections.abc import Mapping

from telemparse.errors import CallError

__all__ = ["recordings"]


def recordings(samples: object) -> dict[str, dict[str, bytes]]:
    """Return samples as recordings: `{"a.gpx": b"..."}` and `{"run": {"a.ld": b"...", "a.ldx": b"..."}}`.

    Raises CallError for anything else.
    """
    if not isinstance(samples, Mapping):
        raise CallError(f"samples are a mapping of names to bytes, not {type(samples).__name__}")
    found = {
        str(name): dict(files) if isinstance(files, Mapping) else {str(name): files}
        for name, files in samples.items()
    }
    for name, files in found.items():
        if not files or not all(isinstance(data, bytes) for data in files.values()):
            raise CallError(f"sample {name!r} is neither bytes nor a mapping of file names to bytes")
    return found
