"""Texts of a log: fixed widths, padded with NUL, in no declared encoding."""

from __future__ import annotations

__all__ = ["text_at"]


def text_at(block: bytes, place: int, width: int) -> str:
    """Return the text that ends at its first NUL; empty where the block ends before it begins."""
    raw = block[place : place + width].partition(b"\0")[0]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # i2 is a program for Windows
    if text.isprintable():
        return text.strip()
    return "".join(letter for letter in text if letter.isprintable()).strip()
