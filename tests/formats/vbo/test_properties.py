"""For any layout the parser agrees with the plain reader, and for any bytes blocks make no difference."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from formats.vbo.plain_vbo import read_plainly
from formats.vbo.writing import messages, parsed, row, vbo
from telemparse.formats.vbo.examples import EXAMPLES

COLUMNS = {
    "sats": st.integers(0, 63).map("{:03d}".format),
    # Away from 0/0, which is no fix.
    "lat": st.floats(1, 5000).map("{:+.8f}".format),
    "lon": st.floats(-10_000, 10_000).map("{:+.8f}".format),
    "velocity": st.floats(0, 400).map("{:07.3f}".format),
    "heading": st.floats(-180, 359.9).map("{:.2f}".format),
    "height": st.floats(-500, 9000).map("{:+.2f}".format),
    "Engine_Speed": st.floats(0, 1e5).map("{:+.6E}".format),
}


@st.composite
def files(draw):
    """Return a healthy file of any layout: order and spelling of columns, signs, blanks, line ends."""
    order = draw(st.permutations(["time", *COLUMNS]))
    spelling = {
        "lon": draw(st.sampled_from(["long", "lng", "longitude"])),
        "lat": draw(st.sampled_from(["lat", "latitude"])),
    }
    count = draw(st.integers(1, 30))
    start_s = draw(st.integers(0, 86_399))
    step_ms = draw(st.sampled_from([10, 40, 100, 1000, 60_000]))
    rows = []
    for number in range(count):
        ms = (start_s * 1000 + number * step_ms) % 86_400_000
        stamp = f"{ms // 3_600_000:02d}{ms // 60_000 % 60:02d}{ms % 60_000 / 1000:06.3f}"
        cells = [stamp if name == "time" else draw(COLUMNS[name]) for name in order]
        rows.append(" ".join(cells))
    edge = draw(st.sampled_from(["", " "]))
    gap = draw(st.sampled_from([" ", "  ", "\t"]))
    rows = [line.replace(" ", gap) + edge for line in rows]
    return vbo(
        rows,
        names=" ".join(spelling.get(name, name) for name in order),
        end=draw(st.sampled_from(["\n", "\r\n"])),
        head=draw(st.sampled_from(["", "File created on 17/05/2025 at 12:00:00"])),
    )


@given(files())
def test_rows_are_those_of_the_plain_reader(data):
    plain = read_plainly(data)
    result = parsed(data)
    channels = result.streams["channels.main"]
    t_ns = channels["t"].cast("int64").to_numpy()
    assert (t_ns - t_ns[0]).tolist() == [r["of_day_ns"] - plain[0]["of_day_ns"] for r in plain]
    assert (t_ns % 86_400_000_000_000).tolist() == [r["of_day_ns"] % 86_400_000_000_000 for r in plain]
    np.testing.assert_allclose(
        channels["rpm"].to_numpy(), [float(r["cells"]["Engine_Speed"]) for r in plain], rtol=1e-6, atol=1e-30
    )
    table = result.streams["gnss_pvt"]
    assert table.num_rows == len(plain)
    for name, tolerance in (("lat_deg", 1e-12), ("lon_deg", 1e-12), ("alt_m", 0), ("course_deg", 4e-5)):
        off = np.abs(table[name].to_numpy() - np.array([r[name] for r in plain]))
        assert (off if name != "course_deg" else np.minimum(off, 360 - off)).max() <= tolerance


def worn(data, blows):
    """Return the bytes with each blow: (share of the way, bytes to put there, bytes to take away)."""
    for share, put, take in blows:
        place = int(share * len(data))
        data = data[:place] + put + data[place + take :]
    return data


BLOWS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from(
            [
                b"",
                b"\n",
                b" ",
                b"x",
                b"\0\0",
                b"\xff",
                b"nan",
                b"[comments]\nhm\n[data]\n",
                b"-",
                b"1e999",
                b"0",
            ]
        ),
        st.integers(0, 12),
    ),
    max_size=4,
)


@given(BLOWS, st.integers(60, 2000), st.booleans())
def test_blocks_make_no_difference_however_damaged_the_file_is(blows, block_bytes, second):
    data = worn(EXAMPLES["logger.vbo" if second else "app.vbo"], blows)
    assert repr(messages(data, block_bytes)) == repr(messages(data, 1 << 20))


@given(st.lists(st.sampled_from([0, 1, 2, 3, 7]), min_size=1, max_size=40), st.integers(60, 400))
def test_laps_do_not_depend_on_blocks(numbers, block_bytes):
    rows = [row(place, more=f"{number:+.6E}") for place, number in enumerate(numbers)]
    data = vbo(rows, names="sats time lat long velocity heading height Lap_Number")
    assert repr(messages(data, block_bytes)) == repr(messages(data, 1 << 20))
