"""Real binary recordings, cut and flipped anywhere: what is there is read, and nothing else is."""

from __future__ import annotations

import random
import zlib

import numpy as np
import pytest

import telemparse

FOLDERS = ("aim-xrk", "fit", "gpmf", "ibt", "motec-ld", "racechrono-rcz", "ubx", "vbb")
FEW, MANY = 2, 200
_FLIPS = 8


def files(corpus):
    found = [path for folder in FOLDERS for path in sorted((corpus / folder).iterdir())]
    assert len(found) > len(FOLDERS)
    return found


def dice(path, what):
    return random.Random(zlib.crc32(f"{what} {path.name}".encode()))  # noqa: S311  (a seed, not a secret)


def read(name, data):
    """Return what comes of bytes; damage is a value, never an exception, and no crash of a parser."""
    result = telemparse.parse({name: data}, on_error="return")
    crashed = [issue for issue in result.errors if issue.code.startswith("PARSER_")]
    assert crashed == []
    return result


def fixes(result, stream="gnss_pvt"):
    """Return the positions of a result with their instants, one row each."""
    table = result.streams.get(stream)
    if table is None:
        return np.zeros((0, 3), np.int64)
    columns = (table["t"].cast("int64"), *(table[name].cast("float64") for name in ("lat_deg", "lon_deg")))
    return np.column_stack([np.asarray(column).view(np.int64) for column in columns])


def fixes_of_all(result):
    """Return those of every receiver: before a cut, the one that is better may not have begun."""
    streams = [name for name in result.streams if name.partition(".")[0] == "gnss_pvt"]
    return np.concatenate([fixes(result, name) for name in ("gnss_pvt", *streams)])


def clock_of(result):
    """Return what gave the instants: what would have told better may stand behind a cut."""
    clock = result.metadata.get("clock", {})
    return [clock.get(key) for key in ("source", "utc")]


def rows_in(part, whole):
    """Count the rows of one table that stand in another."""
    known = set(map(bytes, np.ascontiguousarray(whole)))
    return sum(bytes(row) in known for row in np.ascontiguousarray(part))


def check_cuts(corpus, count):
    odd = []
    for path in files(corpus):
        data, die = path.read_bytes(), dice(path, "cut")
        result = read(path.name, data)
        whole, clock = fixes_of_all(result), clock_of(result)
        places = sorted(die.randrange(len(data)) for _ in range(count))
        for place in places:
            result = read(path.name, data[:place])
            part = fixes(result)
            # By another clock, which the result names, positions alone are the same.
            first = 0 if clock_of(result) == clock else 1
            known = rows_in(part[:, first:], whole[:, first:])
            # The last epoch may lack the messages that would have told more of it.
            if known < len(part) - 1 or len(part) > len(whole):
                odd.append((path.name, place, len(part), len(whole)))
    assert odd == []


def check_flips(corpus, count):
    for path in files(corpus):
        data, die = path.read_bytes(), dice(path, "flip")
        for _ in range(count):
            flipped = bytearray(data)
            for _flip in range(_FLIPS):
                flipped[die.randrange(len(data))] ^= 1 << die.randrange(8)
            read(path.name, bytes(flipped))


@pytest.mark.slow
def test_a_cut_anywhere_leaves_what_stood_before_it(corpus):
    check_cuts(corpus, FEW)


@pytest.mark.slow
def test_flipped_bits_are_told_and_survived(corpus):
    check_flips(corpus, FEW)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_cuts_at_200_places_of_each_file_leave_what_stood_before_them(corpus):
    check_cuts(corpus, MANY)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_bits_flipped_200_times_in_each_file_are_survived(corpus):
    check_flips(corpus, MANY)
