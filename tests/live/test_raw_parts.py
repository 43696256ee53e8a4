"""Part files: whole batches or nothing, whatever the disk does, and what a killed writer leaves."""

from __future__ import annotations

import errno
import os
import random
import shutil
import time

import pytest

from live_workers import RECEIVED_NS, message, written
from telemparse.live.faults import RawUnavailable
from telemparse.live.messages import Message
from telemparse.live.raw_layout import HOUR_NS, hour_folder, open_parts, raw_hours
from telemparse.live.raw_parts import RawParts
from telemparse.live.raw_recovery import Recovery, recover

_OPEN = ".jsonl.open"


def messages(*numbers, **more):
    return [message(number, **more) for number in numbers]


def ids(*numbers):
    return [f"m{number}" for number in numbers]


def write_killed(root, text):
    """Leave an open part without an owner, as a killed process does."""
    with RawParts(root) as parts:
        parts.write(messages(0))
    (closed,) = raw_hours(root)[0].parts()
    path = closed.with_name(f"{closed.name}.open")
    closed.rename(path)
    path.write_bytes(text)
    return path


def test_what_is_written_can_be_read_again_as_it_was(tmp_path):
    sent = [
        Message(
            message_id="a", vehicle_id="v", t_ns=RECEIVED_NS - 1, can_id=None,
            payload={"name": "two\nlines \u2028", "on": True, "off": None, "x": 0.1}, received_ns=RECEIVED_NS,
        ),
        message(1),
    ]  # fmt: skip
    with RawParts(tmp_path) as parts:
        parts.write(sent)
    (path,) = raw_hours(tmp_path)[0].parts()
    assert [Message.from_line(line) for line in path.read_bytes().split(b"\n")[:-1]] == sent


def test_a_part_has_another_name_until_it_is_closed(tmp_path):
    with RawParts(tmp_path) as parts:
        parts.write(messages(1))
        assert written(tmp_path) == []
        assert written(tmp_path, ending=_OPEN) == ids(1)
    assert written(tmp_path) == ids(1)
    assert written(tmp_path, ending=_OPEN) == []


def test_messages_lie_in_the_hour_of_their_arrival(tmp_path):
    later = RECEIVED_NS + HOUR_NS
    with RawParts(tmp_path) as parts:
        parts.write([message(1), message(2, received_ns=later), message(3)])
    assert [hour.folder for hour in raw_hours(tmp_path)] == [
        hour_folder(tmp_path, RECEIVED_NS), hour_folder(tmp_path, later),
    ]  # fmt: skip
    assert written(tmp_path) == ids(1, 3, 2)


def test_a_part_that_is_large_enough_is_closed_and_another_begun(tmp_path):
    with RawParts(tmp_path, rotate_bytes=1000) as parts:
        for number in range(20):
            parts.write(messages(number))
        closed = raw_hours(tmp_path)[0].parts()
        assert all(1000 <= path.stat().st_size < 1400 for path in closed)
        assert len(closed) >= 3
    assert sorted(written(tmp_path)) == sorted(ids(*range(20)))


def test_a_part_that_is_old_enough_is_closed(tmp_path):
    with RawParts(tmp_path, part_s=30) as parts:
        parts.write(messages(1))
        assert parts.close_old(time.monotonic() + 20) == 0
        assert parts.close_old(time.monotonic() + 31) == 1
        assert written(tmp_path) == ids(1)
        parts.write(messages(2))
    assert sorted(written(tmp_path)) == ids(1, 2)


def test_few_hours_are_open_at_the_same_time(tmp_path):
    with RawParts(tmp_path) as parts:
        for number in range(30):
            parts.write(messages(number, received_ns=RECEIVED_NS + number * HOUR_NS))
        assert len(open_parts(tmp_path)) == 8
    assert sorted(written(tmp_path)) == sorted(ids(*range(30)))


def test_a_part_that_somebody_deleted_is_begun_anew(tmp_path):
    with RawParts(tmp_path) as parts:
        parts.write(messages(1))
        shutil.rmtree(tmp_path / "raw")
        parts.write(messages(2))
    assert written(tmp_path) == ids(2)


def failing(monkeypatch, name, failure):
    """Let calls of a function of `os` fail when `failure` says so; it may do a part of the work first."""
    real = getattr(os, name)

    def call(handle, *rest):
        failure(real, handle, *rest)
        return real(handle, *rest)

    monkeypatch.setattr(os, name, call)


