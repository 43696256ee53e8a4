"""Channels of one rate to one table: together as long as they are about equally long."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from telemparse_motec.channels import Channel

__all__ = ["MOST_RATES", "groups_of"]

MOST_RATES = 100
_SLACK_CELLS = 1 << 16


def groups_of(channels: Sequence[Channel]) -> Mapping[str, list[Channel]]:
    """Return the groups of channels that have samples, by the last part of the stream's name.

    A device samples all channels of a rate alike. Where damage or malice makes some very short, they get a
    group of their own (`10hz_2`), so that a table never is mostly padding. Of more than 100 rates, the
    channels of the highest are in none.
    """
    held = [channel for channel in channels if channel.count]
    # Rates of channels without samples count, too, so that names do not hang on where a log is cut off.
    rates = sorted({channel.block.rate_hz for channel in channels})
    groups: dict[str, list[Channel]] = {}
    for rate_hz in rates[:MOST_RATES]:
        name = "main" if len(rates) == 1 else f"{rate_hz}hz"
        alike = [channel for channel in held if channel.block.rate_hz == rate_hz]
        for number, part in enumerate(_even(alike), start=1):
            groups[name if number == 1 else f"{name}_{number}"] = part
    return groups


def _even(channels: list[Channel]) -> list[list[Channel]]:
    parts: list[list[Channel]] = []
    while channels:
        rows = max(channel.count for channel in channels)
        cells = sum(channel.count for channel in channels)
        if rows * len(channels) <= 2 * cells + _SLACK_CELLS:
            return [*parts, channels]
        parts.append([channel for channel in channels if 2 * channel.count >= rows])
        channels = [channel for channel in channels if 2 * channel.count < rows]
    return parts
