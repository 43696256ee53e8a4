"""Mutations of XML: of tags, attributes and texts, of whole elements, and of how all of it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from fuzz.mutations.texts import ENCODINGS, NUMBERS, bent, clock, decoded, encoded

__all__ = ["mutated_markup"]

Pieces = list[str]
Words = Sequence[str]

_PIECE = re.compile(r"<[^<>]*>?|[^<]+")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)(\s*=\s*)("[^"]*"|'[^']*')""")
_MOST_PIECES = 4000

_SNIPPETS = (
    "<![CDATA[", "]]>", "<![CDATA[1.5]]>", "<!--", "-->", "<!-- -- -->",
    "<!-- <trkpt lat='1' lon='2'/> -->", "<?pi x?>", "<?", "?>", '<?xml version="1.0" encoding="UTF-16"?>',
    "<!DOCTYPE gpx>", '<!DOCTYPE g [<!ENTITY a "b">]>', '<!DOCTYPE g [<!ENTITY a "&a;&a;">]>',
    '<!DOCTYPE g SYSTEM "file:///nowhere">', "&a;", "&amp;", "&#48;", "&#x31;", "&#0;", "&#x110000;",
    "&#xD800;", "&", "<", ">", "\0", "\x01", "\ufffe", "</", "/>", "<>", "</>", "< ", "=", '"', "'", "]]",
    "\r", "\xa0", "<gpx>", "</gpx>", "<trk>", "</trk>", "<trkseg>", "</trkseg>", "<trkpt>", "</trkpt>",
    "\n\n\n", "\t",
)  # fmt: skip


def mutated_markup(data: bytes, words: Words, others: Sequence[bytes], dice: Random) -> bytes:
    """Return XML with a few changes.

    Args:
        data: any bytes; they are taken as tags and texts whatever they are.
        words: tags, attributes and texts that mean something to the parser.
        others: files of which a piece may be borrowed.
        dice: decides everything.
    """
    text, encoding = decoded(data)
    pieces = _PIECE.findall(text)[:_MOST_PIECES] or [""]
    for _time in range(dice.randint(1, 4)):
        if dice.random() < 0.08:
            _borrow(pieces, others, dice)
        else:
            dice.choice(_CHANGES)(pieces, words, dice)
        pieces = pieces or [""]
    text = "".join(pieces)
    if dice.random() < 0.05:
        encoding, mark = dice.choice(ENCODINGS)
        text = mark + text.lstrip("\ufeff")
    if dice.random() < 0.03:
        text = re.sub(r"encoding=[\"'][^\"']*", f'encoding="{dice.choice(ENCODINGS)[0]}', text, count=1)
    return encoded(text, encoding)


def _place(pieces: Pieces, dice: Random, *, tags: bool) -> int | None:
    """Return the number of some tag, or of some text, None where there is none near by."""
    start = dice.randrange(len(pieces))
    for number in (*range(start, len(pieces)), *range(start)):
        if pieces[number].startswith("<") == tags:
            return number
    return None


def _change_text(pieces: Pieces, words: Words, dice: Random) -> None:
    place = _place(pieces, dice, tags=False)
    if place is not None:
        pieces[place] = dice.choice((bent(pieces[place], dice), dice.choice(words), dice.choice(NUMBERS)))


def _change_moment(pieces: Pieces, _words: Words, dice: Random) -> None:
    place = dice.randrange(len(pieces))
    if pieces[place].startswith("<time") and place + 1 < len(pieces):
        place += 1
    pieces[place] = clock(dice)(0)


def _change_times(pieces: Pieces, _words: Words, dice: Random) -> None:
    """Write all times in another form, or take some away."""
    shown, step, share = clock(dice), dice.choice((0.1, 1, -1, 0, 86_400)), dice.choice((1, 0.5, 0.1))
    gone = dice.random() < 0.3
    for number in range(len(pieces) - 1):
        if pieces[number].startswith("<time") and dice.random() < share:
            pieces[number + 1] = "" if gone else shown(number * step)


