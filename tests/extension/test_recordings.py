"""Recordings of one set are read one after the other, and their fixes are counted together."""

from __future__ import annotations

import attrs

from telemparse.errors import Malformed
from telemparse.extension.recordings import read_all
from telemparse.model.issues import Issue
from telemparse.model.messages import Meta


@attrs.define
class Toy:
    """A recording that counts its epochs as it is read, and may break off."""

    name: str
    plan: tuple[int, int]
    breaks: bool = False
    epochs: int = 0
    without_fix: int = 0

    def messages(self):
        """Yield one fact."""
        yield Meta("toy", self.name)
        self.epochs, self.without_fix = self.plan
        if self.breaks:
            raise Malformed("ARTIFACT_EMPTY", artifact=self.name, bytes=0)


def test_fixes_of_all_are_counted_together():
    messages = list(read_all([Toy("a", (5, 5)), Toy("b", (4, 1))]))
    assert messages == [Meta("toy", "a"), Meta("toy", "b"), Meta("epochs_without_fix", 6)]


def test_epochs_without_any_fix_are_an_issue():
    *_facts, issue = read_all([Toy("a", (5, 5)), Toy("b", (2, 2))])
    assert issue == Issue("NO_VALID_FIX", epochs=7)


def test_recordings_without_epochs_say_nothing_of_fixes():
    assert list(read_all([Toy("a", (0, 0))])) == [Meta("toy", "a")]
    assert list(read_all([])) == []


def test_one_that_breaks_off_keeps_none_of_the_others_from_being_read():
    messages = list(read_all([Toy("a", (3, 1), breaks=True), Toy("b", (2, 0))]))
    assert [type(message) for message in messages] == [Meta, Issue, Meta, Meta]
    assert messages[1].code == "ARTIFACT_EMPTY"
    assert messages[-1] == Meta("epochs_without_fix", 1)
