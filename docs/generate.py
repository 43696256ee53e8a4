"""Writes the reference pages that follow from the code: `python docs/generate.py [FOLDER]`."""

from __future__ import annotations

import inspect
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from itertools import groupby
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import sqlalchemy as sa
import typer.main
from http_reference import http_page

from telemparse.analysis.quality.penalties import Charge, Penalty, Side
from telemparse.analysis.quality.penalty_tables import PenaltyTable
from telemparse.analysis.quality.subjects import SUBJECTS
from telemparse.cli.app import app
from telemparse.extension.catalog import Catalog
from telemparse.live.settings import LiveSettings
from telemparse.live.variables import LIVE_VARIABLES
from telemparse.model.codes import CODES, Code
from telemparse.model.detection import Rung
from telemparse.runner.migration import HEAD, VERSION_TABLE
from telemparse.runner.settings import Settings
from telemparse.runner.tables import tables
from telemparse.runner.variables import VARIABLES, Variable
from telemparse.schemas import KNOWN_CHANNELS, SCHEMA_VERSION, SCHEMAS, QualityFlag
from telemparse.service.settings import ServiceSettings
from telemparse.service.variables import SERVICE_VARIABLES
from telemparse.testing.confusion import Answers, Recording, examples, matrix

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Written by docs/generate.py from the code. Do not edit. -->\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


# ---- streams and their fields


def schemas_page() -> str:
    """Return the page of canonical streams: one table of fields each."""
    head = (
        f"# Streams and fields\n\n{NOTE}\nSchema version {SCHEMA_VERSION}. Every stream is a `pyarrow.Table`;"
        " the schemas are public as `telemparse.schemas`. A field that may be unknown is null, never NaN and"
        " never a made-up value. Each field carries `unit`, `description` and `origin` in its"
        " metadata; `origin` says how honest a value is: `measured`, `corrected`, `derived`, `inferred` or"
        " `estimated`.\n"
    )
    return "\n".join([head, *(_stream(name, schema) for name, schema in SCHEMAS.items()), _flags()])


def _stream(name: str, schema: pa.Schema) -> str:
    title = "channels.&lt;group&gt;" if name == "channels" else name
    facts = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    text = f"## {title}\n\n{facts['description']}\n\n"
    text += table(("field", "type", "null", "unit", "range", "origin", "meaning"), map(_field, schema))
    if name == "channels":
        rows = [(f"`{c.name}`", _unit(c.unit), c.description) for c in KNOWN_CHANNELS.values()]
        text += "\nChannels with a canonical name:\n\n" + table(("channel", "unit", "meaning"), rows)
    return text


def _field(field: pa.Field) -> tuple[str, ...]:
    facts = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    null = "yes" if field.nullable else "no"
    origin = facts.get("origin", "")
    return (
        f"`{field.name}`",
        _type(field.type),
        null,
        _unit(facts["unit"]),
        _range(facts),
        origin,
        facts["description"],
    )


def _type(kind: pa.DataType) -> str:
    return "word" if pa.types.is_dictionary(kind) else str(kind)


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _range(facts: Mapping[str, str]) -> str:
    low, high, below = (facts.get(key) for key in ("low", "high", "below"))
    if low is None and high is None and below is None:
        return ""
    start = f"[{float(low):g}" if low is not None else "(-∞"
    end = f"{float(high):g}]" if high is not None else f"{float(below):g})" if below is not None else "∞)"
    return f"{start}, {end}"


def _flags() -> str:
    words = inspect.getdoc(QualityFlag) or ""
    rows = [(str(flag.bit_length() - 1), f"`{flag.name}`", str(flag.value)) for flag in QualityFlag]
    return f"## quality_flags\n\n{words}\n\n" + table(("bit", "name", "value"), rows)


# ---- codes


def codes_page() -> str:
    """Return the page of codes: what each means, its message and what the user can do."""
    head = (
        f"# Codes\n\n{NOTE}\nEvery finding of a parse is an issue with one of these codes. They never change"
        " their meaning. An `error` makes a result not `ok`; a parser may lower it to a `warning` where the"
        " data is kept. Codes marked as losing data become errors under the option `strict`. A plugin's own"
        " codes begin with its parser id and stand on its card. Words in braces stand for the"
        " evidence. `telemparse codes CODE` prints the same text.\n"
    )
    return "\n".join([head, *map(_code, CODES.values())])


def _code(entry: Code) -> str:
    weight = f"{entry.severity}, loses data" if entry.loses_data else str(entry.severity)
    # Words in braces stand for evidence; a doubled brace is a brace of the text.
    message, hint = (text.replace("{{", "{").replace("}}", "}") for text in (entry.message, entry.hint))
    return f"## {entry.code}\n\n*{weight}* · {message}\n\n{entry.description}\n\n**What to do:** {hint}\n"


# ---- penalties of quality


