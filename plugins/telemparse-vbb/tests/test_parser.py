"""Values as the examples have them, read by a plain reader beside; and damage of every kind."""

from __future__ import annotations

import datetime as dt
import struct
from typing import Any

import numpy as np
import pytest

import telemparse
from telemparse import ArtifactSet, ParseOptions
from telemparse.extension.drive import drive
from telemparse.model.detection import Rung, Sniff
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta

from telemparse_vbb.detect import detect
from telemparse_vbb.examples import EXAMPLES, Writer
from telemparse_vbb.parser import parse_in_pieces

_LETTERS = {1: "B", 2: "H", 3: "h", 4: "I", 5: "i", 6: "Q", 7: "q", 8: "f", 9: "d", 10: "i"}
# Scales that single precision cannot hold; Racelogic's readers put them right one by one.
_DECIMALS = {0.0010000000474974513: 0.001, 3.5999999046325684: 3.6}


class _Plain:
    """Reads a file; `samples` has group, stamp and values by name, in file order."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at, self.order = content, 8, ">" if content[7] & 1 else "<"
        self.version = content[3]
        self.dates = [self._date(), self._date()]
        self.channels: dict[int, tuple[str, str, int, float, float]] = {}
        self.groups: dict[int, list[int]] = {}
        self.named: dict[int, str] = {}
        self.items: dict[str, object] = {}
        self.dumps: list[tuple[str, int]] = []
        self.samples: list[tuple[int, int, dict[str, float]]] = []
        while self.at < len(content):
            {
                5: self._naming,
                6: self._item,
                7: self._channel,
                8: self._group,
                9: self._sample,
                13: self._dump,
            }[self._take("B")]()

    def _take(self, letter: str) -> Any:
        value = struct.unpack_from(self.order + letter, self.content, self.at)[0]
        self.at += struct.calcsize(letter) if letter != "q" else 8
        return value

    def _date(self) -> bytes:
        width = 7 if self.version == 1 else 8
        self.at += width
        return self.content[self.at - width : self.at]

    def _raw(self) -> bytes:
        sevens = []
        while True:
            sevens.append(self._take("B"))
            if sevens[-1] < 128:
                break
        if self.order == "<":
            sevens.reverse()
        length = 0
        for seven in sevens:
            length = length * 128 + seven % 128
        self.at += length
        return self.content[self.at - length : self.at]

    def _naming(self) -> None:
        group = self._take("B")
        self.named[group] = self._raw().decode()

    def _item(self) -> None:
        self._take("B")
        name, kind = self._raw().decode(), self._take("B")
        values = {11: self._date, 12: lambda: self._raw().decode(), 13: self._raw}
        self.items[name] = values[kind]() if kind in values else self._take(_LETTERS[kind])

    def _channel(self) -> None:
        number, _group = self._take("H"), self._take("B")
        name, _long, unit, kind = self._raw().decode(), self._raw(), self._raw().decode(), self._take("B")
        scale, offset = self._take("d"), self._take("d")
        self._raw()
        self.channels[number] = (name, unit, kind, _DECIMALS.get(scale, scale), offset)

    def _group(self) -> None:
        group, count = self._take("B"), self._take("H")
        self.groups[group] = [self._take("H") for _ in range(count)]

    def _sample(self) -> None:
        stamp, group = self._take("I"), self._take("B")
        values = {}
        for number in self.groups[group]:
            name, _unit, kind, scale, offset = self.channels[number]
            values[name] = self._take(_LETTERS[kind]) * scale + offset
        self.samples.append((group, stamp, values))

    def _dump(self) -> None:
        self._take("H")
        name, _kind = self._raw().decode(), self._take("B")
        self.dumps.append((name, len(self._raw())))

    def column(self, name: str) -> list[tuple[int, float]]:
        """Return stamps and values of a channel."""
        return [(stamp, values[name]) for _group, stamp, values in self.samples if name in values]


BEGIN = dt.datetime(2025, 5, 4, 10, 0, tzinfo=dt.UTC)
RATES = EXAMPLES["rates.vbb"]
DAY_NS = 86_400 * 10**9
G = 9.80665


def _parsed(content: bytes | bytearray, **options: Any) -> telemparse.ParseResult:
    return telemparse.parse(
        {"run.vbb": bytes(content)}, ParseOptions(**options), parser="vbb", on_error="return"
    )


def _codes(result: telemparse.ParseResult) -> set[str]:
    return {issue.code for issue in (*result.warnings, *result.errors)}


def _issue(result: telemparse.ParseResult, code: str) -> Issue:
    return next(issue for issue in (*result.warnings, *result.errors) if issue.code == code)


def _column(result: telemparse.ParseResult, name: str, stream: str = "gnss_pvt") -> Any:
    return np.array(result.streams[stream][name].to_pylist(), float)


def _instants(result: telemparse.ParseResult, stream: str = "gnss_pvt") -> list[int]:
    return [t.value for t in result.streams[stream]["t"].to_pylist()]


def _small(samples: int = 20, order: str = ">") -> tuple[Writer, int]:
    """Return a file of one group of two channels, and where its samples begin."""
    writer = Writer(order)
    writer.header(BEGIN)
    writer.item("Date", 11, writer.stamp(BEGIN))
    writer.channel(1, "Speed of wheel", "km/h", 9)
    writer.channel(2, "Count", "", 2)
    writer.group(7, [1, 2])
    begin = len(writer.content)
    for number in range(samples):
        writer.sample(360_000_000 + 1000 * number, 7, [number / 4, number])
    return writer, begin


SAMPLE_BYTES = 16


# --- values ---------------------------------------------------------------------------------------


def test_positions_and_motion_are_those_that_a_plain_reader_sees() -> None:
    plain, result = _Plain(RATES), _parsed(RATES)
    rows = [(stamp, v) for group, stamp, v in plain.samples if group == 1 and v["satellites"]]
    assert len(rows) == result.streams["gnss_pvt"].num_rows == 140
    day = dt.datetime(2025, 5, 4, tzinfo=dt.UTC).timestamp()
    assert _instants(result) == [int(day) * 10**9 + (stamp - 180_000) * 100_000 for stamp, _v in rows]
    for name, channel, scale in (
        ("lat_deg", "latitude", 1 / 60), ("lon_deg", "longitude", 1 / 60), ("speed_mps", "velocity", 1 / 3.6),
        ("course_deg", "heading", 1), ("alt_m", "height", 1), ("vel_d_mps", "vert. velocity", -1 / 3.6),
        ("sat_count", "satellites", 1),
    ):  # fmt: skip
        assert np.allclose(
            _column(result, name), [v[channel] * scale for _t, v in rows], rtol=1e-6, atol=0
        ), name


def test_longitude_counts_to_the_east() -> None:
    samples = [sample for sample in drive(300, 20)[::2] if not 10 <= sample.seconds < 11]
    assert np.allclose(_column(_parsed(RATES), "lon_deg"), [sample.lon_deg for sample in samples], atol=1e-12)


def test_accuracy_of_another_group_of_the_same_instants_joins_the_position() -> None:
    result = _parsed(RATES)
    assert np.allclose(_column(result, "hacc_m"), 0.5)
    assert np.allclose(_column(result, "sacc_mps"), 0.02)


def test_solution_types_of_rtk_are_told_and_no_solution_is_no_fix() -> None:
    result = _parsed(RATES)
    assert set(_column(result, "fix_type")) == {7.0}
    assert result.metadata["epochs_without_fix"] == 10
    events = [event["event_type"] for event in result.streams["events"].to_pylist()]
    assert events == ["marker", "fix_lost", "fix_regained"]


def test_the_trigger_has_the_instant_that_the_receiver_states() -> None:
    result = _parsed(RATES)
    marker = result.streams["events"].to_pylist()[0]
    sample = next(stamp for group, stamp, _v in _Plain(RATES).samples if group == 41)
    begin = int(dt.datetime(2025, 5, 4, tzinfo=dt.UTC).timestamp()) * 10**9
    assert marker["t"].value == begin + (sample - 180_000) * 100_000 - 3_000_000 + 250_000


def test_a_level_that_rises_is_one_marker() -> None:
    writer = Writer()
    writer.header(BEGIN)
    writer.channel(1, "Event Marker", "", 5)
    writer.group(1, [1])
    for number, level in enumerate([1, 0, 0, 1, 1, 0, 2, 0]):
        writer.sample(1000 * number, 1, [level])
    events = _parsed(writer.content).streams["events"].to_pylist()
    assert [(event["t"].value % DAY_NS, event["value"]) for event in events] == [
        (DAY_NS - 18 * 10**9 + 300_000_000, 1.0), (DAY_NS - 18 * 10**9 + 600_000_000, 2.0),
    ]  # fmt: skip


def test_inertial_sensors_come_in_canonical_units() -> None:
    result = _parsed(RATES)
    plain = _Plain(RATES)
    for name, channel, scale, stream in (
        ("ax_mps2", "X_Accel", G, "imu_accel"), ("az_mps2", "Z_Accel", G, "imu_accel"),
        ("gz_rps", "YawRate", np.pi / 180, "imu_gyro"),
    ):  # fmt: skip
        wanted = [value * scale for _t, value in plain.column(channel)]
        assert np.allclose(_column(result, name, stream), wanted, rtol=1e-6), name


def test_a_channel_has_the_unit_and_the_scale_of_its_definition() -> None:
    group = _parsed(RATES).streams["channels.2hz"]
    assert set(group.column_names) == {"t", "adc_ch1", "rpm"}
    assert group["adc_ch1"].to_pylist()[:2] == [12.345, 12.345]
    assert group.schema.field("adc_ch1").metadata[b"source_unit"] == b"Volts"
    plain = [value for _t, value in _Plain(RATES).column("Engine Speed")]
    assert group["rpm"].to_pylist() == plain


@pytest.mark.parametrize("order", [">", "<"])
def test_all_types_of_values_keep_their_digits(order: str) -> None:
    values = {
        1: 255, 2: 65_535, 3: -32_768, 4: 2**32 - 1, 5: -(2**31), 6: 2**64 - 1, 7: -(2**63), 8: 0.1, 9: 0.1,
        10: -5,
    }  # fmt: skip
    writer = Writer(order)
    writer.header(BEGIN)
    for kind in values:
        writer.channel(kind, f"type {kind}", "", kind)
    writer.group(3, list(values))
    for number in range(5):
        writer.sample(number * 100, 3, list(values.values()))
    row = _parsed(writer.content).streams["channels.main"].to_pylist()[4]
    assert [row[f"type_{kind}"] for kind in values] == [
        *(value for kind, value in values.items() if kind < 8), float(np.float32(0.1)), 0.1, -5,
    ]  # fmt: skip


def test_a_scale_of_single_precision_is_the_decimal_it_stands_for() -> None:
    writer = Writer()
    writer.header(BEGIN)
    writer.channel(1, "a", "V", 5, scale=0.0010000000474974513, offset=2.0)
    writer.channel(2, "b", "V", 5, scale=1 / 3)
    writer.group(1, [1, 2])
    for number in range(4):
        writer.sample(number, 1, [1234, 3])
    assert _parsed(writer.content).streams["channels.main"].to_pylist()[0]["a"] == 3.234
    assert _parsed(writer.content).streams["channels.main"].to_pylist()[0]["b"] == 1.0


def test_two_solutions_are_told_apart() -> None:
    result = _parsed(EXAMPLES["filter.vbb"])
    assert {"gnss_pvt", "gnss_pvt.kalman", "pose"} <= set(result.streams)
    assert set(_column(result, "quality_flags", "gnss_pvt.kalman")) == {128.0}
    assert set(_column(result, "quality_flags")) == {0.0}
    pose = result.streams["pose"]
    assert pose.schema.metadata[b"pose_source"] == b"onboard_fused"
    assert pose.to_pylist()[0]["x_e_m"] == 0.0


def test_laps_come_from_the_count_of_the_vehicle() -> None:
    laps = _parsed(EXAMPLES["midnight.vbb"]).streams["laps"].to_pylist()
    assert [(lap["device_lap"], lap["duration_ns"]) for lap in laps] == [(2, 15 * 10**9), (3, 15 * 10**9)]
    assert {lap["source"] for lap in laps} == {"device"}


# --- clock ----------------------------------------------------------------------------------------


def test_midnight_is_passed_and_told() -> None:
    result = _parsed(EXAMPLES["midnight.vbb"])
    t = _instants(result, "channels.main")
    assert np.array_equal(np.diff(t), np.full(299, 200_000_000))
    assert t[0] == int(dt.datetime(2025, 5, 4, 23, 59, 30, tzinfo=dt.UTC).timestamp()) * 10**9
    assert result.metadata["clock"]["midnights"] == 1


def test_a_date_of_the_header_alone_is_doubtful() -> None:
    assert "DATE_UNRELIABLE" in _codes(_parsed(EXAMPLES["midnight.vbb"]))
    assert not _codes(_parsed(RATES))


def test_without_any_date_times_are_of_day() -> None:
    writer, _begin = _small()
    content = bytearray(writer.content)
    content[8:24] = bytes(16)
    content = content.replace(writer.stamp(BEGIN), bytes(8))
    result = _parsed(content)
    assert "TIME_RELATIVE" in _codes(result)
    assert _instants(result, "channels.main")[0] == 36_000 * 10**9


@pytest.mark.parametrize(
    ("clock", "stated", "ahead"),
    [("utc", None, 0), ("gnss", -17, -17), ("gnss", None, -18), ("utc", 3, 3)],
)
def test_utc_is_taken_from_the_offset_or_the_flag_or_the_leap_seconds(
    clock: str, stated: int | None, ahead: int
) -> None:
    writer = Writer(utc=clock == "utc")
    writer.header(BEGIN)
    writer.item("Date", 11, writer.stamp(BEGIN))
    if stated is not None:
        writer.item("GNSS Offset", 3, struct.pack(">h", stated))
    writer.channel(1, "a", "", 1)
    writer.group(1, [1])
    writer.sample(360_000_000, 1, [1])
    result = _parsed(writer.content)
    assert _instants(result, "channels.main") == [(int(BEGIN.timestamp()) + ahead) * 10**9]
    assert result.metadata["clock"]["utc_ahead_s"] == ahead


def test_a_recording_that_was_appended_to_goes_on_at_its_new_date() -> None:
    writer, _begin = _small(3)
    later = BEGIN + dt.timedelta(days=2, hours=1)
    writer.item("Append", 11, writer.stamp(later))
    writer.sample(396_000_000, 7, [1.0, 1])
    t = _instants(_parsed(writer.content), "channels.main")
    assert t[-1] == (int(later.timestamp()) - 18) * 10**9


# --- choice and pieces ----------------------------------------------------------------------------


def _rows(content: bytes | bytearray, piece_bytes: int) -> tuple[dict[str, list[Any]], list[tuple[str, ...]]]:
    """Return rows by stream and the issues, as the parser alone yields them."""
    streams: dict[str, list[Any]] = {}
    rest: list[tuple[str, ...]] = []
    for message in parse_in_pieces(ArtifactSet.of(bytes(content)), ParseOptions(), piece_bytes):
        if isinstance(message, Batch):
            streams.setdefault(message.stream, []).extend(message.data.to_pylist())
        elif isinstance(message, Issue):
            rest.append((message.code, str(message.locus), str(message.evidence)))
        elif isinstance(message, Meta):
            rest.append((message.key, str(message.value)))
    return streams, rest


@pytest.mark.parametrize("name", EXAMPLES)
def test_pieces_of_any_size_give_the_same(name: str) -> None:
    hurt = bytearray(EXAMPLES[name])
    for step in range(1, 13):
        hurt[24 + step * 6007 % (len(hurt) - 24)] ^= 1 << step % 8
    del hurt[9000:9005]
    for content in (EXAMPLES[name], hurt):
        whole = _rows(content, 1 << 20)
        assert _rows(content, 997) == whole
        assert _rows(content, 20_000) == whole


def test_only_the_channels_and_streams_that_are_asked_for_come() -> None:
    result = _parsed(RATES, channels=("rpm", "GPS"), streams=("channels",))
    assert {name: table.column_names for name, table in result.streams.items()} == {
        "channels.2hz": ["t", "rpm"]
    }


def test_two_files_are_kept_apart() -> None:
    result = telemparse.parse({"a.vbb": RATES, "b.vbb": EXAMPLES["filter.vbb"]}, on_error="return")
    assert {"gnss_pvt", "gnss_pvt.b", "channels.10hz", "channels.b"} <= set(result.streams)
    assert result.metadata["epochs_without_fix"] == 20


# --- damage ---------------------------------------------------------------------------------------


def _counts(result: telemparse.ParseResult) -> list[int]:
    table = result.streams.get("channels.main")
    return [] if table is None else table["count"].to_pylist()


@pytest.mark.parametrize("order", [">", "<"])
def test_a_file_cut_anywhere_gives_the_rows_before_the_cut(order: str) -> None:
    writer, begin = _small(6, order)
    content = bytes(writer.content)
    for end in range(len(content)):
        result = _parsed(content[:end])
        whole = max(0, end - begin) // SAMPLE_BYTES
        assert _counts(result) == list(range(whole)), end
        assert whole or _codes(result), end
        if end > begin and (end - begin) % SAMPLE_BYTES:
            issue = _issue(result, "ARTIFACT_TRUNCATED")
            assert str(issue.locus) == f"run.vbb, byte {begin + whole * SAMPLE_BYTES}"


def test_bytes_that_are_missing_cost_the_samples_around_them_and_no_others() -> None:
    writer, begin = _small(20)
    content = bytearray(writer.content)
    del content[begin + 5 * SAMPLE_BYTES + 8 : begin + 5 * SAMPLE_BYTES + 11]
    result = _parsed(content)
    assert _counts(result) == [*range(5), *range(6, 20)]
    assert _issue(result, "ROWS_SKIPPED").evidence["count"] == 1


def test_bytes_between_samples_are_passed_over_and_told() -> None:
    writer, begin = _small(20)
    content = bytearray(writer.content)
    content[begin + 5 * SAMPLE_BYTES : begin + 5 * SAMPLE_BYTES] = b"\xee" * 31
    result = _parsed(content)
    assert _counts(result) == [*range(4), *range(5, 20)]
    damage = _issue(result, "VBB_RECORDS_DAMAGED")
    assert damage.evidence["count"] == 1
    assert str(damage.locus) == f"run.vbb, byte {begin + 4 * SAMPLE_BYTES}"
    assert result.metadata["unknown_records"] == {"238": 1}


def test_a_sample_whose_time_stands_alone_is_left_out() -> None:
    writer, begin = _small(20)
    content = bytearray(writer.content)
    content[begin + 6 * SAMPLE_BYTES + 1] ^= 0x10
    content[begin + 9 * SAMPLE_BYTES + 1] = 0xFF
    result = _parsed(content)
    assert _counts(result) == [0, 1, 2, 3, 4, 5, 7, 8, *range(10, 20)]
    assert _issue(result, "ROWS_SKIPPED").evidence["reasons"] == {"time out of step": 2}


def test_samples_of_a_group_without_a_definition_are_counted_and_others_read() -> None:
    content = bytes(RATES)
    place = content.index(struct.pack(">BBH", 8, 40, 3))
    result = _parsed(content[:place] + content[place + 10 :])
    undefined = _issue(result, "VBB_GROUP_UNDEFINED")
    assert (undefined.evidence["count"], undefined.evidence["groups"]) == (150, "40")
    assert result.streams["gnss_pvt"].num_rows == 140
    assert result.streams["imu_accel"].num_rows == 300


def test_a_damaged_definition_costs_its_group_and_no_other() -> None:
    place = RATES.index(b"ADC_CH1") - 1
    hurt = bytearray(RATES)
    hurt[place] = 0x7F
    result = _parsed(hurt)
    assert "VBB_GROUP_UNDEFINED" in _codes(result)
    assert "VBB_RECORDS_DAMAGED" in _codes(result)
    assert result.streams["gnss_pvt"].num_rows == 140
    assert result.streams["imu_gyro"].num_rows == 300


def test_a_type_that_no_sample_can_hold_is_named() -> None:
    writer, _begin = _small(1)
    writer.channel(9, "Words", "", 12)
    writer.group(8, [9])
    writer.content += struct.pack(">BIB", 9, 360_000_500, 8) + b"\3abc"
    writer.sample(360_001_000, 7, [1.0, 1])
    result = _parsed(writer.content)
    assert _issue(result, "CHANNELS_SKIPPED").evidence["channels"] == "Words"
    assert _counts(result) == [0, 1]


@pytest.mark.parametrize("length", [b"\xff\xff\xff\xff\x7f", b"\x8f\xff\xff\xff\x7f", b"\xff" * 8])
def test_a_dump_that_claims_gigabytes_is_no_dump(length: bytes) -> None:
    writer, _begin = _small(2)
    samples = writer.content[-2 * SAMPLE_BYTES :]
    content = writer.content[: -2 * SAMPLE_BYTES] + b"\x0d\0\0\4DUMP\x0d" + length + samples
    result = _parsed(content)
    assert _counts(result) == [0, 1]
    assert "VBB_RECORDS_DAMAGED" in _codes(result)


def test_chains_of_empty_records_end() -> None:
    head = bytes(_small(0)[0].content)
    for chain in (b"\x08\1\0\0", b"\x06\0\0\0", b"\x05\0\0", b"\0", b"\x09" + bytes(5), b"\x08\7\0\1\0\1"):
        result = _parsed(head + chain * 5000)
        assert _codes(result), chain


def test_a_group_that_is_made_up_anew_is_read_as_it_stands_then() -> None:
    writer, _begin = _small(5)
    writer.channel(3, "Volts", "V", 8)
    writer.group(7, [3, 2])
    writer.sample(360_005_000, 7, [2.5, 77])
    rows = _parsed(writer.content).streams["channels.main"].to_pylist()
    assert [row["count"] for row in rows] == [0, 1, 2, 3, 4, 77]
    assert rows[-1]["volts"] == 2.5
    assert rows[-1]["speed_of_wheel"] is None


def test_a_group_that_is_defined_again_and_again_is_given_up() -> None:
    writer, _begin = _small(5)
    for number in range(1200):
        writer.group(7, [2, 1][:: 1 if number % 2 else -1])
    writer.sample(360_005_000, 7, [2.5, 77])
    result = _parsed(writer.content)
    assert _counts(result) == [0, 1, 2, 3, 4]
    assert "VBB_GROUP_UNDEFINED" in _codes(result)


def test_a_group_that_is_defined_twice_alike_stays_as_it_is() -> None:
    writer, _begin = _small(5)
    for _turn in range(1200):
        writer.group(7, [1, 2])
    writer.sample(360_005_000, 7, [2.5, 77])
    result = _parsed(writer.content)
    assert _counts(result) == [0, 1, 2, 3, 4, 77]
    assert not _codes(result)


def test_a_channel_that_changes_its_type_is_another_column() -> None:
    writer, _begin = _small(5)
    writer.channel(2, "Count", "", 8)
    writer.group(7, [1, 2, 2])
    writer.sample(360_005_000, 7, [2.5, 0.5, 1.5])
    result = _parsed(writer.content)
    assert result.streams["channels.main"].to_pylist()[5]["count_2"] == 0.5
    assert result.streams["channels.main"].to_pylist()[5]["count_3"] == 1.5
    assert _counts(result) == [0, 1, 2, 3, 4, None]
    assert not _codes(result)


def test_impossible_values_are_left_out_and_counted() -> None:
    writer = Writer()
    writer.header(BEGIN)
    for number, name in enumerate(("latitude", "longitude", "velocity"), start=1):
        writer.channel(number, name, "kmh" if number == 3 else "", 9)
    writer.group(1, [1, 2, 3])
    nothing = float("nan")
    samples = [(60, 60, 1), (6000, 60, 1), (60, 60, -1), (60, nothing, 1), (0, 0, 1), (60, -60, float("inf"))]
    for number, values in enumerate(samples):
        writer.sample(number * 1000, 1, values)
    result = _parsed(writer.content)
    assert _column(result, "lon_deg").tolist() == [1, 1, -1]
    assert result.streams["gnss_pvt"]["speed_mps"].to_pylist()[1:] == [None, None]
    assert {w.evidence["column"] for w in result.warnings if w.code == "VALUE_OUT_OF_RANGE"} == {
        "latitude",
        "velocity",
    }
    assert result.metadata["epochs_without_fix"] == 2


def test_numbers_beyond_all_bounds_are_no_numbers() -> None:
    writer = Writer()
    writer.header(BEGIN)
    writer.channel(1, "time", "s", 9, scale=1e29)
    writer.channel(2, "a", "", 8)
    writer.group(1, [1, 2])
    for number in range(4):
        writer.sample(number * 1000, 1, [1e300, 3e38])
    result = _parsed(writer.content)
    assert result.streams["channels.main"]["time"].to_pylist() == [None] * 4
    assert _codes(result) >= {"DATE_UNRELIABLE"}


@pytest.mark.parametrize("head", [b"VBB", b"VBB\2\0\0\0\1", b"VBB\3\0\0\0\1" + bytes(40), b"VBC" + bytes(40)])
def test_what_does_not_begin_as_vbb_is_an_error(head: bytes) -> None:
    assert "VBB_NO_HEADER" in _codes(_parsed(head))


def test_a_header_without_records_is_no_recording() -> None:
    result = _parsed(_small(0)[0].content[:24])
    assert not result.ok


# --- detection ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "rung"),
    [
        (RATES, Rung.SIGNATURE),
        (EXAMPLES["midnight.vbb"], Rung.SIGNATURE),
        (RATES[:8] + bytes(16) + RATES[24:], Rung.MARKER),
        (RATES[:24] + b"\0" + RATES[24:], Rung.MARKER),
        (RATES[:8] + bytes(17), Rung.SHAPE),
        (b"VBB\3" + RATES[4:], Rung.NAME),
        (b"VBB, a poem about buses", Rung.NAME),
        (b"BBV" + RATES[3:], Rung.NO),
    ],
)
def test_what_a_head_is_worth(head: bytes, rung: Rung) -> None:
    assert detect((Sniff("run.bin", len(head), head, b""),)).rung is rung
