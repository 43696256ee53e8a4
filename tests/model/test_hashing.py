"""The running hash: whoever reads in whatever order, it is the hash of the whole file."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.model import hashing
from telemparse.model.artifacts import Artifact

CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module", params=[0, 3000, len(CONTENT)], ids="held {}".format)
def place(request, tmp_path_factory):
    """Return a file of which nothing, a part or all is held before it is hashed."""
    path = tmp_path_factory.mktemp("hashing") / "a.bin"
    path.write_bytes(CONTENT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_HELD_BYTES", request.param)
        yield path


steps = st.lists(
    st.tuples(st.sampled_from(["read", "seek", "readinto", "readline", "read_at"]), st.integers(0, 12_000)),
    max_size=12,
)


@given(steps=steps)
def test_any_way_of_reading_leaves_the_hash_of_the_whole_file(place, steps):
    artifact = Artifact.from_path(place)
    with artifact.open() as reader:
        for step, number in steps:
            if step == "read_at":
                assert artifact.read_at(number, 100) == CONTENT[number : number + 100]
            elif step == "readinto":
                reader.readinto(bytearray(number))
            else:
                getattr(reader, step)(number)
    assert artifact.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_bytes_that_were_read_are_not_read_again_for_the_hash(place):
    artifact = Artifact.from_path(place)
    assert b"".join(artifact.chunks(1000)) == CONTENT
    place.write_bytes(b"x" * len(CONTENT))
    try:
        assert artifact.sha256 == hashlib.sha256(CONTENT).hexdigest()
    finally:
        place.write_bytes(CONTENT)


def test_a_file_that_grows_is_hashed_to_its_end(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"one")
    artifact = Artifact.from_path(path)
    assert b"".join(artifact.chunks()) == b"one"
    path.write_bytes(b"one and two")
    assert artifact.sha256 == hashlib.sha256(b"one and two").hexdigest()
