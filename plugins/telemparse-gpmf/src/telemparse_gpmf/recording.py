"""One file on its way to batches: payloads, the clock over them, and a sink for each stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.kernels.unique_names import UniqueNames, plain_stem
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Meta

from telemparse_gpmf.channels import MULTIPLE, ChannelSink, channel_fields, is_text
from telemparse_gpmf.clock import Stamps
from telemparse_gpmf.epochs import RECEIVERS
from telemparse_gpmf.gnss import GnssSink
from telemparse_gpmf.inertial import SENSORS, InertialSink
from telemparse_gpmf.layouts import LayoutError, layout_of, numbers_of
from telemparse_gpmf.losses import Losses
from telemparse_gpmf.settings import settings_of
from telemparse_gpmf.sinks import Moment
from telemparse_gpmf.sources import is_blank, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.extension.protocol import Message
    from telemparse.model.artifacts import Artifact
    from telemparse.model.messages import Batch
    from telemparse.model.options import ParseOptions

    from telemparse_gpmf.bare import Payload
    from telemparse_gpmf.records import Device, Strand
    from telemparse_gpmf.sources import Source
    from telemparse_gpmf.survey import Survey

__all__ = ["Recording"]

_MOST_SINKS = 256
_MOST_TEXTS = 64
_HELD_BYTES = 3 << 20
_LONG_NS = 60_000_000_000
_GENERIC = frozenset({"Camera", ""})


@attrs.define
class Recording:
    """Reads one file, twice: first for its clock, then for its samples.

    Args:
        artifact: the file.
        suffix: behind the names of its streams.
        options: what is asked for.
        piece_bytes: of bare GPMF to read at a time; the rows do not depend on it.

    Attributes:
        epochs, without_fix: of the receiver.
    """

    artifact: Artifact
    suffix: str
    options: ParseOptions
    piece_bytes: int
    epochs: int = 0
    without_fix: int = 0
    _losses: Losses = attrs.field(init=False)
    _sinks: dict[tuple[Any, ...], Any] = attrs.field(factory=dict)
    _owners: dict[str, int | None] = attrs.field(factory=dict)
    _names: UniqueNames = attrs.field(factory=UniqueNames)
    _devices: dict[int | None, str] = attrs.field(factory=dict)
    _texts: dict[str, str] = attrs.field(factory=dict)
    _left_out: dict[str, int] = attrs.field(factory=dict)
    _delayed: int = 0

    def __attrs_post_init__(self) -> None:
        self._losses = Losses(self.artifact.name)

    def messages(self) -> Iterator[Message]:
        """Yield everything that the file gives."""
        name, size = self.artifact.name, self.artifact.size
        with self.artifact.open() as reader:
            source, found = source_of(reader, size, self._losses, self.piece_bytes)
            if found.payloads == 0 and is_blank(reader):
                yield Issue("ARTIFACT_EMPTY", Locus(name), artifact=name, bytes=size)
                return
            if source.is_searched:
                yield Issue("GPMF_NO_INDEX", Locus(name), artifact=name, payloads=found.payloads)
            yield from self._settings(source)
            stamps = Stamps(found.clock.camera)
            for payload in source.payloads(self._losses):
                yield from self._payload(payload, stamps, found)
            for sink in self._sinks.values():
                yield from sink.finish()
        yield from self._findings(found, stamps)

    def _settings(self, source: Source) -> Iterator[Meta]:
        """Yield what a video says of the camera beside its track."""
        facts = settings_of(source.reader, source.movie.facts) if source.movie is not None else {}
        if "model" in facts:
            self._texts.setdefault("MINF", facts.pop("model"))
        for key, value in facts.items():
            yield Meta(f"{key}{self.suffix}", value)

    def _payload(self, payload: Payload, stamps: Stamps, found: Survey) -> Iterator[Batch]:
        stamps.take(payload)
        for device in payload.devices:
            self._devices.setdefault(device.ident, _name(device))
            self._facts(device)
            for strand in device.strands:
                if not strand.key:
                    continue
                sink = self._sink(device, strand, found)
                if sink is None:
                    continue
                camera_ns = stamps.of(strand) - self._delay(strand)
                t_ns = found.clock.instant(stamps.leg, camera_ns)
                yield from sink.take(strand, Moment(t_ns, stamps.leg, payload.duration_ns))
        if sum(sink.rows.held_bytes for sink in self._sinks.values()) > _HELD_BYTES:
            for sink in self._sinks.values():
                yield from sink.flush()

    def _facts(self, device: Device) -> None:
        for key, record in device.facts.items():
            if record.kind == "c" and key != "DVNM" and len(self._texts) < _MOST_TEXTS:
                self._texts.setdefault(key, record.text())

    def _delay(self, strand: Strand) -> int:
        """Return TIMO, the seconds by which a stream's samples are late, in ns."""
        record = strand.facts.get("TIMO")
        values = numbers_of(record).tolist() if record is not None else []
        if len(values) != 1 or not abs(values[0]) * 1e9 < _LONG_NS:
            return 0
        self._delayed += 1
        return int(values[0] * 1e9)

    def _sink(self, device: Device, strand: Strand, found: Survey) -> Any:
        """Return what takes a stream, None where nothing is made of it."""
        key = (device.ident, strand.key)
        if strand.key in RECEIVERS and strand.key != found.receiver:
            self._left_out[strand.key] = self._left_out.get(strand.key, 0) + 1
            return None
        if is_text(strand):
            if len(self._texts) < _MOST_TEXTS:
                self._texts.setdefault(strand.key, strand.samples[0].text())
            return None
        place: tuple[Any, ...] = key
        if strand.key not in RECEIVERS and not (
            strand.key in SENSORS and InertialSink.fits(strand, SENSORS[strand.key])
        ):
            try:
                place = (*key, layout_of(strand, strand.samples[0]))
            except LayoutError as error:
                self._losses.unreadable(strand.key, str(error), strand.samples[0].offset)
                return None
        if place not in self._sinks:
            if len(self._sinks) >= _MOST_SINKS:
                self._losses.unreadable(
                    strand.key, f"more than {_MOST_SINKS} streams", strand.samples[0].offset
                )
                return None
            self._sinks[place] = self._made(device, strand, place, found)
        sink = self._sinks[place]
        wanted = [sink.stream]
        if isinstance(sink, GnssSink):
            wanted += [sink.speed_stream, sink.event_stream]
        return sink if any(map(self.options.wants, wanted)) and self._is_chosen(sink) else None

    def _is_chosen(self, sink: Any) -> bool:
        """Tell whether one of a group's channels is asked for."""
        if self.options.channels is None or not isinstance(sink, ChannelSink):
            return True
        chosen = set(self.options.channels)
        return any(
            {name, field.metadata[b"source_name"].decode()} & chosen for name, field in sink.fields.items()
        )

    def _made(self, device: Device, strand: Strand, place: tuple[Any, ...], found: Survey) -> Any:
        base, losses = found.clock.time_base, self._losses
        if strand.key in RECEIVERS:
            own = self._own(device, "gnss_pvt")
            group = self._group(strand.key)
            return GnssSink(
                f"gnss_pvt{own}",
                losses,
                base,
                key=strand.key,
                speed_stream=group,
                event_stream=f"events{own}",
            )
        if len(place) == 2:
            sensor = SENSORS[strand.key]
            return InertialSink(
                f"{sensor.stream}{self._own(device, sensor.stream)}", losses, base, sensor=sensor
            )
        layout = place[2]
        return ChannelSink(
            self._group(strand.key),
            losses,
            base,
            layout=layout,
            fields=channel_fields(strand, layout),
            several=strand.key in MULTIPLE or len(strand.samples) > 1,
        )

    def _own(self, device: Device, stream: str) -> str:
        """Return what stands behind a stream's name: nothing of its own for the first device with it."""
        if stream not in self._owners:
            self._owners[stream] = device.ident
        if self._owners[stream] == device.ident:
            return self.suffix
        name = plain_stem(_name(device).replace(".", "_"), "device").lower()
        known = self._names.take(f"{stream}.{name}").partition(".")[2]
        return f"{self.suffix}_{known}" if self.suffix else f".{known}"

    def _group(self, key: str) -> str:
        stem = plain_stem(key.replace(".", "_"), "stream").lower()
        return f"channels.{self._names.take(stem + self.suffix.replace('.', '_'))}"

    def _findings(self, found: Survey, stamps: Stamps) -> Iterator[Message]:
        name, suffix = self.artifact.name, self.suffix
        facts = {**found.clock.facts, "stamps_repaired": stamps.repaired}
        receivers = [sink for sink in self._sinks.values() if isinstance(sink, GnssSink)]
        self.epochs = sum(sink.changes.epochs for sink in receivers)
        self.without_fix = sum(sink.changes.without_fix for sink in receivers)
        if found.receiver:
            facts["instants_of_fixes_repaired"] = sum(sink.repaired for sink in receivers)
        facts["between_stamps"] = "samples are spread evenly to the next stamp of their stream"
        if self._delayed:
            facts["payloads_shifted_by_TIMO"] = self._delayed
        yield Meta(f"clock{suffix}", facts)
        yield Meta(f"payloads{suffix}", found.payloads)
        yield Meta(
            f"devices{suffix}", [{"id": ident, "name": named} for ident, named in self._devices.items()]
        )
        axes = {
            sink.stream: {
                "order": sink.axes.order,
                "stated_by": sink.axes.source,
                "calibrated": sink.axes.calibrated,
            }
            for sink in self._sinks.values()
            if isinstance(sink, InertialSink) and sink.axes is not None
        }
        for key, value in (
            ("axes", axes), ("texts", self._texts), ("records_not_read", self._losses.others),
            ("streams_left_out", self._left_out),
        ):  # fmt: skip
            if value:
                yield Meta(f"{key}{suffix}", value)
        model = self._texts.get("MINF") or next(
            (named for named in self._devices.values() if named not in _GENERIC), ""
        )
        if model:
            yield Meta("device_model", model)
        for sink in self._sinks.values():
            if isinstance(sink, InertialSink):
                yield from sink.issues(name)
        assumed = [sink.stream for sink in self._sinks.values() if sink.spread.assumed]
        if assumed:
            yield Issue("GPMF_DURATION_ASSUMED", Locus(name), streams=", ".join(assumed[:16]), seconds=1)
        yield from self._losses.issues()


def _name(device: Device) -> str:
    record = device.facts.get("DVNM")
    return record.text() if record is not None and record.kind == "c" else ""
