"""Real MoTeC logs, against a plain little reader, the device's own extremes, and a table of the same run."""

from __future__ import annotations

import csv
import itertools
import struct

import numpy as np
import pytest

import telemparse

FILES = {"motec-adl-calder-2005.ld": 78, "gran-turismo-20230404.ld": 13}
ROWS = {
    "motec-adl-calder-2005.ld": {
        "channels.100hz": 45_400, "channels.50hz": 22_700, "channels.20hz": 9080, "channels.10hz": 4540,
        "channels.5hz": 2270, "channels.2hz": 908, "channels.1hz": 454, "laps": 4, "events": 4,
    },
    "gran-turismo-20230404.ld": {"channels.main": 11_699},
}  # fmt: skip
SPANS = {
    "motec-adl-calder-2005.ld": ("2005-11-23T09:53:00", "2005-11-23T10:00:33.990"),
    "gran-turismo-20230404.ld": ("2023-04-04T13:16:25", "2023-04-04T13:19:39.966666667"),
}


def channels_of(data: bytes):
    """Yield (name, unit, values, numbers, largest and smallest number as the device says) of each channel."""
    place = struct.unpack_from("<I", data, 8)[0]
    while place:
        after, begin, count = struct.unpack_from("<3I", data, place + 4)
        kind, width, _rate, shift, factor, scale, decimals = struct.unpack_from("<3H4h", data, place + 18)
        assert (kind in (0, 3), width) == (True, 2)
        numbers = struct.unpack_from(f"<{count}h", data, begin)
        values = [(number / scale * 10.0**-decimals + shift) * factor for number in numbers]
        name, unit = (
            data[place + at : place + at + size].partition(b"\0")[0].decode()
            for at, size in ((32, 32), (72, 12))
        )
        yield name, unit, values, numbers, struct.unpack_from("<2i", data, place + 84)
        place = after


@pytest.fixture(scope="module", params=FILES)
def log(request, corpus):
    path = corpus / "motec-ld" / request.param
    return request.param, path.read_bytes(), telemparse.parse(path)


def column_of(result, name):
    """Return the field and the cells of the only column that has a source name."""
    found = [
        (field, table.column(field.name))
        for table in result.streams.values()
        for field in table.schema
        if field.metadata.get(b"source_name") == name.encode()
    ]
    (only,) = found
    return only


def test_each_log_gives_its_rows_and_says_nothing_but_that_it_has_no_zone(log):
    name, _data, result = log
    assert {stream: table.num_rows for stream, table in result.streams.items()} == ROWS[name]
    assert [issue.code for issue in (*result.errors, *result.warnings)] == ["TIME_ZONE_ASSUMED_UTC"]
    assert (result.device_family, result.device_model) == ("MoTeC", "ADL")
    assert not result.capabilities.has_gnss_position
    assert result.metadata["channels_stated"] == FILES[name]


def test_samples_begin_with_the_log_and_end_a_period_before_it_does(log):
    name, _data, result = log
    stream = next(stream for stream in ROWS[name])
    t = result.streams[stream].column("t").to_numpy()
    assert (t[0], t[-1]) == tuple(np.datetime64(text, "ns") for text in SPANS[name])


def test_every_value_is_what_a_plain_reader_reads(log):
    name, data, result = log
    factors = {"km/h": 1 / 3.6, "G": 9.80665, "kPa": 0.01, "deg/s": np.pi / 180}
    count = 0
    for source, unit, values, _numbers, _extremes in channels_of(data):
        field, cells = column_of(result, source)
        converted = field.metadata[b"unit"].decode() in ("m/s", "m/s2", "bar", "rad/s") and unit != "bar"
        expected = np.array(values) * (factors[unit] if converted else 1)
        assert cells.null_count == 0
        np.testing.assert_allclose(cells.to_numpy(), expected, rtol=1e-6, atol=1e-6)
        count += 1
    assert count == FILES[name]


def test_the_smallest_and_the_largest_are_those_that_the_device_wrote_down(corpus):
    path = corpus / "motec-ld" / "motec-adl-calder-2005.ld"
    result = telemparse.parse(path)
    for source, _unit, values, numbers, (largest, smallest) in channels_of(path.read_bytes()):
        assert (max(numbers), min(numbers)) == (largest, smallest)
        _field, cells = column_of(result, source)
        assert int(np.argmax(cells.to_numpy())) == int(np.argmax(values))