def penalties_page() -> str:
    """Return the page of the default table of penalties."""
    penalties = PenaltyTable.default()
    head = (
        f"# Penalties\n\n{NOTE}\nVersion {penalties.version} of the table that"
        " `telemparse.analysis.score` weighs observations by; [Judge quality](../how-to/quality.md) tells"
        " what is observed and how to change rows. A row takes its points from each score it concerns, once"
        " its observation is beyond the threshold; rows of one observation add up.\n\n"
    )
    return head + table(("penalty", "when", "points", "of", "reason"), map(_penalty, penalties.rows))


def _penalty(row: Penalty) -> tuple[str, ...]:
    sign = ">" if row.side is Side.ABOVE else "<"
    points = {
        Charge.ONCE: f"{row.points:g}",
        Charge.EACH: f"{row.points:g} each, at most {row.cap:g}",
        Charge.CRITICAL: "all: nothing may be used",
    }[row.charge]
    concerns = "everything" if row.concerns == SUBJECTS else ", ".join(row.concerns)
    when = f"`{row.observation}` {sign} {row.threshold:g}"
    return f"`{row.name}`", when, points, concerns, f"[{row.code}](codes.md#{row.code.lower()})"


# ---- command line


def cli_page() -> str:
    """Return the page of the command line: every command with its arguments and options."""
    group: Any = typer.main.get_command(app)
    head = f"# Command line\n\n{NOTE}\n" + _help(group.help)
    return "\n".join([head, *(_command(name, command) for name, command in _commands(group))])


def _commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all commands of a group and of the groups in it, by their full names."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def _command(name: str, command: Any) -> str:
    context = typer.Context(command, info_name=f"telemparse {name}")
    usage = " ".join(["telemparse", name, *command.collect_usage_pieces(context)])
    parts = [f"## telemparse {name}\n\n```text\n{usage}\n```\n\n", _help(command.help)]
    for kind in ("argument", "option"):
        records = [p.get_help_record(context) for p in command.params if p.param_type_name == kind]
        rows = [(f"`{' '.join(words.split())}`", _plain(text)) for words, text in filter(None, records)]
        if rows:
            parts += ["\n", table((kind, "meaning"), rows)]
    if command.epilog:
        parts += ["\n", _help(command.epilog)]
    return "".join(parts)


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _help(text: str | None) -> str:
    """Return help as Markdown: a paragraph behind a backspace keeps its lines, as it does in a terminal."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n".join(map(_paragraph, filter(str.strip, paragraphs)))


def _paragraph(text: str) -> str:
    kept = text.lstrip("\n")
    return f"```text\n{kept[1:].strip(chr(10))}\n```\n" if kept.startswith("\b") else f"{_plain(text)}\n"


# ---- settings and tables of the runner


def settings_page() -> str:
    """Return the page of the runner's settings and of its tables."""
    head = (
        f"# Settings and tables\n\n{NOTE}\nSettings of the [pipeline](../how-to/pipeline.md). Commands and"
        " `Settings.from_env()` read the variables; an empty one is as good as none. Options of a command go"
        " before them, and `Settings(...)` takes the settings as keywords. What cannot be right is refused"
        " with its name.\n\n## Variables\n\n"
    )
    return "\n".join([
        head + _variables(VARIABLES, Settings), PLACES,
        SERVICE + _variables(SERVICE_VARIABLES, ServiceSettings),
        LIVE + _variables(LIVE_VARIABLES, LiveSettings),
        _database(),
    ])  # fmt: skip


def _variables(variables: Iterable[Variable], settings: type[Any]) -> str:
    defaults = {field.name: field.default for field in attrs.fields(settings)}
    rows = (
        (f"`{each.name}`", f"`{each.field}`", _default(defaults[each.field]), each.words)
        for each in variables
    )
    return table(("variable", "setting", "default", "meaning"), rows)


def _default(value: Any) -> str:
    """Return a default as its variable spells it, empty for none."""
    if isinstance(value, str | Path) or value is None:
        return f"`{value}`" if value else ""
    numbers = value if isinstance(value, tuple) else (value,)
    gib, rest = divmod(numbers[0], 1024**3)
    text = ",".join(f"{int(number)}" for number in numbers)
    return f"`{text}`" + (f" ({int(gib)} GiB)" if gib and not rest else "")


PLACES = """A folder and a bucket exclude each other; the key of a store and its secret belong together. In
Python the folder is `telemparse-data` where neither is named, and commands want to be told. Secrets have no
options, for a list of processes would show them.
"""


SERVICE = """## Variables of the service

`telemparse serve` reads these too, as `ServiceSettings`.

"""
LIVE = """## Variables of messages

The commands of `telemparse live` read these, as `LiveSettings`, and none of those above.

"""


def _database() -> str:
    head = (
        f"## Tables\n\nSchema {HEAD}; a database keeps the number of its own in `{VERSION_TABLE}`. Keys are"
        " UUIDs that sort by age; instants are UTC. Whoever wants to may read the tables; only the pipeline"
        " writes them.\n"
    )
    told = tomllib.loads((ROOT / "docs" / "tables.toml").read_text(encoding="utf-8"))
    known = attrs.asdict(tables(), recurse=False, filter=lambda _field, value: isinstance(value, sa.Table))
    return "\n".join([head, *(_table_of(each, told[name]) for name, each in known.items())])


