"""`telemparse schema`: the canonical streams and their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.cli import arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import console, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

__all__ = ["show_schema"]

_Name = Annotated[
    str | None, typer.Argument(metavar="STREAM", show_default=False, help="For instance gnss_pvt.")
]
_BOUNDS = ("low", "high", "below")


@command
def show_schema(stream: _Name = None, *, as_json: arguments.Json = False) -> Exit:
    """Show the canonical streams, or the fields of one."""
    from telemparse.schemas import SCHEMAS, schema_of

    chosen = SCHEMAS if stream is None else {stream: schema_of(stream)}
    if as_json:
        from telemparse.cli.documents import emit

        for each in chosen.values():
            emit(_document(each))
    elif stream is None:
        _list(chosen)
    else:
        _show(chosen[stream])
    return Exit.OK


def _facts(holder: pa.Schema | pa.Field) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in (holder.metadata or {}).items()}


def _document(schema: pa.Schema) -> dict[str, Any]:
    facts = _facts(schema)
    return {
        "stream": facts["stream"],
        "schema_version": int(facts["schema_version"]),
        "description": facts["description"],
        "fields": [_field_document(field) for field in schema],
        **({"known_channels": _known_channels()} if facts["stream"] == "channels" else {}),
    }


def _field_document(field: pa.Field) -> dict[str, Any]:
    from telemparse.schemas.choices import choices

    facts = _facts(field)
    return {
        "name": field.name,
        "type": str(field.type),
        "nullable": field.nullable,
        **{fact: facts[fact] for fact in ("unit", "origin", "description")},
        **{bound: float(facts[bound]) if bound in facts else None for bound in _BOUNDS},
        "choices": list(choices(field)) or None,
    }


def _known_channels() -> list[dict[str, str]]:
    import attrs

    from telemparse.schemas import KNOWN_CHANNELS

    return [attrs.asdict(channel) for channel in KNOWN_CHANNELS.values()]


def _list(schemas: Mapping[str, pa.Schema]) -> None:
    from telemparse.cli.display import grid

    table = grid("stream", "fields", "holds", right=("fields",))
    for name, each in schemas.items():
        table.add_row(name, str(len(each)), _facts(each)["description"])
    console().print(table)


def _show(schema: pa.Schema) -> None:
    from rich.text import Text

    from telemparse.cli.display import grid

    out = console()
    facts = _facts(schema)
    out.print(Text.assemble((facts["stream"], "bold"), f": {facts['description']}"))
    out.print()
    table = grid("field", "type", "unit", "null", "origin", "meaning")
    for field in map(_field_document, schema):
        null = "yes" if field["nullable"] else "no"
        words = (_short(field["type"]), field["unit"], null, field["origin"], field["description"])
        table.add_row(field["name"], *map(visible, words))
    out.print(table)
    if facts["stream"] == "channels":
        known = grid("known channel", "unit", "meaning")
        for channel in _known_channels():
            known.add_row(channel["name"], channel["unit"], channel["description"])
        out.print()
        out.print(known)


def _short(kind: str) -> str:
    """Return an Arrow type as people say it."""
    return "dictionary" if kind.startswith("dictionary") else kind.replace("[ns, tz=UTC]", " UTC")
