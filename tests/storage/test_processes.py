"""Processes: many that put the same key, and those that are killed while they do."""

from __future__ import annotations

import hashlib
import signal

import pytest

MB = 1024 * 1024

_AT_THE_WORD = """
say("ready")
sys.stdin.readline()
"""
_RACE = """
content = order["content"].encode() * order["times"]
try:
    say(storage.put(content, "t/a").created)
except StorageFailed as failed:
    say(failed.code)
"""


def together(place, codes, **more):
    """Let a process a code run it, all from the same moment on; return what each says."""
    children = [place.child(f"{_AT_THE_WORD}{code}", **more) for code in codes]
    try:
        for child in children:
            assert child.stdout.readline() == '"ready"\n'
        for child in children:
            child.stdin.write("\n")
            child.stdin.flush()
        return [child.communicate(timeout=120)[0].strip() for child in children]
    finally:
        for child in children:
            with child:
                child.kill()


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 10 * MB], ids=["small", "large"])
def test_of_eight_processes_with_the_same_content_one_creates_the_object(place, times):
    said = together(place, [_RACE] * 8, content="a", times=times)
    assert sorted(said) == ["false"] * 7 + ["true"]
    assert place.storage.digest("t/a") == hashlib.sha256(b"a" * times).hexdigest()
    assert list(place.storage.keys()) == ["t/a"]
    assert place.storage.sweep(older_than_s=-60) == 0


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 10 * MB], ids=["small", "large"])
def test_of_eight_processes_with_different_contents_one_wins_and_the_others_know(place, times):
    contents = list("abcdefgh")
    said = together(place, [f"order['content'] = {each!r}\n{_RACE}" for each in contents], times=times)
    assert sorted(said) == ['"STORAGE_CONFLICT"'] * 7 + ["true"]
    winner = contents[said.index("true")].encode()
    assert place.storage.digest("t/a") == hashlib.sha256(winner * times).hexdigest()
    assert place.storage.sweep(older_than_s=-60) == 0


_HALF = """
from telemparse.storage import sources

def half(self, read=sources.Source._read):
    for number, piece in enumerate(read(self)):
        if number == 40:
            say("half")
            signal.pause()
        yield piece

sources.Source._read = half
storage.put(Path(order["file"]), "t/a")
"""
_BEFORE_ITS_NAME = """
import obstore

def die(*_args, **_named):
    os.kill(os.getpid(), signal.SIGKILL)

obstore.rename = die
storage.put(Path(order["file"]), "t/a")
"""


@pytest.fixture
def large(tmp_path):
    file = tmp_path / "large"
    with file.open("wb") as writer:
        for number in range(64):
            writer.write(bytes([number]) * MB)
    return file


@pytest.mark.slow
def test_a_process_killed_in_the_middle_of_a_put_leaves_nothing_under_the_key(place, large):
    with place.child(_HALF, file=str(large)) as child:
        assert child.stdout.readline() == '"half"\n'
        child.kill()
    assert child.returncode == -signal.SIGKILL
    assert place.storage.byte_size("t/a") is None
    assert list(place.storage.keys()) == []
    # What a bucket holds of the upload, only its lifecycle rule sees.
    assert place.storage.sweep(older_than_s=-60) == (1 if place.is_folder else 0)
    assert place.storage.put(large, "t/a").created
    assert place.storage.byte_size("t/a") == 64 * MB


@pytest.mark.slow
def test_a_process_killed_before_the_object_gets_its_name_leaves_what_a_sweep_takes(place, large):
    with place.child(_BEFORE_ITS_NAME, file=str(large)) as child:
        pass
    assert child.returncode == -signal.SIGKILL
    assert list(place.storage.keys()) == []
    assert place.storage.put(large, "t/a").created
    assert place.storage.sweep() == 0  # too fresh: a living process could be at it
    assert place.storage.sweep(older_than_s=-60) == 1
    assert list(place.storage.keys()) == ["t/a"]


_THERE_AND_BACK = """
storage.check()

def peak_bytes():
    words = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()
    return int(words[0]) * 1024

before = peak_bytes()
storage.put(Path(order["file"]), "a")
storage.put(Path(order["file"]), "a")
storage.replace(Path(order["file"]), "b")
storage.digest("a")
storage.fetch("b", Path(order["file"] + ".back"))
say(peak_bytes() - before)
"""


@pytest.mark.slow
def test_a_large_object_takes_little_memory_on_its_way(place, large, answered):
    grown = answered(place.child(_THERE_AND_BACK, file=str(large)))
    assert 0 < grown < 48 * MB


_OVER_AND_OVER = """
contents = [bytes([number]) * (3 << 20) for number in range(2)]
for number in range(40):
    storage.replace(contents[number % 2], "a")
say("done")
"""


@pytest.mark.slow
def test_a_reader_sees_one_of_the_contents_while_another_process_replaces_them(place):
    storage = place.storage
    storage.replace(bytes([1]) * 3 * MB, "a")
    whole = {bytes([number]) * 3 * MB for number in range(2)}
    with place.child(_OVER_AND_OVER) as child:
        reads = [storage.read("a")]
        while child.poll() is None:
            reads.append(storage.read("a"))
        assert child.returncode == 0
    assert set(reads) <= whole


_DELETE = """
for number in range(order["rounds"]):
    storage.delete_below("t")
say("done")
"""
_PUT_BELOW = """
for number in range(200):
    storage.put(b"1", f"t/{os.getpid()}/{number}/a")
say("done")
"""


@pytest.mark.slow
def test_processes_that_delete_the_same_do_not_mind_each_other(place):
    for number in range(200):
        place.storage.put(b"1", f"t/{number % 7}/{number}")
    assert together(place, [_DELETE] * 4, rounds=1) == ['"done"'] * 4
    assert list(place.storage.keys()) == []


@pytest.mark.slow
def test_what_is_put_while_all_is_deleted_is_there_or_gone_and_never_refused(folder_place):
    storage = folder_place.storage
    assert together(folder_place, [_PUT_BELOW, _PUT_BELOW, _DELETE], rounds=200) == ['"done"'] * 3
    left = list(storage.keys())
    assert [storage.read(key) for key in left] == [b"1"] * len(left)
    assert storage.delete_below("t") == len(left)
