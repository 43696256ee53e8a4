"""Devices of GPMF and the streams in them, told apart; what is damaged is counted and gone over."""

# GPMF introduction (gopro/gpmf-parser, docs/README.md), sections "Alignment and Storage" and "GPMF Nesting".

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse_gpmf.records import DEVICE, HEADER, LETTERS, TYPES, Device, Strand, record_at

if TYPE_CHECKING:
    from telemparse_gpmf.losses import Losses
    from telemparse_gpmf.records import Record

__all__ = ["device_at"]

_STREAM = b"STRM\0"
# Records that say something of the samples behind them (section "FourCC", and the tables of the cameras).
_FACTS = frozenset((
    "TSMP", "TICK", "TOCK", "TIMO", "EMPT", "STMP", "STNM", "RMRK", "SCAL", "SIUN", "UNIT", "TYPE", "TMPC",
    "ORIN", "ORIO", "MTRX", "GPSF", "GPSU", "GPSP", "GPSA", "DVID", "DVNM", "VERS", "FWVS", "LRVO", "LRVS",
    "STPS",
))  # fmt: skip
_STRANDS = 512  # of one device in one payload; cameras have some thirty


def device_at(buffer: bytes, begin: int, base: int, losses: Losses, *, cut: bool) -> tuple[Device, int]:
    """Return the device whose header stands at a place, and the place behind what is read of it.

    A length that reaches over the next device is not followed; what is damaged is counted, and reading goes
    on at the next stream.

    Args:
        buffer: the bytes.
        begin: place of the device in them.
        base: offset of the buffer in the file.
        losses: counts damage.
        cut: the buffer ends where the file or its payload does.
    """
    end = begin + HEADER + _length(buffer, begin)
    is_cut = cut and end > len(buffer)
    walk = _Walk(buffer, min(_aligned(end - begin) + begin, len(buffer)), base, losses, is_cut)
    facts, strands = walk.device(begin + HEADER)
    ident = None
    if "DVID" in facts:
        whole = facts["DVID"].whole()
        ident = whole if whole is not None else int.from_bytes(facts["DVID"].data[:8], "big")
    is_cut = is_cut and walk.end == len(buffer)
    return Device(ident, facts, strands, base + begin, is_cut), max(walk.end, begin + HEADER)


@attrs.define
class _Walk:
    """Goes through one device.

    Attributes:
        end: place behind the device; it moves back where its length reached over the next one.
    """

    buffer: bytes
    end: int
    base: int
    losses: Losses
    cut: bool
    _is_limited: bool = False

    def device(self, place: int) -> tuple[dict[str, Record], list[Strand]]:
        """Return the facts and the streams of a device whose content begins at a place."""
        facts: dict[str, Record] = {}
        strands: list[Strand] = []
        while place < self.end:
            if self.buffer.startswith(DEVICE, place):
                self.losses.damage(self.base + place)
                self.end = place
            elif self.buffer.startswith(_STREAM, place):
                strand, place, is_whole = self._strand(place)
                self._keep(strand, strands)
                if not is_whole:
                    place = self._next(place)
            elif record := record_at(self.buffer, place, self.end, self.base):
                facts.setdefault(record.key, record)
                if record.key not in _FACTS:
                    self.losses.unreadable(record.key, "they stand outside of a stream", record.offset)
                place += HEADER + _aligned(len(record.data))
            else:
                self._damage(place, self.end)
                place = self._next(place)
        return facts, strands

    def _keep(self, strand: Strand, strands: list[Strand]) -> None:
        if len(strands) < _STRANDS:
            strands.append(strand)
        else:
            self.losses.unreadable("STRM", f"more than {_STRANDS} streams in a payload", strand.offset)

    def _strand(self, begin: int) -> tuple[Strand, int, bool]:
        """Return a stream, the place to go on, and whether another record must stand there."""
        own_end, place = begin + HEADER + _length(self.buffer, begin), begin + HEADER
        end = min(begin + _aligned(own_end - begin), self.end)
        records: list[Record] = []
        is_whole = True
        while place < end and is_whole:
            if self.buffer[place : place + 5] in {DEVICE, _STREAM}:
                self.losses.damage(self.base + begin)
                end = own_end = place
            elif record := record_at(self.buffer, place, end, self.base):
                records.append(record)
                place += HEADER + _aligned(len(record.data))
            else:
                is_whole = not self._damage(place, end)
                own_end = end = end if is_whole else place
                place = end
        if own_end > end and not self.cut:
            self.losses.damage(self.base + begin)
        return _sorted(records, self.base + begin, self.losses), end, is_whole

    def _damage(self, place: int, end: int) -> bool:
        """Tell whether bytes that are no record are anything but padding, and count them."""
        if not self.buffer[place:end].strip(b"\0"):
            return False
        if not (self.cut and self._may_be_cut(place)):
            self.losses.damage(self.base + place)
        return True

    def _next(self, place: int) -> int:
        """Return the place of the next stream of the device, its end where there is none."""
        if not self._is_limited:
            # Once a device: the search must not go over the same bytes again and again.
            found = self.buffer.find(DEVICE, place, self.end)
            self.end = found if found >= 0 else self.end
            self._is_limited = True
        found = self.buffer.find(_STREAM, place, self.end)
        return found if found >= 0 else self.end

    def _may_be_cut(self, place: int) -> bool:
        """Tell whether what cannot be read lacks nothing but the bytes behind the end of the file."""
        header = self.buffer[place : place + HEADER]
        if not LETTERS.issuperset(header[:4]):
            return False
        if len(header) < HEADER:
            return True
        size = header[5] * (header[6] << 8 | header[7])
        return header[4] in TYPES and place + HEADER + size > len(self.buffer)


def _sorted(records: list[Record], offset: int, losses: Losses) -> Strand:
    """Tell the samples from what is said of them: they are the records of the last key in the nest."""
    key = next((record.key for record in reversed(records) if record.key not in _FACTS), "")
    facts: dict[str, Record] = {}
    samples: list[Record] = []
    for record in records:
        if record.key != key:
            facts.setdefault(record.key, record)
            if record.key not in _FACTS:
                losses.other(record.key)
        elif record.kind in {"", "#"}:
            losses.unreadable(key, "samples are nested" if record.kind == "" else "compressed", record.offset)
        else:
            samples.append(record)
    return Strand(key if samples else "", facts, samples, offset)


def _length(buffer: bytes, place: int) -> int:
    """Return the bytes that the header at a place announces, 0 where it is cut."""
    header = buffer[place : place + HEADER]
    return header[5] * (header[6] << 8 | header[7]) if len(header) == HEADER else 0


def _aligned(length: int) -> int:
    """Return a length with the padding to whole words."""
    return (length + 3) & ~3
