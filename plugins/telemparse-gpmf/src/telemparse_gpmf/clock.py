"""The clock of a recording: the camera's stamps, how they become UTC, and what was made of them."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.kernels.clocks import NS_PER_S

if TYPE_CHECKING:
    from telemparse_gpmf.bare import Payload
    from telemparse_gpmf.records import Strand

__all__ = ["Camera", "Clock", "Leg", "Stamps"]

_NS_PER_US, _NS_PER_MS = 1000, 1_000_000
_MOST_NS = 10 * 365 * 86_400 * NS_PER_S  # no camera runs for longer
_FAR_NS = 5 * NS_PER_S
_LONG_STEP_NS = 3600 * NS_PER_S
_PAYLOAD_NS = NS_PER_S
_ANCHORS = 4096
_LAST_NS = 1 << 62
_FIT_SPAN_NS, _FIT_ANCHORS = 60 * NS_PER_S, 8
_MOST_DRIFT = 500e-6
_LEGS = 256


class Camera(enum.Enum):
    """What counts the camera's time: the best that a recording has."""

    STMP = "STMP, microseconds of the camera at the first sample of each stream in a payload"
    VIDEO = "times of the payloads in the video track (stts)"
    TICK = "TICK, milliseconds of the camera at each payload"
    COUNT = "number of the payload, one second each"


