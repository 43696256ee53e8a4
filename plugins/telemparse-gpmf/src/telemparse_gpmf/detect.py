"""Does a file hold GPMF, bare or as a track of a video? Imports neither numpy nor pyarrow."""

from __future__ import annotations

from telemparse.model.detection import Detection, Rung, Sniff

from telemparse_gpmf.boxes import is_movie, movie

__all__ = ["detect"]

# What a payload begins with (GPMF introduction, section "GPMF Nesting"): a device, of nested type, with its
# id, its name or a clock in it.
_DEVICE = b"DEVC\0"
_FIRST = {b"DVIDL\x04\x00\x01": "DVID", b"DVIDF\x04\x00\x01": "DVID"}
_FIRST_KEYS = frozenset({b"DVID", b"DVNM", b"TICK", b"STRM", b"STMP", b"TSMP", b"VERS"})
_TYPES = frozenset(b"\0bBcdfFGjJlLqQsSU?#")
_SEARCHED_BYTES = 512 * 1024


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Return the strongest evidence among the files of a recording."""
    found = [_detect(sniff) for sniff in sniffs]
    return max(found, key=lambda detection: detection.rung.value, default=Detection(Rung.NO))


def _detect(sniff: Sniff) -> Detection:
    if sniff.head.startswith(_DEVICE):
        return _bare(sniff)
    if is_movie(sniff.head):
        return _video(sniff)
    if sniff.extension == ".gpmf":
        return Detection(Rung.NAME, ("extension .gpmf",))
    return Detection(Rung.NO)


def _bare(sniff: Sniff) -> Detection:
    outer, inner = _header(sniff.head, 0), _header(sniff.head, 8)
    if outer is not None and inner is not None:
        key, length = sniff.head[8:12], outer[1]
        if key in _FIRST_KEYS and inner[0] in _TYPES and inner[1] + 8 <= length:
            whole = (
                "a length that fits" if length + 8 <= sniff.size else f"{length} bytes, not all of them there"
            )
            return Detection(Rung.SIGNATURE, ("a device record DEVC", f"{key.decode()} in it", whole))
    return Detection(Rung.SHAPE, ("begins with DEVC", "but no known record in it"))


def _header(head: bytes, place: int) -> tuple[int, int] | None:
    """Return type and length of the record at a place, None where its header is not all there."""
    header = head[place : place + 8]
    if len(header) < 8:
        return None
    return header[4], header[5] * int.from_bytes(header[6:], "big")


def _video(sniff: Sniff) -> Detection:
    def read(offset: int, length: int) -> bytes:
        if offset + length <= len(sniff.head):
            return sniff.head[offset : offset + length]
        return sniff.more(offset, length)

    found = movie(read, sniff.size)
    if found.track:
        return Detection(Rung.SIGNATURE, ("an MP4 video", "a track of handler meta", "described as gpmd"))
    if found.has_index:
        tracks = ", ".join(handler or "?" for handler in found.handlers[:9]) or "none"
        return _no_track(sniff, f"an MP4 video without a gpmd track: {tracks}")
    if found.has_data:
        data = sniff.head
        if sniff.size > len(data):
            data += sniff.more(len(data), min(_SEARCHED_BYTES, sniff.size - len(data)))
        at = data.find(_DEVICE)
        while at >= 0:
            if data[at + 8 : at + 16] in _FIRST:
                return Detection(
                    Rung.MARKER, ("an MP4 video without an index", f"a device record at byte {at}")
                )
            at = data.find(_DEVICE, at + 1)
        return _no_track(
            sniff, "an MP4 video without an index, and no device record in its first half megabyte"
        )
    return Detection(Rung.NO)


def _no_track(sniff: Sniff, evidence: str) -> Detection:
    named = sniff.extension in {".mp4", ".360", ".lrv", ".mov"}
    return Detection(Rung.NAME if named else Rung.NO, (evidence,))
