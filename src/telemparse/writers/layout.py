"""Layout: which file of a recording's folder holds which stream."""

from __future__ import annotations

import hashlib

from telemparse.errors import CallError
from telemparse.schemas.registry import is_stream

__all__ = ["GEOJSON_FILE", "MANIFEST", "stream_file"]

MANIFEST = "manifest.json"
GEOJSON_FILE = "recording.geojson"
# A file system takes 255 bytes; the suffix and the digest of a shortened name need room too.
_STEM_CHARACTERS = 200
_DIGEST_CHARACTERS = 16


def stream_file(stream: str, suffix: str) -> str:
    """Return the path of a stream's file below the folder, with `/`.

    `gnss_pvt.raw` lies in `gnss_pvt.raw.parquet`, `channels.main` in `channels/main.parquet`. A name
    too long for a file system is cut and carries its digest. Raises CallError for a name that is no
    canonical stream's: it becomes a file name.
    """
    if not isinstance(stream, str) or not is_stream(stream):
        raise CallError(f"{stream!r} is no canonical stream name and has no file")
    base, _dot, group = stream.partition(".")
    folder, stem = ("channels/", group) if base == "channels" else ("", stream)
    if len(stem) > _STEM_CHARACTERS:
        digest = hashlib.sha256(stem.encode()).hexdigest()[:_DIGEST_CHARACTERS]
        stem = f"{stem[:_STEM_CHARACTERS]}~{digest}"
    return f"{folder}{stem}{suffix}"
