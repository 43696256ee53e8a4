"""The author's encoder: its files, and what it says when it says nothing."""

from __future__ import annotations

import pytest

from telemparse.testing import Encoder


def test_bytes_are_a_file_of_the_encoders_name():
    assert Encoder(write=lambda table: table + b"!").files(b"rows") == {"encoded": b"rows!"}
    assert Encoder(write=lambda table: table, name="a.x").files(b"rows") == {"a.x": b"rows"}


def test_several_files_keep_their_names():
    written = {"a.x": b"1", "a.y": b"2"}
    files = Encoder(write=lambda _table: written, name="unused").files(None)

    assert files == written
    assert files is not written


def test_an_encoder_that_says_no_more_carries_positions_to_the_millisecond_without_loss():
    encoder = Encoder(write=bytes)

    assert (encoder.columns, dict(encoder.tolerances), encoder.step_ns) == ((), {}, 1_000_000)
    assert Encoder(write=bytes, columns=["alt_m"]).columns == ("alt_m",)


def test_what_an_encoder_is_made_of_has_to_be_named():
    with pytest.raises(TypeError):
        Encoder(bytes)