@attrs.define
class Stamps:
    """Takes the payloads of a recording by one way of counting; the same ones give the same stamps again.

    Attributes:
        leg: number of the stretch without a restart of the camera's clock.
        base_ns: stamp of the last payload.
        step_ns: between the last two payloads of the leg; None for the first one.
        repaired: stamps that were missing or out of place.
    """

    camera: Camera
    leg: int = 0
    base_ns: int | None = None
    step_ns: int | None = None
    repaired: int = 0
    _last: int = -1

    def take(self, payload: Payload) -> int:
        """Return the stamp of the next payload, and begin a new leg where the clock went back."""
        base_ns = self._base(payload)
        before, last = self.base_ns, self._last
        self._last = payload.number
        if base_ns is None:
            base_ns = 0 if before is None else before + (self.step_ns or _PAYLOAD_NS)
            self.repaired += 1
        elif before is not None:
            step_ns = base_ns - before
            if not 0 < step_ns <= _LONG_STEP_NS * max(payload.number - last, 1):
                self.leg = min(self.leg + 1, _LEGS - 1)
                self.step_ns = None
            else:
                self.step_ns = step_ns
        self.base_ns = base_ns
        return base_ns

    def of(self, strand: Strand) -> int:
        """Return the stamp of a stream's first sample in the payload that was taken last."""
        base_ns = self.base_ns or 0
        own = _stamp(strand, self.camera)
        if own is None:
            return base_ns
        if abs(own - base_ns) > _FAR_NS:
            self.repaired += 1
            return base_ns
        return own

    def _base(self, payload: Payload) -> int | None:
        """Return the median of the streams' stamps, which one damaged stamp does not move."""
        if self.camera is Camera.VIDEO:
            return payload.start_ns
        if self.camera is Camera.COUNT:
            return payload.number * _PAYLOAD_NS
        strands = [strand for device in payload.devices for strand in device.strands if strand.key]
        found = sorted(own for strand in strands if (own := _stamp(strand, self.camera)) is not None)
        if self.camera is Camera.TICK and not found:
            ticks = (device.facts["TICK"].whole() for device in payload.devices if "TICK" in device.facts)
            found = [tick * _NS_PER_MS for tick in ticks if tick is not None]
        return found[len(found) // 2] if found else None


def _stamp(strand: Strand, camera: Camera) -> int | None:
    if camera not in {Camera.STMP, Camera.TICK}:
        return None
    value = strand.whole(camera.name)
    if value is None:
        return None
    value_ns = value * (_NS_PER_US if camera is Camera.STMP else _NS_PER_MS)
    return value_ns if value_ns < _MOST_NS else None


@attrs.define
class Leg:
    """One stretch of the camera's clock, and the instants that a receiver gave for it.

    Attributes:
        first_ns, last_ns: stamps of its payloads.
        count: anchors so far, of which at most some thousand are kept, evenly.
    """

    first_ns: int
    last_ns: int
    count: int = 0
    _every: int = 1
    _anchors: list[tuple[int, int]] = attrs.field(factory=list)

    def anchor(self, camera_ns: int, utc_ns: int) -> None:
        """Take one pair of a camera's stamp and UTC."""
        if self.count % self._every == 0:
            self._anchors.append((camera_ns, utc_ns))
            if len(self._anchors) > _ANCHORS:
                self._anchors = self._anchors[::2]
                self._every *= 2
        self.count += 1

    def fit(self) -> tuple[int, int, float, float] | None:
        """Return (camera_ns, utc_ns, drift, residual_ns): a line through the anchors; None without any.

        The offset alone where they span less than a minute. Anchors farther than five seconds from the median
        do not count.
        """
        if not self._anchors:
            return None
        camera, utc = (np.array(part, np.int64) for part in zip(*self._anchors, strict=True))
        offset = utc - camera
        middle = int(np.sort(offset)[len(offset) // 2])
        good = np.abs(offset - middle) <= _FAR_NS
        camera, rest = camera[good], (offset[good] - middle).astype(np.float64)
        at = int(camera[0])
        elapsed = (camera - at).astype(np.float64)
        drift = 0.0
        if len(camera) >= _FIT_ANCHORS and elapsed.max() - elapsed.min() >= _FIT_SPAN_NS:
            centred = elapsed - elapsed.mean()
            drift = float((centred * rest).sum() / (centred * centred).sum())
            drift = drift if abs(drift) <= _MOST_DRIFT else 0.0
        residual = rest - drift * elapsed
        constant = float(residual.mean()) if drift else float(np.median(residual))
        spread = float(np.sqrt(np.mean((residual - constant) ** 2)))
        return at, at + middle + round(constant), drift, spread


@attrs.frozen
class Clock:
    """Camera stamps to instants.

    Args:
        camera: what counts.
        lines: of each leg: camera_ns, instant_ns, drift.
        is_utc: a receiver gave at least one instant; else the first payload is 1970-01-01.
        facts: for the metadata.
    """

    camera: Camera
    lines: tuple[tuple[int, int, float], ...]
    is_utc: bool
    facts: dict[str, Any]

    @property
    def time_base(self) -> str:
        """`utc` or `relative`."""
        return "utc" if self.is_utc else "relative"

    def instant(self, leg: int, camera_ns: int) -> int:
        """Return the instant of a stamp."""
        at_ns, instant_ns, drift = self.lines[min(leg, len(self.lines) - 1)] if self.lines else (0, 0, 0.0)
        elapsed = camera_ns - at_ns
        # Many restarts of a damaged clock must not lead out of 64 bits.
        return max(min(instant_ns + elapsed + round(drift * elapsed), _LAST_NS), -_LAST_NS)

    @classmethod
    def of(cls, camera: Camera, legs: list[Leg], receiver: str) -> Clock:
        """Return the clock of a recording whose legs are known.

        Args:
            camera: what counts.
            legs: in order.
            receiver: records that gave the anchors.
        """
        fits = [leg.fit() for leg in legs]
        is_utc = any(fit is not None for fit in fits)
        lines: list[tuple[int, int, float] | None] = [fit[:3] if fit else None for fit in fits]
        if not is_utc and legs:
            lines[0] = (legs[0].first_ns, 0, 0.0)
        # A leg that nothing dates goes on where the one before ends, or ends where the next one begins.
        for number in range(1, len(legs)):
            before = lines[number - 1]
            if lines[number] is None and before is not None:
                end = before[1] + legs[number - 1].last_ns - before[0] + _PAYLOAD_NS
                lines[number] = (legs[number].first_ns, end, 0.0)
        for number in range(len(legs) - 2, -1, -1):
            after = lines[number + 1]
            if lines[number] is None and after is not None:
                begin = after[1] + legs[number + 1].first_ns - after[0] - _PAYLOAD_NS
                lines[number] = (legs[number].last_ns, begin, 0.0)
        facts: dict[str, Any] = {"camera": camera.value, "restarts": max(len(legs) - 1, 0)}
        known = [fit for fit in fits if fit is not None]
        if known:
            facts["utc"] = f"{receiver} of payloads with a fix"
            facts["anchors"] = sum(leg.count for leg in legs)
            facts["drift_ppm"] = round(known[0][2] * 1e6, 3)
            facts["residual_ms"] = round(known[0][3] / 1e6, 3)
        return cls(camera, tuple(line or (0, 0, 0.0) for line in lines), is_utc, facts)
