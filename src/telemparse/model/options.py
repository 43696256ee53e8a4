"""The options of a parse: one frozen value, validated when it is made."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Isolation", "ParseOptions", "options_of"]

_DEFAULT_MAX_DECOMPRESSED_BYTES = 8 * 1024**3
MIN_THRESHOLD = 0.5


class Isolation(enum.StrEnum):
    """Where a parser runs."""

    NONE = "none"
    PROCESS = "process"


def _isolation(value: str) -> Isolation:
    try:
        return Isolation(value)
    except ValueError:
        raise CallError(f"isolation must be 'none' or 'process', not {value!r}") from None


def _preferred(value: str | Sequence[str] | None) -> tuple[str, ...]:
    return _names(value) or ()


def _names(value: str | Sequence[str] | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    return (value,) if isinstance(value, str) else tuple(value)


def _columns(value: Mapping[str | int, str] | Sequence[str] | str | None) -> dict[str | int, str] | None:
    """Bring the three ways to write a mapping to one: {source name or index: canonical spec}."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return dict(value)
    names = value.split(",") if isinstance(value, str) else list(value)
    return {index: name.strip() for index, name in enumerate(names) if name.strip()}


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _positive(_options: Any, field: attrs.Attribute[Any], value: float | None) -> None:
    if value is not None and not (_number(value) and 0 < value < math.inf):
        raise CallError(f"{field.name} must be a positive number, not {value!r}")


def _zone(_options: Any, _field: attrs.Attribute[Any], value: str | None) -> None:
    if value is None:
        return
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise CallError(f"timezone {value!r} is not an IANA zone name such as 'Europe/Berlin'") from None


def _threshold(_options: Any, _field: attrs.Attribute[Any], value: float) -> None:
    if not (_number(value) and MIN_THRESHOLD <= value <= 1.0):
        raise CallError(f"threshold must be in [{MIN_THRESHOLD}, 1.0], not {value!r}")


def _time_range(_options: Any, _field: attrs.Attribute[Any], value: Any) -> None:
    if value is None:
        return
    whole = isinstance(value, tuple) and all(isinstance(bound, int) for bound in value)
    if not (whole and len(value) == 2 and value[0] <= value[1]):  # noqa: PLR2004  (a pair)
        raise CallError("time_range must be (start_ns, end_ns) with start <= end")


@attrs.frozen(kw_only=True)
class ParseOptions:
    """How to read a recording. Every field has a default; unknown names are refused by Python itself.

    Args:
        timezone: IANA zone of local stamps without an offset; None assumes UTC and says so.
        threshold: lowest score that may win, in [0.5, 1].
        parser: id of the parser to use whatever the classifier says.
        prefer: ids that win ties, best first.
        columns: names (and units) for headerless or unknown CSV: a mapping from source column name
            or index to a canonical name with an optional unit (`{"Speed": "speed:mph"}`), or the
            names in column order as a list or a comma-separated string.
        max_bytes: refuse artifacts larger than this; None for no limit.
        max_decompressed_bytes: cap on what a wrapper may unpack to (with a ratio cap of 1 000:1).
        strict: warnings that lose data become errors.
        streams: only these streams (a channel group counts as `channels`); None for all.
        channels: only these vehicle channels by canonical or source name; None for all.
        time_range: only samples with start <= t < end, in ns since 1970-01-01T00:00:00Z.
        isolation: `none`, or `process` to run detection and parsing in a child process.
        timeout_s: deadline of the child; None for no limit. Only with `isolation="process"`.
        max_memory_bytes: memory limit of the child; None for no limit. Only with `isolation="process"`.
    """

    timezone: str | None = attrs.field(default=None, validator=_zone)
    threshold: float = attrs.field(default=MIN_THRESHOLD, validator=_threshold)
    parser: str | None = None
    prefer: tuple[str, ...] = attrs.field(default=(), converter=_preferred)
    columns: Mapping[str | int, str] | None = attrs.field(default=None, converter=_columns)
    max_bytes: int | None = attrs.field(default=None, validator=_positive)
    max_decompressed_bytes: int = attrs.field(default=_DEFAULT_MAX_DECOMPRESSED_BYTES, validator=_positive)
    strict: bool = False
    streams: tuple[str, ...] | None = attrs.field(default=None, converter=_names)
    channels: tuple[str, ...] | None = attrs.field(default=None, converter=_names)
    time_range: tuple[int, int] | None = attrs.field(default=None, validator=_time_range)
    isolation: Isolation = attrs.field(default=Isolation.NONE, converter=_isolation)
    timeout_s: float | None = attrs.field(default=None, validator=_positive)
    max_memory_bytes: int | None = attrs.field(default=None, validator=_positive)

    def wants(self, stream: str) -> bool:
        """Tell whether a stream is asked for; `channels.10hz` is also asked for by `channels`."""
        if self.streams is None:
            return True
        return stream in self.streams or stream.partition(".")[0] in self.streams

    def given(self) -> dict[str, Any]:
        """Return the options that differ from their defaults, for provenance."""
        default = ParseOptions()
        return {
            field.name: value
            for field in attrs.fields(ParseOptions)
            if (value := getattr(self, field.name)) != getattr(default, field.name)
        }


def options_of(options: ParseOptions | None) -> ParseOptions:
    """Return the options of a call, the defaults for None; raises CallError for anything else."""
    if not isinstance(options, ParseOptions | None):
        raise CallError(f"options must be ParseOptions, not {type(options).__name__}")
    return options or ParseOptions()