def _table_of(known: sa.Table, told: Mapping[str, Any]) -> str:
    rows = (
        (f"`{each.name}`", _column_type(each), "yes" if each.nullable else "no", told["columns"][each.name])
        for each in known.columns
    )
    text = f"### {known.name}\n\n{told['words']}\n\n"
    return text + table(("column", "type", "null", "meaning"), rows)


def _column_type(column: sa.Column[Any]) -> str:
    kind = column.type.impl if isinstance(column.type, sa.TypeDecorator) else column.type
    words = next(words for known, words in COLUMN_TYPES.items() if isinstance(kind, known))
    return f"{words}, key" if column.primary_key else words


COLUMN_TYPES: Mapping[type, str] = {
    sa.DateTime: "instant",
    sa.Float: "number",
    sa.Integer: "integer",
    sa.JSON: "JSON",
    sa.Text: "text",
    sa.Uuid: "UUID",
}


# ---- confusion matrix


def confusion_page() -> str:
    """Return the page of the confusion matrix: the built-in parsers, their examples and the fixtures."""
    head = (
        f"# Confusion matrix\n\n{NOTE}\nEvery parser is asked about every recording: its own, those of all"
        " others, and those of nobody. A cell is the rung of the ladder that a parser reaches, `NAME`,"
        " `SHAPE`, `MARKER` or `SIGNATURE`, and a dot for `NO`; the parser that gets it is **bold**. A parser"
        " that claims another's recording as surely as its owner does, or from `SHAPE` on what is nobody's,"
        " collides; a test fails on every collision that is not listed below with its reason, and on every"
        " listed one that is gone.\n\nThis page shows the built-in parsers, the examples of their cards and"
        " the files under `fixtures/`. The test asks all installed parsers, plugins too.\n"
    )
    # Whatever else is installed, the page is the same.
    catalog = Catalog.load(point for point in entry_points(group="telemparse") if _is_ours(point))
    rows = matrix((*examples(catalog), *_fixtures()), catalog)
    groups = groupby(rows, lambda row: (row.recording.name.partition("/")[0], row.recording.owner))
    parsers = [card.id for card in catalog.cards]
    tables = (_group(kind, owner, parsers, tuple(rows)) for (kind, owner), rows in groups)
    return "\n".join([head, *tables, _collisions(), OWN_MATRIX])


OWN_MATRIX = """## Your own matrix

Ask all installed parsers about recordings of yours, for instance before you publish one more:

```python
from telemparse.testing.confusion import Recording, ask

row = ask(Recording("a track", "fixtures/sample_track.gpx", owner="gpx"))
print(row.winner, row.rungs["csv"].name, row.rivals)
```

```text
gpx NO ()
```

::: telemparse.testing.confusion
"""


def _is_ours(point: Any) -> bool:
    return point.dist is not None and point.dist.name == "telemparse"


def _fixtures() -> Iterator[Recording]:
    """Yield the fixtures, by owner and name."""
    index = tomllib.loads((ROOT / "fixtures" / "index.toml").read_text(encoding="utf-8"))
    winners = {entry["file"]: entry["winner"] for entry in index["fixture"]}
    for file, winner in sorted(winners.items(), key=lambda item: (item[1] == "none", item[1], item[0])):
        yield Recording(f"fixtures/{file}", ROOT / "fixtures" / file, None if winner == "none" else winner)


def _group(kind: str, owner: str | None, parsers: Sequence[str], rows: Sequence[Answers]) -> str:
    cells = (
        (f"`{row.recording.name.rpartition('/')[2]}`", *(_rung(row, parser) for parser in parsers))
        for row in rows
    )
    title = f"## {kind.title()} of {owner or 'nobody'}\n\n"
    return title + table(("recording", *parsers), cells)


def _rung(row: Answers, parser: str) -> str:
    name = "·" if row.rungs[parser] is Rung.NO else row.rungs[parser].name
    return f"**{name}**" if parser == row.winner else name


def _collisions() -> str:
    listed = tomllib.loads((ROOT / "tests" / "confusion" / "collisions.toml").read_text(encoding="utf-8"))
    rows = [(f"`{c['recording']}`", c["parser"], c["reason"]) for c in listed.get("collision", ())]
    text = table(("recording", "claimed by", "why"), rows) if rows else "None is known.\n"
    return f"## Known collisions\n\n{text}"


PAGES: Mapping[str, Callable[[], str]] = {
    "schemas.md": schemas_page,
    "codes.md": codes_page,
    "cli.md": cli_page,
    "confusion.md": confusion_page,
    "penalties.md": penalties_page,
    "settings.md": settings_page,
    "http.md": lambda: http_page(NOTE, table),
}


def main() -> None:
    """Write all pages to the folder given, or to docs/reference."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "reference"
    for name, page in PAGES.items():
        (folder / name).write_text(page().rstrip() + "\n", encoding="utf-8", newline="\n")
    print(f"{len(PAGES)} pages")


if __name__ == "__main__":
    main()
