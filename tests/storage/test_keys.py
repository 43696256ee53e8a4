"""Keys: whatever somebody calls an object, it lies in the store under that name or nowhere."""

from __future__ import annotations

import os.path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.errors import CallError
from telemparse.storage.keys import UNFINISHED, checked_key, checked_prefix, is_key, unfinished_key

PIECES = st.sampled_from(["a", "..", ".", "/", "\\", "~", "-", "%2e", "\0", " ", "é", ".a", "a.b", "//", ":"])


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_what_is_a_key_names_a_place_in_the_folder_and_no_other(word):
    if is_key(word):
        place = os.path.normpath(f"/store/{word}")
        assert place == f"/store/{word}"
        assert not any(part.startswith(".") for part in word.split("/"))
    else:
        with pytest.raises(CallError):
            checked_key(word)


@given(st.lists(st.text("abz09._@+~-", min_size=1, max_size=9).map(lambda word: f"a{word}"), min_size=1))
def test_plain_names_are_keys(names):
    key = "/".join(names)
    assert checked_key(key) == checked_prefix(key) == checked_prefix(f"{key}/") == key


def test_the_place_of_unfinished_content_is_no_key_and_new_each_time():
    first, second = unfinished_key(), unfinished_key()
    assert first.startswith(f"{UNFINISHED}/")
    assert first != second
    assert not is_key(first)
