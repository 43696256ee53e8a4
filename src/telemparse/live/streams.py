"""Streams of a vehicle: its messages of an hour as canonical tables, each message once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import pyarrow as pa

import telemparse
from telemparse.border import Border, Collector
from telemparse.flows import concluded
from telemparse.kernels.arrays import to_arrow
from telemparse.kernels.unique_names import UniqueNames
from telemparse.live.payload_names import CAN_ID, named_signals
from telemparse.live.positions import positions_of
from telemparse.live.signals import gathered
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.model.provenance import Provenance
from telemparse.schemas import build, channel_field
from telemparse.schemas.fields import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from telemparse.kernels.arrays import Ints
    from telemparse.live.positions import Positions
    from telemparse.live.raw_lines import RawLine
    from telemparse.live.signals import Signal
    from telemparse.model.results import ParseResult

__all__ = ["vehicle_streams"]

_NAMED = 20


def vehicle_streams(messages: Sequence[RawLine], facts: Mapping[str, Any]) -> ParseResult:
    """Return the messages of one vehicle as `gnss_pvt` and `channels.main`.

    A payload with latitude and longitude is a row of `gnss_pvt`; whatever else a payload has, and the
    id of its frame, is a row of `channels.main`. Names and units are canonical where they say so.

    Args:
        messages: one at least, each once, in the order in which they were taken.
        facts: about them, for the result's metadata.
    """
    t_ns = np.array([message.t_ns for message in messages], np.int64)
    signals, skipped = gathered(messages)
    positions = positions_of(signals, len(messages))
    collector = Collector()
    border = Border(collector, ParseOptions())
    for key, value in facts.items():
        border.accept(Meta(key, value))
    border.accept(Meta("epochs_without_fix", positions.without_fix))
    if positions.usable.any():
        border.accept(Batch("gnss_pvt", _gnss(positions, t_ns)))
    can_ids = [message.can_id for message in messages]
    channels = _channels(positions.rest, can_ids, t_ns)
    if channels is not None:
        border.accept(Batch("channels.main", channels))
    for issue in _issues(positions, skipped):
        border.report(issue)
    provenance = Provenance((), telemparse.__version__, SCHEMA_VERSION)
    return attrs.evolve(concluded(border, provenance).result, streams=collector.tables)


def _gnss(positions: Positions, t_ns: Ints) -> pa.RecordBatch:
    usable = positions.usable
    columns: dict[str, Any] = {name: values[usable] for name, values in positions.columns.items()}
    return build("gnss_pvt", {"t": t_ns[usable], **columns})


def _channels(
    signals: Mapping[str, Signal], can_ids: Sequence[str | None], t_ns: Ints
) -> pa.RecordBatch | None:
    """Return the messages that have a signal beside their position, or the id of a frame."""
    rows = len(t_ns)
    said = np.array([can_id is not None for can_id in can_ids], np.bool_)
    arrays: dict[str, Any] = {}
    fields: dict[str, pa.Field] = {}
    if said.any():
        arrays[CAN_ID] = pa.array(can_ids, pa.string())
        fields[CAN_ID] = channel_field(CAN_ID, pa.string(), unit="", source_name=CAN_ID)
    named = named_signals(signals)
    unique = UniqueNames({"t", CAN_ID, *(channel.name for channel in named.values())})
    for name, signal in signals.items():
        said[signal.rows] = True
        channel = named[name]
        for suffix, array in signal.columns(channel, rows):
            column = unique.take(f"{channel.name}{suffix}") if suffix else channel.name
            arrays[column] = array
            fields[column] = (
                channel_field(column, array.type, unit="", source_name=name)
                if suffix or not (pa.types.is_floating(array.type) or array.type == pa.int64())
                else channel.field(array.type)
            )
    if not said.any():
        return None
    order = sorted(fields)
    mask = pa.array(said)
    kept = {name: arrays[name] if said.all() else arrays[name].filter(mask) for name in order}
    times = to_arrow(t_ns[said], pa.int64())
    return build("channels.main", {"t": times, **kept}, fields={name: fields[name] for name in order})


def _issues(positions: Positions, skipped: Sequence[str]) -> Iterator[Issue]:
    if positions.impossible:
        yield Issue("VALUE_OUT_OF_RANGE", column="position", count=positions.impossible)
    epochs = positions.without_fix
    if epochs and not positions.usable.any():
        yield Issue("NO_VALID_FIX", epochs=epochs)
    for column, unit in positions.assumed:
        yield Issue("UNIT_ASSUMED", column=column, unit=unit)
    for name, signal in sorted(positions.rest.items()):
        if len(signal.kinds) > 1:
            yield Issue("SIGNAL_KINDS_MIXED", signal=name, kinds=", ".join(signal.kinds))
    if skipped:
        yield Issue("CHANNELS_SKIPPED", count=len(skipped), channels=", ".join(skipped[:_NAMED]))
