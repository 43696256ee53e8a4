"""The first element of a document: its name, its namespace, its attributes."""

from __future__ import annotations

import pytest

from telemparse.formats.trackpoints.heads import Root, root_of


def test_a_root_is_found_behind_declarations_comments_and_a_doctype():
    text = (
        '<?xml version="1.0"?>\n<!-- <a> --><!DOCTYPE gpx [<!ENTITY x "y">]>\n'
        '<g:gpx creator = \'a "b"\' xmlns:g="urn:x" xsi:schemaLocation="u v">'
    )
    attributes = {"creator": 'a "b"', "xmlns:g": "urn:x", "xsi:schemaLocation": "u v"}
    assert root_of(text) == Root("gpx", "urn:x", attributes)


@pytest.mark.parametrize("text", ["", "<!-- gpx", "<?xml?>", "<1>", "gpx"])
def test_where_no_element_begins_there_is_none(text):
    assert root_of(text) is None


@pytest.mark.parametrize("junk", ["a" * 60_000, "a" * 60_000 + " " * 60_000, "a =" * 20_000, 'a="' * 20_001])
def test_words_that_are_no_attributes_are_passed_over_once(junk):
    # Tried from each of their letters, such words would take minutes.
    root = root_of(f"<gpx {junk} b='1'>")
    assert root is not None
    assert root.name == "gpx"
    assert "b" in root.attributes or '"' in junk
