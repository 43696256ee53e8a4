"""Invariants of the CSV parser: any bytes end in messages, every layout reads back, blocks do not matter."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemparse.formats.csv.examples import EXAMPLES
from telemparse.formats.csv.parser import BLOCK_BYTES, parse, parse_in_blocks
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import check

OPTIONS = ParseOptions()


def _generic():
    rows = ["timestamp,latitude,longitude,altitude_m,speed_mps,rpm"]
    for i in range(60):
        stamp = f"2025-05-04T10:00:{i // 10:02d}.{i % 10}00Z"
        position = f"{48.1 + i * 1e-5:.7f},{11.5 + i * 2e-5:.7f},{520 + i / 10:.1f}"
        rows.append(f"{stamp},{position},{20 + i / 20:.2f},{4000 + i}")
    return "\n".join([*rows, ""]).encode()


def _semicolons():
    rows = ["Datum;Uhrzeit;Breitengrad;Längengrad;Geschwindigkeit (km/h)"]
    for i in range(30):
        numbers = (f"{48.1 + i * 1e-4:.6f}", f"{11.5 + i * 1e-4:.6f}", f"{70 + i / 2:.1f}")
        cells = [number.replace(".", ",") for number in numbers]
        rows.append(";".join(["24.05.2025", f"10:00:{i:02d}", *cells]))
    return "\r\n".join([*rows, ""]).encode("cp1252")


# Tables that no dialect claims, and one of each that a dialect does.
SAMPLES = {"generic.csv": _generic(), "semicolons.csv": _semicolons(), **EXAMPLES}


def _messages(data, options=OPTIONS, block_bytes=BLOCK_BYTES):
    """Return all messages; whatever the parser raises comes through."""
    return list(parse_in_blocks(ArtifactSet.of({"log.csv": data}), options, block_bytes))


def _assert_sound(messages):
    """Every message is of its three kinds, and every batch fits its schema without a complaint."""
    for message in messages:
        assert isinstance(message, Batch | Issue | Meta)
        if isinstance(message, Batch):
            _table, problems = check(message.stream, message.data)
            assert not problems, (message.stream, problems)
    assert messages, "silence about a file"


@given(st.binary(max_size=2000))
def test_any_bytes_end_in_messages(data):
    _assert_sound(_messages(data))


CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "0", "-1", "48.1", "4807.038", "1e999", "nan", "N", "S", "12:00:00", "2025-05-04T10:00:00Z",
         "2025-05-04", "04/05/2025", "250504", "173418", "1746352800", "1746352800500", "3D", "no fix",
         "5 km/h", "6(9)", "48°07'N", "x", '"', "a,b", "999999999999999999999",
         "1e-400", "-0", "+5", ".5", "5."]
    ),
    st.text(max_size=8),
    st.floats().map(repr),
)  # fmt: skip
HEADINGS = st.one_of(
    st.sampled_from(
        ["time", "t", "date", "hour", "minute", "second", "ms", "utc time", "lat", "lon", "n/s", "e/w",
         "alt (ft)", "speed", "speed (km/h)", "course", "fix", "fix_type", "sats", "hdop", "ax (g)", "ay (g)",
         "az (g)", "gx", "mag_x", "rpm", "gear", "tow", "gps_week", "utcoffset", "GPS_Update", "vel_u",
         "time_ms", "note", "", "lat"]
    ),
    st.text(max_size=8),
)  # fmt: skip


@given(
    st.lists(HEADINGS, min_size=1, max_size=8),
    st.data(),
    st.tuples(
        st.sampled_from([",", ";", "\t", "|", " "]),
        st.sampled_from(["\n", "\r\n", "\r"]),
        st.sampled_from(["utf-8", "utf-16", "cp1252"]),
    ),
    st.sampled_from([None, "Europe/Berlin"]),
)
def test_tables_of_any_cells_end_in_sound_messages(header, data, form, zone):
    delimiter, end, encoding = form
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=8))
    text = end.join(delimiter.join(row) for row in [header, *rows])
    _assert_sound(_messages(text.encode(encoding, "replace"), ParseOptions(timezone=zone)))


SPRINKLES = (b'"', b"\0", b"\n", b",", b";", b"\xff", b"-", b"e99", b"'")


def _mutated(data, seed):
    """Return the sample cut, flipped, repeated or sprinkled, as the seed says."""
    rng = random.Random(seed)  # noqa: S311  (damage, not secrets)
    content = bytearray(data)
    for _blow in range(rng.randint(1, 6)):
        kind, place = rng.randrange(5), rng.randrange(len(content) + 1)
        length = rng.randrange(1, 200)
        if kind == 0:
            del content[place:]
        elif kind == 1:
            del content[place : place + length]
        elif kind == 2:
            content[place:place] = content[max(place - length, 0) : place]
        elif kind == 3:
            content[place:place] = rng.choice(
                [b'"', b"\0", b"\n", b",", b";", b"\xff", b"-", b"e99", b"'"]
            ) * rng.randint(1, 3)
        elif content:
            content[place % len(content)] = rng.randrange(256)
        if not content:
            break
    return bytes(content)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_samples_end_in_sound_messages(name, seed):
    _assert_sound(_messages(_mutated(SAMPLES[name], seed)))


def _decimal(value, digits, decimal):
    return f"{value:.{digits}f}".replace(".", decimal)


LAYOUTS = st.fixed_dictionaries({
    "delimiter": st.sampled_from([",", ";", "\t", "|"]),
    "decimal": st.sampled_from([".", ","]),
    "quote": st.sampled_from(["", '"']),
    "end": st.sampled_from(["\n", "\r\n", "\r"]),
    "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    "speed": st.sampled_from([("m/s", 1.0), ("km/h", 3.6), ("mph", 1 / 0.44704), ("kn", 3600 / 1852)]),
    "height": st.sampled_from([("m", 1.0), ("ft", 1 / 0.3048)]),
    "step_ms": st.sampled_from([40, 100, 1000, 61_000]),
})  # fmt: skip
# Latitude, longitude, altitude, speed and course; the first of a file lies well away from 0/0.
PLACES = st.tuples(
    st.floats(-89, 89), st.floats(-179, 179), st.floats(-400, 9000), st.floats(0, 100), st.floats(0, 359)
)
START_MS = 1_746_352_800_000


def _written(rows, layout):
    """Return the table in a layout, as bytes."""
    decimal = "." if layout["delimiter"] == "," else layout["decimal"]
    (speed, mps), (height, metres) = layout["speed"], layout["height"]
    lines = [["timestamp", "Breite (°)", "Länge (°)", f"Höhe [{height}]", f"speed ({speed})", "Kurs"]]
    for number, (lat, lon, alt, velocity, course) in enumerate(rows):
        values = ((lat, 8), (lon, 8), (alt * metres, 6), (velocity * mps, 6), (course, 4))
        cells = [_decimal(value, digits, decimal) for value, digits in values]
        lines.append([str(START_MS + number * layout["step_ms"]), *cells])
    quoted = ([f"{layout['quote']}{cell}{layout['quote']}" for cell in line] for line in lines)
    return (
        layout["end"]
        .join([*(layout["delimiter"].join(line) for line in quoted), ""])
        .encode(layout["encoding"])
    )


@given(st.lists(PLACES, min_size=1, max_size=20), LAYOUTS, st.sampled_from([40, 100, 1000, BLOCK_BYTES]))
def test_a_table_reads_back_whatever_its_layout(rows, layout, size):
    rows = [(48.1, 11.5, 500.0, 30.0, 90.0), *rows]
    messages = _messages(_written(rows, layout), block_bytes=size)
    _assert_sound(messages)
    batches = [m.data for m in messages if isinstance(m, Batch) and m.stream == "gnss_pvt"]
    instants = [value for batch in batches for value in batch.column("t").cast("int64").to_pylist()]
    table = [row for batch in batches for row in batch.drop_columns(["t"]).to_pylist()]
    # As written, with eight decimals: 6e-9 is no zero any more.
    far = (max(abs(round(lat, 8)), abs(round(lon, 8))) >= 1e-8 for lat, lon, *_others in rows)
    kept = [(number, row) for number, (row, is_far) in enumerate(zip(rows, far, strict=True)) if is_far]
    assert instants == [(START_MS + number * layout["step_ms"]) * 10**6 for number, _row in kept]
    for found, (_number, row) in zip(table, kept, strict=True):
        for name, value, precise in zip(
            ("lat_deg", "lon_deg", "alt_m", "speed_mps", "course_deg"),
            row,
            (6e-9, 6e-9, 1e-4, 1e-4, 1e-4),
            strict=True,
        ):
            assert math.isclose(found[name], value, rel_tol=2e-7, abs_tol=precise), name


def _joined(messages):
    streams = {}
    for message in messages:
        if isinstance(message, Batch) and message.data.num_rows:  # a batch without rows says nothing
            streams.setdefault(message.stream, []).extend(message.data.to_pylist())
    issues = [(m.code, m.evidence, m.locus) for m in messages if isinstance(m, Issue)]
    return streams, issues, [(m.key, m.value) for m in messages if isinstance(m, Meta)]


# A line that is longer than several blocks is given up, so that blocks hold a line or more here.
@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 10**6), st.integers(100, 600))
def test_the_size_of_blocks_changes_nothing(name, seed, size):
    data = _mutated(SAMPLES[name], seed)
    assert _joined(_messages(data, block_bytes=size)) == _joined(_messages(data))


def test_a_quote_astray_among_cells_that_span_lines_moves_nothing_between_blocks():
    rows = [f'2025-05-04T10:{i // 60:02d}:{i % 60:02d}Z,48.1,11.5,"a\n{i}"' for i in range(120)]
    rows[3], rows[60] = rows[3].replace("11.5", '11.5"'), rows[60] + '"'
    data = "\n".join(["time,lat,lon,note", *rows, ""]).encode()
    whole = _joined(_messages(data))
    assert len(whole[0]["gnss_pvt"]) >= 119
    for size in (200, 528, 1000):
        assert _joined(_messages(data, block_bytes=size)) == whole


def test_the_size_of_blocks_does_not_move_a_clock_or_a_unit():
    rows = [
        f"2025-05-04 10:{i // 240:02d}:{i // 4 % 60:02d},{i * 250},{48 + i * 5 / 111194.9:.7f},11.5,72"
        for i in range(900)
    ]
    data = "\n".join(["time utc,elapsed (ms),lat,lon,speed", *rows, ""]).encode()
    whole = _joined(_messages(data))
    assert whole[1][0][1]["unit"] == "km/h"
    for size in (64, 1000, 7000):
        assert _joined(_messages(data, block_bytes=size)) == whole


def test_parse_is_the_same_as_its_blocks():
    data = SAMPLES["generic.csv"]
    assert _joined(list(parse(ArtifactSet.of({"log.csv": data}), OPTIONS))) == _joined(_messages(data))