def test_a_write_that_fails_half_way_leaves_nothing_of_the_batch(tmp_path, monkeypatch):
    def full(real, handle, text):
        real(handle, text[: len(text) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with RawParts(tmp_path) as parts:
        parts.write(messages(1))
        with monkeypatch.context() as patched:
            failing(patched, "write", full)
            with pytest.raises(RawUnavailable, match="No space left"):
                parts.write(messages(2, 3))
        assert written(tmp_path) + written(tmp_path, ending=_OPEN) == ids(1)
        parts.write(messages(2, 3))
    assert sorted(written(tmp_path)) == ids(1, 2, 3)


def test_a_batch_of_several_hours_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    calls = []

    def full_at_second(_real, _handle, _text):
        calls.append(1)
        if len(calls) == 2:
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    batch = [message(1), message(2, received_ns=RECEIVED_NS + HOUR_NS)]
    with RawParts(tmp_path) as parts, monkeypatch.context() as patched:
        failing(patched, "write", full_at_second)
        with pytest.raises(RawUnavailable):
            parts.write(batch)
    assert written(tmp_path) + written(tmp_path, ending=_OPEN) == []


def test_after_a_sync_that_failed_the_file_gets_no_more_lines(tmp_path, monkeypatch):
    failures = iter([True])

    def broken(_real, _handle):
        if next(failures, False):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    with RawParts(tmp_path) as parts:
        parts.write(messages(1))
        (first,) = open_parts(tmp_path)
        with monkeypatch.context() as patched:
            failing(patched, "fsync", broken)
            with pytest.raises(RawUnavailable):
                parts.write(messages(2))
        parts.write(messages(2))
        assert first not in open_parts(tmp_path)
    assert sorted(written(tmp_path)) == ids(1, 2)


def test_short_writes_are_continued(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, text: real(handle, text[:7]))
    with RawParts(tmp_path) as parts:
        parts.write(messages(*range(10)))
    assert written(tmp_path) == ids(*range(10))


@pytest.mark.parametrize("seed", range(20))
def test_a_disk_that_fails_now_and_then_costs_no_message_and_repeats_none(tmp_path, monkeypatch, seed):
    dice = random.Random(seed)  # noqa: S311  (dice, not secrets)

    def sometimes(real, handle, *rest):
        if dice.random() < 0.3:
            if rest:
                real(handle, rest[0][: dice.randrange(len(rest[0]) + 1)])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        failing(patched, "write", sometimes)
        failing(patched, "fsync", sometimes)
        with RawParts(tmp_path, rotate_bytes=3000) as parts:
            for number in range(0, 120, 4):
                batch = [message(number + n, received_ns=RECEIVED_NS + n % 2 * HOUR_NS) for n in range(4)]
                while True:
                    try:
                        parts.write(batch)
                        break
                    except RawUnavailable:
                        continue
    recover(tmp_path)
    assert sorted(written(tmp_path)) == sorted(ids(*range(120)))


def test_a_folder_that_is_a_file_is_unavailable(tmp_path):
    (tmp_path / "live").write_bytes(b"")
    with RawParts(tmp_path / "live") as parts:
        with pytest.raises(RawUnavailable):
            parts.probe()
        with pytest.raises(RawUnavailable):
            parts.write(messages(1))


def test_a_look_at_the_disk_leaves_nothing_behind(tmp_path):
    with RawParts(tmp_path / "live") as parts:
        parts.probe()
    assert list((tmp_path / "live").iterdir()) == []


@pytest.mark.parametrize("cut", [0, 1, 100, 70_000])
def test_recovery_cuts_a_line_that_was_begun_and_closes_the_part(tmp_path, cut):
    whole = b"".join(each.line() + b"\n" for each in messages(1, 2))
    path = write_killed(tmp_path, whole + b"x" * cut)
    assert recover(tmp_path) == Recovery(closed=1, cut_bytes=cut)
    assert not path.exists()
    assert written(tmp_path) == ids(1, 2)


@pytest.mark.parametrize("cut", [0, 3, 70_000])
def test_recovery_deletes_a_part_without_a_whole_line(tmp_path, cut):
    path = write_killed(tmp_path, b"x" * cut)
    assert recover(tmp_path) == Recovery(deleted=1, cut_bytes=cut)
    assert list(path.parent.iterdir()) == []


def test_recovery_leaves_parts_of_living_writers_alone(tmp_path):
    with RawParts(tmp_path) as parts:
        parts.write(messages(1))
        assert recover(tmp_path) == Recovery()
        parts.write(messages(2))
    assert written(tmp_path) == ids(1, 2)


def test_recovery_follows_no_links(tmp_path):
    path = write_killed(tmp_path, b"")
    path.unlink()
    outside = tmp_path / "outside"
    outside.write_bytes(b"no line")
    path.symlink_to(outside)
    assert recover(tmp_path) == Recovery()
    assert outside.read_bytes() == b"no line"


def test_recovery_of_nothing_is_fine(tmp_path):
    assert recover(tmp_path / "not there") == Recovery()
