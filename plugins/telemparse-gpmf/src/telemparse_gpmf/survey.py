"""The first reading of a recording: which clock it has, and what a receiver says of UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from telemparse_gpmf.clock import Camera, Clock, Leg, Stamps
from telemparse_gpmf.epochs import RECEIVERS, anchor_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemparse_gpmf.bare import Payload

__all__ = ["Survey", "survey"]

_HALF = 0.5


@attrs.frozen
class Survey:
    """What is known of a recording before its samples are read.

    Args:
        clock: of all its streams.
        receiver: key of the receiver's stream that is read; empty without one.
        payloads: how many there are.
        strands: streams with samples in all of them.
    """

    clock: Clock
    receiver: str
    payloads: int
    strands: int


@attrs.define
class _Count:
    """Payloads counted in one of the ways."""

    stamps: Stamps
    legs: dict[str, list[Leg]] = attrs.field(factory=lambda: {key: [] for key in RECEIVERS})

    def take(self, payload: Payload, anchors: dict[str, tuple[int, int]]) -> None:
        """Take a payload; anchors have the place of device and stream, and UTC, by receiver."""
        base_ns = self.stamps.take(payload)
        for key, legs in self.legs.items():
            if len(legs) <= self.stamps.leg:
                legs.append(Leg(self._first(payload), base_ns))
            leg = legs[self.stamps.leg]
            leg.last_ns = base_ns
            if key in anchors:
                device, strand = divmod(anchors[key][0], 1 << 16)
                leg.anchor(self.stamps.of(payload.devices[device].strands[strand]), anchors[key][1])

    def _first(self, payload: Payload) -> int:
        """Return the first stamp of a payload, so that no instant of a leg lies before its beginning."""
        strands = [strand for device in payload.devices for strand in device.strands if strand.key]
        return min((self.stamps.of(strand) for strand in strands), default=self.stamps.base_ns or 0)


def survey(payloads: Iterable[Payload], *, is_video: bool) -> Survey:
    """Read all payloads once, without their samples, and say what clock they have."""
    ways = (Camera.STMP, Camera.VIDEO) if is_video else (Camera.STMP, Camera.TICK, Camera.COUNT)
    counts = {camera: _Count(Stamps(camera)) for camera in ways}
    strands = stamped = total = 0
    receivers: set[str] = set()
    for payload in payloads:
        total += 1
        anchors: dict[str, tuple[int, int]] = {}
        for place, device in enumerate(payload.devices):
            for number, strand in enumerate(device.strands):
                if not strand.key:
                    continue
                strands += 1
                stamped += "STMP" in strand.facts
                if strand.key in RECEIVERS:
                    receivers.add(strand.key)
                    utc_ns = anchor_of(strand)
                    if utc_ns is not None:
                        anchors.setdefault(strand.key, (place << 16 | number, utc_ns))
        for count in counts.values():
            count.take(payload, anchors)
    camera = _best(counts, stamped, strands, total, is_video=is_video)
    receiver = next((key for key in RECEIVERS if key in receivers), "")
    chosen = counts[camera]
    legs = chosen.legs[receiver or RECEIVERS[0]]
    named = {"GPS9": "days and seconds of GPS9", "GPS5": "GPSU"}.get(receiver, "")
    return Survey(Clock.of(camera, legs, named), receiver, total, strands)


def _best(
    counts: dict[Camera, _Count], stamped: int, strands: int, payloads: int, *, is_video: bool
) -> Camera:
    if stamped > _HALF * strands:
        return Camera.STMP
    if is_video:
        return Camera.VIDEO
    ticks = counts[Camera.TICK].stamps
    return Camera.TICK if ticks.repaired <= _HALF * payloads else Camera.COUNT
