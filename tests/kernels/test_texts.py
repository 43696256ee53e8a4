"""Strings from Python and masks of them, against Arrow's own conversion."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from telemparse.kernels.texts import blank, only, strings


@given(st.lists(st.text(max_size=6)))
def test_strings_are_what_arrow_makes_of_the_same_list(values):
    assert strings(values).to_pylist() == values


def test_letters_that_utf8_lacks_are_replaced():
    assert strings(["a\ud800b"]).to_pylist() == ["a?b"]


@given(st.lists(st.tuples(st.none() | st.text(max_size=3), st.booleans()), max_size=12))
def test_only_and_blank_agree_with_lists(rows):
    values, chosen = [value for value, _keep in rows], [keep for _value, keep in rows]
    array = pa.array(values, pa.string())
    kept = only(array, np.array(chosen, np.bool_))
    assert kept.to_pylist() == [value if keep else None for value, keep in rows]
    assert blank(array).tolist() == [not value for value in values]


def test_casting_odd_columns_does_not_import_pandas():
    code = (
        "import sys, numpy as np\n"
        "from telemparse.kernels.casts import floats, instants\n"
        "from telemparse.kernels.texts import strings\n"
        "floats(strings([' 1', 'x', '']))\n"
        "instants(strings([' 2024-05-04 10:20:30', '2024-05-04T10:20:30.1234567890Z', 'x']))\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
