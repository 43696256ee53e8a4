"""Texts that are no recording: prose, logs, programs, mark-up, settings; digits and commas in all of them.

No line here is mostly numbers: a table of numbers is CSV by right, whoever wrote it.
"""

from __future__ import annotations

import base64
import json
import random
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

__all__ = ["TEXTS"]

_MOST_LINES = 30
_WORDS = (
    "bridge", "garden", "letter", "window", "river", "paper", "kettle", "winter", "village", "basket",
    "Straße", "café", "night", "harbour", "ladder", "orchard",
)  # fmt: skip


def _lines(
    templates: Sequence[str], *, first: str = "", last: str = "", ends: Sequence[str] = ("\n", "\r\n")
) -> SearchStrategy[bytes]:
    """Return texts of lines from templates, in which `{word}`, `{other}` and `{count}` are filled in."""
    line = st.builds(
        lambda template, word, other, count: template.format(word=word, other=other, count=count),
        st.sampled_from(templates),
        st.sampled_from(_WORDS),
        st.sampled_from(_WORDS),
        st.integers(0, 99_999),
    )
    return st.builds(
        lambda lines, end, encoding: end.join(
            [*([first] if first else []), *lines, *([last] if last else []), ""]
        ).encode(encoding, "replace"),
        st.lists(line, min_size=1, max_size=_MOST_LINES),
        st.sampled_from(ends),
        st.sampled_from(("utf-8", "latin-1")),
    )


_PROSE = (
    "The {word} stood beside the {other}, and nobody had counted its {count} steps.",
    "In the {word} of 1987, so they said; it was the {other} that mattered.",
    "Take a {word}; then a {other}; then, if you can, some {count} or more of both.",
    '"No," she wrote, "the {word} is not for sale, not even for {count}."',
    "What is a {word}, a {other}, or a {word} without a {other}?",
    "Dear all, the meeting about the {word} is at 10:30, room {count}; bring the {other}.",
    "Please check the time and the speed of the {word}.",
    "{count} of the {other}",
    "It was late.",
    "",
)
_LOGS = (
    "2025-05-04 10:00:01,123 INFO  worker: {word} took the {other} in {count} ms, all is well",
    "2025-05-04 10:00:02,456 WARNING worker, {word}: nothing for the {other}; trying again soon",
    "2025-05-04 10:00:02,789 WARNING worker: no {word} for the {other}",
    "10:00:03 {word} stopped",
    "May  4 10:00:03 {word} systemd[1]: Started the {other} service of user {count}.",
    '127.0.0.1 - - [04/May/2025:10:00:04 +0000] "GET /{word}/{other} HTTP/1.1" 200 {count} "-" "curl/8"',
    "Traceback (most recent call last):",
    '  File "/srv/{word}.py", line {count}, in {other}',
    "ERROR {word}.{other}: gave up after a while",
)
_PROGRAMS = (
    "def {word}({other}, limit={count}):",
    "    return [{other} for {other} in range({count}) if {other} % 7]",
    "static const int {word}[] = {{ {count}, 2, 3 }}; /* {other}, as it was */",
    "for (int i = 0; i < {count}; i++) {{ {word}(i, {other}); }}",
    "# {word}, {other}; see below",
    "// {word}: {other}, {other} and {word}",
    "import {word}, {other}",
    "SELECT {word}, {other} FROM things WHERE id = {count};",
    "    }}",
    "",
)
_SETTINGS = (
    "[{word}]",
    "{word} = {count}",
    "{other} = yes, no; maybe",
    "; {word} was {count} before",
    "# {other}",
    "{word}.{other}=/usr/share/{word}",
)
_YAML = (
    "{word}:",
    "  - {other}",
    "  {other}: {count} of them",
    "{word}: {count}",
    "# {word}, {other}",
    "  {word}: [{other}, {word}]",
)
_MARKDOWN = (
    "# The {word}",
    "- a {word}, a {other}; {count} in all",
    "1. Take the {word}, then the {other}.",
    "| {word} | what the {other} is for |",
    "```",
    "See [{other}](https://example.org/{word}?page={count}).",
    "",
)
_HTML = (
    "<p>The {word}, the {other}; {count} of them.</p>",
    "<tr><td>{count}</td><td>{word}</td></tr>",
    "<script>var {word} = [{count}, 2, 3];</script>",
    "<img src='{other}.png' width={count}>",
    "<!-- {word} -->",
)
_XML = (
    '<{word} id="{count}"/>',
    '<item kind="{other}">{count}, {word}; {count}</item>',
    "<note>The {word} &amp; the {other}</note>",
    "<!-- {other} -->",
)


def _json(rows: list[tuple[str, str, int]], form: str) -> bytes:
    """Return what programs keep in JSON: an object, a list, or a line each."""
    things = [{"name": word, "kind": other, "count": count} for word, other, count in rows]
    if form == "lines":
        return "".join(json.dumps(thing) + "\n" for thing in things).encode()
    whole = {"things": things, "total": len(things)} if form == "object" else things
    return json.dumps(whole, indent=2 if form == "object" else None).encode()


_THINGS = st.tuples(st.sampled_from(_WORDS), st.sampled_from(_WORDS), st.integers(0, 99_999))


def _base64(seed: int, length: int, width: int) -> bytes:
    letters = base64.b64encode(random.Random(seed).randbytes(length))  # noqa: S311  (noise, no secret)
    return b"".join(letters[at : at + width] + b"\n" for at in range(0, len(letters), width))


def _long_line(word: str, times: int) -> bytes:
    return word.encode() * times


TEXTS: tuple[SearchStrategy[bytes], ...] = (
    _lines(_PROSE),
    _lines(_LOGS),
    _lines(_PROGRAMS),
    _lines(_SETTINGS),
    _lines(_YAML),
    _lines(_MARKDOWN),
    _lines(_HTML, first="<!DOCTYPE html><html><body>", last="</body></html>"),
    _lines(_XML, first='<?xml version="1.0" encoding="utf-8"?><things>', last="</things>"),
    _lines(_XML, first="<things>", last="</things>"),
    st.builds(_json, st.lists(_THINGS, max_size=8), st.sampled_from(("object", "list", "lines"))),
    st.builds(_base64, st.integers(0, 2**32), st.integers(1, 1500), st.sampled_from((64, 76, 10_000))),
    st.builds(_long_line, st.sampled_from((*_WORDS, "A", "word, ", "....", "; ")), st.integers(1, 1500)),
)
"""One strategy a kind, the plainest first; each draws at most some 12 KiB."""
