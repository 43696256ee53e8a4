"""`telemparse codes`: what the codes of warnings and errors mean."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.cli import arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.loading import installed
from telemparse.cli.terminal import console, visible
from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.model.codes import Code

__all__ = ["explain_codes"]

_Name = Annotated[
    str | None, typer.Argument(metavar="CODE", show_default=False, help="For instance GPX_MISSING_TIME.")
]


@command
def explain_codes(code: _Name = None, *, as_json: arguments.Json = False) -> Exit:
    """Explain the codes of warnings and errors."""
    from telemparse.model.codes import CODES

    own = [entry for card in installed().cards for entry in card.codes]
    known = {**CODES, **{entry.code: entry for entry in own}}
    chosen = list(known.values()) if code is None else [_found(known, code.upper())]
    if as_json:
        from telemparse.cli.documents import emit

        for entry in chosen:
            emit(_code_document(entry))
    elif code is None:
        _list_codes(chosen)
    else:
        _explain_code(chosen[0])
    return Exit.OK


def _found(known: Mapping[str, Code], name: str) -> Code:
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3)
    advice = f"; did you mean {', '.join(near)}?" if near else "; `telemparse codes` lists all"
    raise CallError(f"there is no code {name!r}{advice}")


def _code_document(entry: Code) -> dict[str, Any]:
    import attrs

    return attrs.asdict(entry, value_serializer=lambda _entry, _field, value: getattr(value, "value", value))


def _list_codes(entries: list[Code]) -> None:
    from telemparse.cli.display import grid

    table = grid("code", "weight", "meaning")
    for entry in entries:
        table.add_row(visible(entry.code), entry.severity.value, visible(entry.description))
    console().print(table)


def _explain_code(entry: Code) -> None:
    from rich.text import Text

    from telemparse.cli.display import show_facts

    out = console()
    out.print(Text(visible(entry.code), "bold"))
    show_facts(out, {
        "weight": entry.severity.value,
        "means": entry.description,
        "says": entry.message,
        "hint": entry.hint,
        "--strict": "becomes an error, for data is lost" if entry.loses_data else "changes nothing",
    })  # fmt: skip
