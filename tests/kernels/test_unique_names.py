"""Names that differ: of channels that repeat, and of files that share a stem."""

from __future__ import annotations

import pytest

from telemparse.kernels.unique_names import FileSuffixes, UniqueNames, plain_stem


def test_a_name_that_is_taken_gets_the_next_free_number():
    names = UniqueNames({"a", "a_2"})
    assert [names.take(wish) for wish in ("a", "b", "b", "b_2", "a", "b")] == [
        "a_3", "b", "b_2", "b_2_2", "a_4", "b_3",
    ]  # fmt: skip


def test_names_of_one_wish_are_looked_for_once_each():
    class Counting(set):
        looks = 0

        def __contains__(self, name):
            type(self).looks += 1
            return super().__contains__(name)

    names = UniqueNames()
    names.taken = Counting({"a"})
    assert [names.take("a") for _ in range(400)][-1] == "a_401"
    assert Counting.looks <= 3 * 400


def test_files_of_a_set_are_told_apart_by_their_stems_and_the_first_has_none():
    suffixes = FileSuffixes("file")
    files = ["a/run.vbo", "b/run.vbo", "c/run.vbo", "d/run 2.vbo", "\u2014.vbo"]
    assert [suffixes.take(name) for name in files] == ["", ".run", ".run_2", ".run_2_2", ".file"]


@pytest.mark.parametrize(
    ("artifact", "stem"),
    [
        ("trip/run 7.vbo", "run_7"),
        ("a.tar.gz", "a_tar"),
        ("über.csv", "ber"),
        ("—.csv", "file"),
        ("", "file"),
    ],
)
def test_a_stem_is_a_word_of_plain_letters(artifact, stem):
    assert plain_stem(artifact, "file") == stem
