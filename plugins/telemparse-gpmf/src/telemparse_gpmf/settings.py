"""What a video says of its camera beside the telemetry track: model and firmware, in `moov/udta`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from telemparse_gpmf.bare import Between, devices
from telemparse_gpmf.losses import Losses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse_gpmf.boxes import Box

__all__ = ["settings_of"]

_MOST_BYTES = 1 << 20
_KEYS = {"MINF": "model", "FMWR": "firmware"}


def settings_of(reader: BinaryIO, boxes: Mapping[bytes, Box]) -> dict[str, str]:
    """Return `model` and `firmware` as stated: in a GPMF box of later cameras, in FIRM of earlier ones.

    Serial numbers and ids of media stand there, too; they stay in the file.
    """
    facts: dict[str, str] = {}
    firmware = boxes.get(b"FIRM")
    if firmware is not None:
        reader.seek(firmware.body)
        text = reader.read(min(firmware.end - firmware.body, 64)).decode("latin-1").strip("\0 ")
        if text.isprintable() and text:
            facts["firmware"] = text
    box = boxes.get(b"GPMF")
    if box is None:
        return facts
    reader.seek(box.body)
    data = reader.read(min(box.end - box.body, _MOST_BYTES))
    losses = Losses("")
    for device in devices(io.BytesIO(data), box.body, losses, len(data), Between.DAMAGE, losses.cut):
        records = dict(device.facts)
        for strand in device.strands:
            records.update(strand.facts)
            records.update((record.key, record) for record in strand.samples)
        for key, name in _KEYS.items():
            if key in records and records[key].kind == "c" and records[key].text():
                facts[name] = records[key].text()
    return facts
