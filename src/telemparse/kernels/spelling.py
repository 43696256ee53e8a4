"""Spellings that mean the same: names of columns without case, accents, blanks and signs."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["squash"]

_SIGNS = re.compile(r"[\W_]")


def squash(text: str) -> str:
    """Return a name in lower-case letters and digits alone: `Längengrad (°)` becomes `langengrad`.

    Letters of every script stay, so that names in Cyrillic or Kanji are told apart.
    """
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return _SIGNS.sub("", plain.lower())
