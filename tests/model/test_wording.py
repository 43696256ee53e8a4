"""What an exception says, whatever its author did to it."""

from __future__ import annotations

import pytest

from telemparse.model.wording import blotted, words_of


class UnspeakableError(Exception):
    def __str__(self):
        raise RuntimeError("not even this")


class NumericError(Exception):
    def __str__(self):
        return 7  # noqa: PLE0307  (this is what is wrong with it)


class LeavingError(Exception):
    def __str__(self):
        raise SystemExit(3)


class LockedError(Exception):
    def __init__(self, words):
        super().__init__(words)
        self.lock = lambda: None

    def __reduce__(self):
        raise TypeError("cannot be pickled")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("bad"), "ValueError: bad"),
        (KeyError("name"), "KeyError: 'name'"),
        (ValueError(), "ValueError"),
        (SystemExit(3), "SystemExit: 3"),
        (
            ExceptionGroup("several", [ValueError(), TypeError()]),
            "ExceptionGroup: several (2 sub-exceptions)",
        ),
        (UnspeakableError(), "UnspeakableError"),
        (NumericError(), "NumericError"),
        (LeavingError(), "LeavingError"),
        (LockedError("held"), "LockedError: held"),
    ],
)
def test_type_and_message_as_far_as_they_can_be_said(error, words):
    assert words_of(error) == words


def test_an_interrupt_while_asking_for_the_message_passes():
    class SlowError(Exception):
        def __str__(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        words_of(SlowError())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("bad cell 48.1234567 in row 7", "bad cell # in row 7"),
        ("48,123 and 481234567", "# and #"),
        ("version 1.26.4, line 120", "version 1.26.4, line 120"),
        ("-0.12345", "-#"),
    ],
)
def test_numbers_that_may_be_coordinates_are_blotted_out_and_others_stay(text, left):
    assert blotted(text) == left
