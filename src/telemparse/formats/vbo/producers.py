"""Who wrote a VBO file, and what follows from it: loggers and apps keep to different habits."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

import numpy as np

from telemparse.kernels.clocks import NS_PER_S
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemparse.formats.vbo.sections import Head
    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["Producer", "device_facts", "interpolated", "producer_of"]

_MODEL = re.compile(r"Type\s*:\s*(\S.*)", re.IGNORECASE)


class Producer(enum.Enum):
    """Who wrote the file."""

    RACECHRONO = "RaceChrono"
    RACEBOX = "RaceBox"
    HARRYS = "Harry's LapTimer"
    RACELOGIC = "Racelogic"
    UNKNOWN = "unknown"


# Apps name the devices that they read, so they are looked for first.
_WORDS = (
    (Producer.RACECHRONO, re.compile(r"racechrono", re.IGNORECASE)),
    (Producer.HARRYS, re.compile(r"harry'?s|gps\W*laptimer", re.IGNORECASE)),
    (Producer.RACEBOX, re.compile(r"racebox", re.IGNORECASE)),
    (Producer.RACELOGIC, re.compile(r"racelogic|v-?box|\bVB(?:3i|SX|VD)", re.IGNORECASE)),
)


def producer_of(head: Head) -> Producer:
    """Return who signs in the lines above the first section or in [comments]."""
    signed = "\n".join([*head.preamble, *head.lines("comments")][:200])
    return next((producer for producer, word in _WORDS if word.search(signed)), Producer.UNKNOWN)


def device_facts(head: Head, producer: Producer) -> Iterator[Meta]:
    """Yield the device, where a device and no app wrote the file."""
    if producer in (Producer.RACELOGIC, Producer.RACEBOX):
        yield Meta("device_family", producer.value)
    if producer is Producer.RACELOGIC:
        named = (_MODEL.match(line) for line in head.lines("comments"))
        model = next((match[1].strip() for match in named if match), None)
        yield Meta("device_model", model)


def interpolated(producer: Producer, t_ns: Ints) -> Mask | None:
    """Return the rows that an app put between epochs of the receiver, shape (n,), None for none.

    RaceChrono writes all channels on a grid of its own and does not say which rows are fixes; Harry's
    writes ten rows for each epoch, which stands on the full second.
    """
    if producer is Producer.RACECHRONO:
        return np.ones(len(t_ns), np.bool_)
    if producer is Producer.HARRYS:
        between: Mask = t_ns % NS_PER_S != 0
        return between
    return None
