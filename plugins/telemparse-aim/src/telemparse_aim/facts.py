"""Messages about the recording to metadata: logger, vehicle, track; names of people stay in the file."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["facts_of"]

# Numbers of loggers whose name is known (libxrk).
_MODELS: Mapping[int, str] = {649: "MXP 1.3", 793: "MXm"}
_IDENTITY_BYTES, _SOURCE_HEAD_BYTES = 10, 6
_TRACK_BYTES, _TRACK_NAME_BYTES = 44, 32


def facts_of(name: str, payload: bytes) -> Iterator[tuple[str, Any]]:
    """Yield (key, value) of what a message tells, nothing for one that tells nothing."""
    teller = _TELLERS.get(name)
    if teller is not None:
        yield from teller(payload)


def _word(key: str) -> Callable[[bytes], Iterator[tuple[str, Any]]]:
    def tell(payload: bytes) -> Iterator[tuple[str, Any]]:
        text = _text(payload)
        if text:
            yield key, text

    return tell


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("latin-1").strip()


def _identity(payload: bytes) -> Iterator[tuple[str, Any]]:
    if len(payload) >= _IDENTITY_BYTES:
        model, logger = struct.unpack_from("<H4xI", payload)
        yield "logger_model_id", model
        yield "logger_id", logger
        if model in _MODELS:
            yield "device_model", _MODELS[model]


def _source(payload: bytes) -> Iterator[tuple[str, Any]]:
    if payload.startswith(b"idn"):
        yield from _identity(payload[_SOURCE_HEAD_BYTES:])


def _track(payload: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the track: its name, and the point of the start line (1e-7 degrees), which has no ends."""
    text = _text(payload[:_TRACK_NAME_BYTES])
    if not text or len(payload) < _TRACK_BYTES:
        return
    line = [number / 1e7 for number in struct.unpack_from("<2i", payload, _TRACK_NAME_BYTES + 4)]
    yield "track", {"name": text, "start_finish_deg": line if any(line) else None}


_TELLERS: Mapping[str, Callable[[bytes], Iterator[tuple[str, Any]]]] = {
    "VEH": _word("vehicle"),
    "NDV": _word("device_name"),
    "VTY": _word("session"),
    "CMP": _word("championship"),
    "TMD": _word("local_date"),
    "TMT": _word("local_time"),
    "idn": _identity,
    "SRC": _source,
    "TRK": _track,
}