def _change_attribute(pieces: Pieces, words: Words, dice: Random) -> None:
    place = _place(pieces, dice, tags=True)
    found = [] if place is None else list(_ATTRIBUTE.finditer(pieces[place]))
    if not found:
        return
    one = dice.choice(found)
    name, between, value = one[1], one[2], one[3][1:-1]
    kind = dice.randrange(6)
    if kind == 0:
        name = dice.choice(words)
    elif kind == 1:
        between = dice.choice((" = ", "\n=\n", "", "=="))
    else:
        value = dice.choice((bent(value, dice), dice.choice(NUMBERS), dice.choice(words)))
    mark = dice.choice(('"', '"', "'", ""))
    whole = f"{name}{between}{mark}{value}{mark}"
    if kind == 2:
        whole = f"{whole} {one[0]}"
    pieces[place] = pieces[place][: one.start()] + whole + pieces[place][one.end() :]


def _rename(pieces: Pieces, words: Words, dice: Random) -> None:
    """Give a tag another name, and its end too most of the time."""
    place = _place(pieces, dice, tags=True)
    found = None if place is None else re.match(r"</?([^\s<>/]+)", pieces[place])
    if found is None:
        return
    old, new = found[1], dice.choice(words)
    both = dice.random() < 0.8
    for number in range(place, min(place + 40, len(pieces)) if both else place + 1):
        for opening in (f"<{old}", f"</{old}"):
            if pieces[number].startswith(opening):
                pieces[number] = pieces[number].replace(opening, opening[: -len(old)] + new, 1)


def _insert(pieces: Pieces, _words: Words, dice: Random) -> None:
    place = dice.randrange(len(pieces))
    inside = dice.randint(0, len(pieces[place])) if dice.randrange(2) else 0
    pieces[place] = pieces[place][:inside] + dice.choice(_SNIPPETS) + pieces[place][inside:]


def _add_element(pieces: Pieces, words: Words, dice: Random) -> None:
    name, place = dice.choice(words), dice.randint(0, len(pieces))
    inner = dice.choice((dice.choice(NUMBERS), dice.choice(words), "", f"<{dice.choice(words)}>1</"))
    pieces[place:place] = [f"<{name}>", inner, f"</{name.split(' ')[0]}>"] * dice.choice((1, 1, 1, 2, 150))


def _wrap(pieces: Pieces, words: Words, dice: Random) -> None:
    span, name = _span(pieces, dice), dice.choice(words)
    times = dice.choice((1, 1, 1, 30))
    pieces[span.stop : span.stop] = [f"</{name.split(' ')[0]}>"] * times
    pieces[span.start : span.start] = [f"<{name}>"] * times


def _span(pieces: Pieces, dice: Random) -> slice:
    first = dice.randrange(len(pieces))
    return slice(first, min(first + dice.choice((1, 1, 2, 5, 20, 100)), len(pieces)))


def _drop(pieces: Pieces, _words: Words, dice: Random) -> None:
    del pieces[_span(pieces, dice)]


def _repeat(pieces: Pieces, _words: Words, dice: Random) -> None:
    span, place = _span(pieces, dice), dice.randint(0, len(pieces))
    pieces[place:place] = pieces[span] * dice.choice((1, 1, 3))


def _swap(pieces: Pieces, _words: Words, dice: Random) -> None:
    first, second = dice.randrange(len(pieces)), dice.randrange(len(pieces))
    pieces[first], pieces[second] = pieces[second], pieces[first]


def _cut(pieces: Pieces, _words: Words, dice: Random) -> None:
    place = dice.randrange(len(pieces))
    pieces[place] = pieces[place][: dice.randint(0, len(pieces[place]))]
    if dice.randrange(2):
        del pieces[place + 1 :]


def _borrow(pieces: Pieces, others: Sequence[bytes], dice: Random) -> None:
    strange = _PIECE.findall(decoded(dice.choice(others))[0])[:_MOST_PIECES] if others else []
    if strange:
        place = dice.randint(0, len(pieces))
        pieces[place:place] = strange[_span(strange, dice)]


_CHANGES = (
    _change_text, _change_text, _change_text, _change_moment, _change_times, _change_attribute,
    _change_attribute, _change_attribute, _rename, _rename, _insert, _insert, _add_element, _add_element,
    _wrap, _drop, _drop, _repeat, _repeat, _swap, _cut,
)  # fmt: skip
