"""The honest parser of the liars' format; each step can be replaced by a lie."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from telemparse.kernels.clocks import NS_PER_S
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch
from telemparse.schemas import build, channel_field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import Artifact, ArtifactSet
    from telemparse.model.options import ParseOptions

__all__ = ["HonestReader", "parse"]

_LONGEST_LINE = 256
_NUMBERS = 5
_LOCI = 3
_YEAR_2200_S = 7_258_118_400


class HonestReader:
    """Reads one artifact: lines, then fixes, then batches and issues."""

    fields: ClassVar[Mapping[str, pa.Field]] = {
        "rpm": channel_field("rpm", pa.float64(), source_name="rpm", source_unit="1/min")
    }

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact
        self.fixes: list[list[float]] = []
        self.skipped: list[int] = []
        self.end: int | None = None

    def messages(self) -> Iterator[Message]:
        """Yield what the artifact holds."""
        for number, line in enumerate(self.lines(), start=1):
            self.take(number, line)
        yield from self.issues()
        if self.fixes:
            yield from self.batches(np.array(self.fixes))

    def lines(self) -> Iterator[bytes]:
        """Yield the lines; one that is too long comes in pieces."""
        with self.artifact.open() as reader:
            while line := reader.readline(_LONGEST_LINE):
                yield line

    def take(self, number: int, line: bytes) -> None:
        """Take one line."""
        words = line.split()
        if words[:1] == [b"end"] and line.endswith(b"\n") and len(words) > 1 and words[1].isdigit():
            self.end = int(words[1])
        elif number > 1 or words != [b"HONEST", b"1"]:
            fix = self.fix(words) if line.endswith(b"\n") else None
            if fix is None:
                self.skipped.append(number)
            else:
                self.fixes.append(fix)

    def fix(self, words: list[bytes]) -> list[float] | None:
        """Return seconds, latitude, longitude, speed and revolutions, or None."""
        if words[:1] != [b"fix"] or len(words) != _NUMBERS + 1:
            return None
        try:
            fix = [float(word.decode("ascii")) for word in words[1:]]
        except ValueError:
            return None
        second, latitude, longitude, speed, _rpm = fix
        sound = (
            0 <= second < _YEAR_2200_S
            and -90 <= latitude <= 90  # noqa: PLR2004  (degrees)
            and -180 <= longitude < 180  # noqa: PLR2004  (degrees)
            and 0 <= speed < math.inf
        )
        return fix if sound and all(map(math.isfinite, fix)) else None

    def issues(self) -> Iterator[Issue]:
        """Yield what was not read."""
        if self.skipped:
            place = Locus(self.artifact.name, line=self.skipped[0])
            total = len(self.fixes) + len(self.skipped)
            yield Issue(
                "ROWS_SKIPPED", place, count=len(self.skipped), total=total, lines=self.skipped[:_LOCI]
            )
        if self.end != len(self.fixes):
            place = Locus(self.artifact.name, offset=self.artifact.size)
            yield Issue(
                "ARTIFACT_TRUNCATED", place, artifact=self.artifact.name, rows=len(self.fixes), end=self.end
            )

    def batches(self, fixes: Any) -> Iterator[Message]:
        """Yield fixes, shape (n, 5), as gnss_pvt and a channel."""
        t_ns = np.round(fixes[:, 0] * 1000).astype(np.int64) * (NS_PER_S // 1000)
        order = np.argsort(t_ns, kind="stable")
        if (order != np.arange(len(order))).any():
            yield Issue("TIME_NOT_MONOTONIC", stream="gnss_pvt", count=int((np.diff(t_ns) < 0).sum()))
        position = {
            "t": t_ns,
            "lat_deg": fixes[:, 1],
            "lon_deg": fixes[:, 2],
            "speed_mps": self.speed(fixes[:, 3]),
        }
        yield self.gnss(position)
        revolutions = {"t": t_ns, "rpm": fixes[:, 4]}
        yield Batch("channels.main", build("channels.main", revolutions, fields=self.fields))

    def speed(self, speed_mps: Any) -> Any:
        """Return the speeds that go into the table."""
        return speed_mps

    def gnss(self, columns: Mapping[str, Any]) -> Batch:
        """Return the batch of positions."""
        return Batch("gnss_pvt", build("gnss_pvt", columns))


def parse(artifacts: ArtifactSet, _options: ParseOptions) -> Iterator[Message]:
    """Yield what the artifacts hold."""
    for artifact in artifacts:
        yield from HonestReader(artifact).messages()
