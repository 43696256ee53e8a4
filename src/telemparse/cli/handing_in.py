"""Recordings handed in to the pipeline: what is asked of each, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

from telemparse.cli import lap_arguments
from telemparse.cli.exits import Exit, exit_after
from telemparse.cli.recordings import gather
from telemparse.cli.terminal import apart, complain, reason
from telemparse.model.options import ParseOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from telemparse.cli.recordings import Recording
    from telemparse.runner import Pipeline, Settings

__all__ = ["HandedIn", "Order", "gather_for", "hand_in"]

Gate = lap_arguments.GateLine
Force = Annotated[bool, typer.Option("--force", help="Make new sessions also of files that are known.")]
Owner = Annotated[
    str | None,
    typer.Option("--owner", metavar="NAME", show_default=False, help="Tenant that the recordings are of."),
]
Driver = Annotated[
    str | None, typer.Option("--driver", metavar="NAME", show_default=False, help="Driver of that tenant.")
]


@attrs.frozen
class Order:
    """What a call asks of each recording.

    Args:
        options: of the parse, None without any.
        gate: start/finish line, None to look for one.
        force: make a session of its own also of files that are known.
    """

    options: ParseOptions | None
    gate: Any
    force: bool

    @classmethod
    def of(cls, *, timezone: str | None, gate: str | None, force: bool) -> Order:
        """Return the order of a call, before any recording is touched.

        Raises CallError for a zone and a gate that are none.
        """
        options = None if timezone is None else ParseOptions(timezone=timezone)
        line = None
        if gate is not None:
            from telemparse.analysis.given_gates import given_gate

            line = given_gate(gate)
        return cls(options, line, force)

    @property
    def is_special(self) -> bool:
        """True when it asks for something that a known session was perhaps not made with."""
        return self.options is not None or self.gate is not None


@attrs.define
class HandedIn:
    """A session that a call has handed in, with the recordings that it was made of.

    Args:
        session_id: of the session.
        label: what people call its first recording.
        paths: the files on disk.
        known: True when all was done with it before.
    """

    session_id: str
    label: str
    paths: tuple[str, ...]
    known: bool


def gather_for(settings: Settings, paths: Sequence[str], *, together: bool) -> tuple[list[Recording], Exit]:
    """Return the recordings that paths mean; what lies in the pipeline's own places is none."""
    return gather(paths, together=together, store=_own_places(settings))


def _own_places(settings: Settings) -> list[Path]:
    from telemparse.runner.database import Database

    with Database.open(settings) as database:
        file = database.file
    places = [] if settings.parquet_path is None else [settings.parquet_path.resolve()]
    if file is not None:
        file = file.resolve()
        places += [file.with_name(file.name + end) for end in ("", "-wal", "-shm", "-journal")]
    return places


def hand_in(
    pipeline: Pipeline, recordings: Iterable[Recording], order: Order, advance: Callable[[], None]
) -> tuple[list[HandedIn], Exit]:
    """Hand in recordings one by one; what cannot be read gets a line, and the others go on.

    Returns a session once, in order of its first recording, and the highest code. Raises
    DatabaseUnavailable, for then none of the others goes on.
    """
    from telemparse.runner import DatabaseUnavailable

    found: dict[str, HandedIn] = {}
    code = Exit.OK
    for recording in recordings:
        try:
            with apart():
                handed = pipeline.hand_in(
                    recording.artifacts, options=order.options, gate=order.gate, force=order.force
                )
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  (a bug of ours costs one recording, never the others)
            complain(f"{recording.label}: {reason(error)}")
            code = max(code, exit_after(error))
            continue
        finally:
            advance()
        earlier = found.get(handed.session_id)
        if earlier is not None:
            earlier.paths = tuple(dict.fromkeys((*earlier.paths, *recording.paths)))
            continue
        known = not handed.created and pipeline.statuses([handed.session_id])[handed.session_id].is_settled
        found[handed.session_id] = HandedIn(handed.session_id, recording.label, recording.paths, known)
    return list(found.values()), code
