"""What becomes a stencil and what is left to the walker."""

from __future__ import annotations

import pytest

from telemparse.kernels.xml_outline import Outline
from telemparse.kernels.xml_scopes import Frame, Scope
from telemparse.kernels.xml_stencils import learned

OUTLINE = Outline("log", ("run",), "p")
SCOPE = Scope({"": "", "x": "urn:x"}, "", set())
STACK = (Frame("log", "log", SCOPE, (("x", "urn:x"),)), Frame("run", "run", SCOPE))


def test_slots_are_named_by_what_the_walker_calls_them():
    sample = b'<p a="1" x:b="2">\n <v>3</v>\n <x:w><u c="4"/></x:w><v>5</v><e></e></p> <p>'
    found = learned(sample, OUTLINE, STACK)
    assert found.paths == (
        ("@a",), ("@{urn:x}b",), ("v",), ("{urn:x}w", "u", "@c"), ("v", "#2"), ("e",)
    )  # fmt: skip
    assert found.stencil.stops == (0x22, 0x22, 0x3C, 0x22, 0x3C, 0x3C)
    joined = b"".join(
        a + b for a, b in zip(found.stencil.literals, [b"1", b"2", b"3", b"4", b"5", b"", b""], strict=True)
    )
    assert joined == sample[: sample.index(b" <p>")]


def test_quotes_of_both_kinds_end_their_own_values():
    found = learned(b"""<p a='1"' b="2'"/>""", OUTLINE, STACK)
    assert found.stencil.literals == (b"<p a='", b"' b=\"", b'"/>')
    assert found.stencil.stops == (0x27, 0x22)


def test_namespaces_declared_in_a_point_are_literal():
    found = learned(b'<p><y:v xmlns:y="urn:y" k="1">2</y:v></p>', OUTLINE, STACK)
    assert found.paths == (("{urn:y}v", "@k"), ("{urn:y}v",))


@pytest.mark.parametrize(
    "sample",
    [
        b'<p a="1\'/>', b'<p a="&lt;"/>', b"<p><!-- c --></p>", b"<p><![CDATA[x]]></p>",
        b"<p>text<v>1</v></p>",
        b"<p><v>1</v>text</p>", b"<p><v>1</p>", b"<p><v>1</v>", b"<p", b"", b"text", b"<v>1</v>", b"<run/>",
        b'<p a="1" a="2"/>', b'<p \x0b a="1"/>', b"<p>\xc3\xa4</p>", b"<p><v/>",
        b"<p>" + b"<v>1</v>" * 100 + b"</p>",
        b"<p><p></p></p>", b"</p>", b'<p xmlns="urn:other">1</p>',
    ],
)  # fmt: skip
def test_what_is_not_plain_becomes_no_stencil(sample):
    assert learned(sample, OUTLINE, STACK) is None
