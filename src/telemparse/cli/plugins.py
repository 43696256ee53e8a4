"""`telemparse plugins`: what is installed, what failed to load, and how each fares by itself (`--probe`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from telemparse.cli import arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.loading import installed
from telemparse.cli.terminal import console, visible
from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from telemparse.cli.probing import Probe
    from telemparse.extension.catalog import Catalog
    from telemparse.extension.faults import Fault

__all__ = ["list_plugins"]

_NAMES_SHOWN = 20


_Probed = Annotated[
    bool, typer.Option("--probe", help="Try each plugin in a process of its own: import, targets, examples.")
]
_Deadline = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", show_default="5", help="End a plugin that takes longer to probe."),
]


@command
def list_plugins(
    *, probe: _Probed = False, timeout: _Deadline = None, as_json: arguments.Json = False
) -> Exit:
    """List the installed parsers, and the plugins that failed to load.

    With --probe nothing is loaded in this process: each plugin is tried by itself in a child, so that
    one that hangs or crashes is found and named. Leaves with 4 when one of them fails.
    """
    if probe:
        return _probe(timeout, as_json=as_json)
    if timeout is not None:
        raise CallError("--timeout needs --probe")
    catalog = installed()
    if as_json:
        from telemparse.cli.documents import emit

        emit(_catalog_document(catalog))
    else:
        _show_catalog(catalog)
    return Exit.OK


def _catalog_document(catalog: Catalog) -> dict[str, Any]:
    import attrs

    return {
        "parsers": [
            {
                "id": card.id,
                "name": card.name,
                "version": card.version,
                "distribution": catalog.origins.get(card.id),
                "streams": list(card.streams),
                "extensions": list(card.extensions),
                "mime_types": list(card.mime_types),
                "specializes": list(card.specializes),
                "support_level": card.support_level,
                "codes": [entry.code for entry in card.codes],
            }
            for card in catalog.cards
        ],
        "dialects": [
            {
                "name": dialect.name,
                "title": dialect.title,
                "distribution": catalog.dialect_origins.get(dialect.name),
            }
            for dialect in catalog.dialects
        ],
        "faults": [attrs.asdict(fault) for fault in catalog.faults],
    }


def _show_catalog(catalog: Catalog) -> None:
    from telemparse.cli.display import grid

    out = console()
    table = grid("parser", "name", "version", "from", "files", "streams")
    for identifier in (0, 3):
        table.columns[identifier].no_wrap = True  # a wrapped name can be neither read nor copied
    for card in catalog.cards:
        row = (
            card.id, card.name, card.version, catalog.origins.get(card.id, ""),
            " ".join(card.extensions), " ".join(card.streams),
        )  # fmt: skip
        table.add_row(*map(visible, row))
    out.print(table)
    table = grid("CSV dialect", "name", "from")
    table.columns[2].no_wrap = True
    for dialect in catalog.dialects:
        origin = catalog.dialect_origins.get(dialect.name, "")
        table.add_row(*map(visible, (dialect.name, dialect.title, origin)))
    if catalog.dialects:
        out.print()
        out.print(table)
    _show_faults(out, catalog.faults)


def _show_faults(out: Console, faults: Iterable[Fault]) -> None:
    from rich.text import Text

    for fault in faults:
        origin = f" of {fault.distribution}" if fault.distribution else ""
        words = f"plugin {fault.plugin}{origin} failed at {fault.stage}: {fault.error}"
        out.print()
        out.print(Text.assemble(("Fault: ", "bold red"), visible(words)))


# --- each in a process of its own ---------------------------------------------------------------


def _probe(timeout_s: float | None, *, as_json: bool) -> Exit:
    from telemparse.cli import probing

    deadline_s = probing.DEADLINE_S if timeout_s is None else timeout_s
    if not deadline_s > 0:
        raise CallError(f"--timeout must be above 0, not {deadline_s:g}")
    probes = list(probing.probe(deadline_s))
    if as_json:
        from telemparse.cli.documents import emit

        emit(_probes_document(probes, deadline_s))
    else:
        _show_probes(probes)
    return Exit.ERRORS if any(probe.faults for probe in probes) else Exit.OK


def _probes_document(probes: Sequence[Probe], timeout_s: float) -> dict[str, Any]:
    import attrs

    plugins = [{**attrs.asdict(probe), "ok": not probe.faults} for probe in probes]
    return {"timeout_s": timeout_s, "ok": all(plugin["ok"] for plugin in plugins), "plugins": plugins}


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more (--json lists all)" if more > 0 else "")


def _show_probes(probes: Sequence[Probe]) -> None:
    from rich.text import Text

    from telemparse.cli.display import grid

    out = console()
    table = grid("plugin", "from", "verdict", "import", "memory", "declares", right=("import", "memory"))
    for probe in probes:
        row = (
            probe.plugin,
            probe.distribution or "",
            "failed" if probe.faults else "ok",
            "" if probe.import_s is None else f"{probe.import_s:.2f} s",
            "" if probe.peak_rss_bytes is None else f"{probe.peak_rss_bytes / 2**20:.0f} MiB",
            _listed((*probe.parsers, *probe.dialects, *probe.tracks)),
        )
        table.add_row(*map(visible, row))
    out.print(table)
    for probe in probes:
        _show_faults(out, probe.faults)
    failed = sum(bool(probe.faults) for probe in probes)
    plugins = f"{len(probes)} plugin{'' if len(probes) == 1 else 's'}"
    out.print()
    out.print(Text(f"{plugins} tried, {failed} failed." if failed else f"{plugins} tried, all well."))
