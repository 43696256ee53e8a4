"""`telemparse new-plugin`: a whole plugin to start from, whose tests pass at once."""

from __future__ import annotations

import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from telemparse.cli.exits import Exit, command
from telemparse.cli.loading import installed
from telemparse.cli.terminal import visible
from telemparse.errors import CallError

if TYPE_CHECKING:
    from telemparse.cli.scaffold import PluginName

__all__ = ["scaffold_plugin"]

_Name = Annotated[
    str, typer.Argument(metavar="NAME", show_default=False, help="Of the format, for instance my-logger.")
]
_Binary = Annotated[
    bool, typer.Option("--binary", help="For records of bytes with checksums; without it, lines of text.")
]
_Into = Annotated[str, typer.Option(metavar="DIR", help="Folder to put telemparse-NAME into.")]


@command
def scaffold_plugin(name: _Name, *, binary: _Binary = False, into: _Into = ".") -> Exit:
    """Write a whole plugin for an imaginary format, to put your own in its place."""
    from telemparse.cli.scaffold import Kind, PluginName, files_of, write

    plugin = PluginName(name)
    _check_free(plugin)
    files = files_of(plugin, Kind.BINARY if binary else Kind.TEXT)
    folder = Path(into) / plugin.distribution
    write(files, folder)
    typer.echo(f"{visible(str(folder))}: {len(files)} files. Next:\n")
    for line in (f"cd {shlex.quote(str(folder))}", "pip install -e '.[test]'", "pytest"):
        typer.echo(f"  {visible(line)}")
    return Exit.OK


def _check_free(plugin: PluginName) -> None:
    """Raise CallError for a name that something installed has."""
    catalog = installed()
    if plugin.id in catalog.origins:
        origin = catalog.origins[plugin.id]
        raise CallError(f"there is a parser {plugin.id!r} already, from {origin}; choose another name")
    if find_spec(plugin.package) is not None:
        raise CallError(f"a package {plugin.package} is installed already; choose another name")
