"""The page: chapters in one HTML file that asks nothing of anybody."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import telemparse
from telemparse.errors import MissingExtra
from telemparse.model.rendering import legible
from telemparse.model.results import ParseResult
from telemparse.parsing import parse
from telemparse.report.chapters import Chapter, describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jinja2 import Template

__all__ = ["Recording", "load_template", "render", "write_report"]

Recording: TypeAlias = "ParseResult | Chapter | str | os.PathLike[str]"

_TEMPLATES = Path(__file__).parent / "templates"
_LONGEST = 600


def render(recordings: Recording | Iterable[Recording], *, title: str | None = None) -> str:
    """Return the report of one or several recordings as one page of HTML.

    The page holds all that it shows, and its policy forbids it to load anything. The same recordings make
    the same page.

    Args:
        recordings: a result, a chapter, or a path, or several of them; each path is one recording.
        title: of the page; the name of the recording, or their number, when absent.

    Raises MissingExtra without the extra `report`, OSError for a path that cannot be read.
    """
    template = load_template()
    chapters = [_chapter(recording) for recording in _each(recordings)]
    count = len(chapters)
    named = chapters[0].label if count == 1 else f"{count} recordings"
    styles, script = _source("report.css"), _source("report.js")
    return template.render(
        chapters=chapters,
        title=title or named,
        version=telemparse.__version__,
        styles=_literal(styles),
        script=_literal(script),
        styles_hash=_hash(styles),
        script_hash=_hash(script),
    )


def write_report(
    recordings: Recording | Iterable[Recording],
    destination: str | os.PathLike[str],
    *,
    title: str | None = None,
) -> Path:
    """Write the report of recordings to a file and return its path.

    The file appears whole or not at all. Arguments and errors are those of `render`; OSError for a place
    that cannot be written.
    """
    place = Path(destination)
    page = render(recordings, title=title).encode("utf-8")
    partial = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(page)
        partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)
    return place


def _each(recordings: Recording | Iterable[Recording]) -> Iterator[Recording]:
    if isinstance(recordings, ParseResult | Chapter | str | os.PathLike):
        yield recordings
    else:
        yield from recordings


def _chapter(recording: Recording) -> Chapter:
    if isinstance(recording, Chapter):
        return recording
    if isinstance(recording, ParseResult):
        return describe(recording)
    return describe(parse(recording, on_error="return"))


@functools.cache
def load_template() -> Template:
    """Return the template; it escapes every word, and shows what would break lines or turn text around.

    Raises MissingExtra without the extra `report`.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MissingExtra("report", "jinja2") from None
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _shown(value: Any) -> Any:
    """Return a value as the page shows it: words of strangers stay in one line and do not go on for ever."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return legible(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…")


def _literal(text: str) -> Any:
    """Return text of our own as it stands."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704  (files of this package, never words of a recording)


@functools.cache
def _source(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the word of a content security policy that allows exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