def test_a_log_says_what_its_table_says(corpus):
    ours = telemparse.parse(corpus / "motec-ld" / "gran-turismo-20230404.ld").streams["channels.main"]
    with (corpus / "motec-csv" / "gran-turismo-60hz-20230404-laps.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row]
    begin = next(index for index, row in enumerate(rows) if row[0] == "Time")
    names, texts = rows[begin], rows[begin + 2 :]
    cells = np.array(texts, np.float64)
    # i2 closes a table with the instant at which the log ends, and the last sample once more.
    assert len(cells) == ours.num_rows + 1
    assert cells[-1, 2:].tolist() == cells[-2, 2:].tolist()
    cells = cells[:-1]
    seconds = (ours.column("t").to_numpy() - np.datetime64("2023-04-04T13:16:25", "ns")).astype(float) / 1e9
    np.testing.assert_allclose(seconds, cells[:, 0], atol=5.1e-4)
    seen = 0
    for field in ours.schema:
        source = field.metadata.get(b"source_name", b"").decode()
        if source not in names:
            continue
        index = names.index(source)
        decimals = max(len(row[index].partition(".")[2]) for row in texts[:50])
        factor = {"m/s": 3.6, "m/s2": 1 / 9.80665}.get(field.metadata[b"unit"].decode(), 1)
        values = ours.column(field.name).to_numpy().astype(np.float64) * factor
        off = np.flatnonzero(np.abs(values - cells[:, index]) > 0.51 * 10**-decimals + 1e-6 * np.abs(values))
        # At one change of the gear i2 is a sample late, for it samples the log anew.
        assert off.tolist() == ([4214] if source == "Gear" else [])
        assert cells[off, index].tolist() == values[off - 1].tolist()
        seen += 1
    assert seen == 13


def test_laps_are_those_of_the_lap_time_channel(corpus):
    path = corpus / "motec-ld" / "motec-adl-calder-2005.ld"
    laps = telemparse.parse(path).streams["laps"].to_pylist()
    times = next(
        values for name, _unit, values, *_rest in channels_of(path.read_bytes()) if name == "Lap Time"
    )
    stated = [round(time * 1e9) for time in dict.fromkeys(times) if time]
    assert [lap["duration_ns"] for lap in laps] == stated
    assert stated == [65_150_000_000, 63_680_000_000, 65_180_000_000, 63_750_000_000]
    # The crossings come from another channel of the device, which runs from line to line.
    for before, after in itertools.pairwise(laps):
        assert abs((after["t_start"] - before["t_end"]).total_seconds()) <= 0.02
    assert {lap["source"] for lap in laps} == {"device"}


def test_two_channels_of_a_real_log_are_read_alone(corpus):
    options = telemparse.ParseOptions(channels=("rpm", "Susp Pos FL"), streams=("channels",))
    result = telemparse.parse(corpus / "motec-ld" / "motec-adl-calder-2005.ld", options)
    assert {name: table.column_names for name, table in result.streams.items()} == {
        "channels.10hz": ["t", "rpm"], "channels.100hz": ["t", "susp_pos_fl"],
    }  # fmt: skip


def test_a_real_log_cut_anywhere_keeps_the_beginning_of_every_channel(log):
    name, data, result = log
    rng = np.random.default_rng(11)
    for size in rng.integers(1, len(data), 12).tolist():
        cut = telemparse.parse(
            {name: data[:size]}, telemparse.ParseOptions(parser="motec_ld"), on_error="return"
        )
        codes = {issue.code for issue in (*cut.errors, *cut.warnings)}
        assert codes & {"ARTIFACT_TRUNCATED", "ARTIFACT_EMPTY"}
        assert "PARSER_CRASHED" not in codes
        whole = {field.name: table for table in result.streams.values() for field in table.schema}
        for stream, table in cut.streams.items():
            if not stream.startswith("channels."):
                continue
            for field in table.schema:
                there = table.column(field.name).drop_null()
                assert there.equals(whole[field.name].column(field.name)[: len(there)]) or field.name == "t"
