"""Words of a buffer: the bytes before any place of it, wherever the buffer lies."""

from __future__ import annotations

import numpy as np
import pytest

from telemparse.kernels.words import words_before, words_of


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 16, 40])
@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_the_bytes_before_each_place_are_the_upper_ends_of_words(length, kind):
    data = bytes(range(1, length + 1))
    words = words_of(np.frombuffer(data, np.uint8))
    last, before = words_before(words, np.arange(length + 1, dtype=kind), more=True)
    only, nothing = words_before(words, np.arange(length + 1, dtype=kind))
    assert nothing is None
    for end in range(length + 1):
        near, far = data[max(end - 8, 0) : end], data[max(end - 16, 0) : max(end - 8, 0)]
        assert last[end : end + 1].tobytes()[8 - len(near) :] == near
        assert only[end : end + 1].tobytes()[8 - len(near) :] == near
        assert before[end : end + 1].tobytes()[8 - len(far) :] == far


def test_a_buffer_that_lies_at_words_is_not_copied():
    memory = np.zeros(3, np.uint64).view(np.uint8)
    assert np.shares_memory(words_of(memory), memory)
    for odd in (memory[1:17], memory[:-1]):
        assert not np.shares_memory(words_of(odd), odd)
        assert words_of(odd).tobytes().startswith(odd.tobytes())
