"""`telemparse plugins`: what is installed, and what failed to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemparse.cli import arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import apart, console, visible

if TYPE_CHECKING:
    from telemparse.extension.catalog import Catalog

__all__ = ["installed", "list_plugins"]


@command
def list_plugins(*, as_json: arguments.Json = False) -> Exit:
    """List the installed parsers, and the plugins that failed to load."""
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
        "dialects": [dialect.name for dialect in catalog.dialects],
        "faults": [attrs.asdict(fault) for fault in catalog.faults],
    }


def _show_catalog(catalog: Catalog) -> None:
    from rich.text import Text

    from telemparse.cli.display import grid

    out = console()
    table = grid("parser", "name", "version", "from", "files", "streams")
    for card in catalog.cards:
        row = (
            card.id, card.name, card.version, catalog.origins.get(card.id, ""),
            " ".join(card.extensions), " ".join(card.streams),
        )  # fmt: skip
        table.add_row(*map(visible, row))
    out.print(table)
    if catalog.dialects:
        out.print()
        out.print(Text("CSV dialects: " + visible(", ".join(dialect.name for dialect in catalog.dialects))))
    for fault in catalog.faults:
        origin = f" of {fault.distribution}" if fault.distribution else ""
        words = f"plugin {fault.plugin}{origin} failed at {fault.stage}: {fault.error}"
        out.print()
        out.print(Text.assemble(("Fault: ", "bold red"), visible(words)))


def installed() -> Catalog:
    """Return the catalog of this process; what plugins print while they load stays off standard output."""
    from telemparse.extension.catalog import Catalog

    with apart():
        return Catalog.shared()
