"""Generated and mutated NMEA: fast and slow readers agree, cutting does not matter, no bytes break it."""

from __future__ import annotations

import datetime as dt
import functools
import math
import operator
import random

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from formats.nmea.reference import Reader
from telemparse.formats.nmea.examples import EXAMPLES
from telemparse.formats.nmea.parser import read
from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.issues import Issue
from telemparse.model.messages import Batch, Meta
from telemparse.model.options import ParseOptions
from telemparse.schemas import check

NARROW = ("speed_mps", "course_deg", "hdop", "vdop", "pdop", "hacc_m", "vacc_m")
HEAD = b"$GPTXT,01,01,02,a log with checksums*63\r\n"


def summed(body):
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}"


class Writer:
    """Writes a log in the habits of some receiver, with some oddities."""

    def __init__(self, rng, oddity):
        self.rng, self.oddity = rng, oddity
        self.talker = rng.choice(["GP", "GN", "GL", "GB", "GQ", "BD", "QZ", "GA"])
        self.decimals = rng.choice([0, 1, 2, 3, 9])
        self.t = dt.datetime(2024, 12, 31, 23, 59, rng.choice([0, 50, 58]), tzinfo=dt.UTC)
        self.step = dt.timedelta(milliseconds=rng.choice([1000, 100, 40, 5000, 3_600_000]))
        self.kinds = rng.sample(list(self.writers), rng.randint(1, len(self.writers)))
        self.rates = {kind: rng.choice([1, 1, 1, 2, 5]) for kind in self.kinds}

    def odd(self):
        return self.rng.random() < self.oddity

    def log(self, epochs):
        lines = []
        for number in range(epochs):
            self.t += self.step
            group = [
                self.sentence(kind)
                for kind in self.kinds
                for _time in range(2 if self.odd() else 1)
                if number % self.rates[kind] == 0 and not self.odd()
            ]
            if self.odd():
                self.rng.shuffle(group)
            lines += group
            if self.odd():
                self.t += self.rng.choice([-2, -1, 3, 300]) * self.step
        for _time in range(len(lines) // 4 if self.odd() else 0):
            lines.insert(self.rng.randrange(len(lines) + 1), lines.pop(self.rng.randrange(len(lines))))
        end = self.rng.choice(["\r\n", "\n", "\r"])
        return HEAD + "".join(line + end for line in lines).encode()

    def sentence(self, kind):
        body = kind(self)
        if self.odd():
            fields = body.split(",")
            fields[self.rng.randrange(1, len(fields))] = self.rng.choice(ODD_FIELDS)
            body = ",".join(fields)
        if self.odd():
            body = body.rsplit(",", self.rng.randint(1, 4))[0]
        line = summed(f"{self.talker if not self.odd() else 'GL'}{body}")
        if self.odd():
            line = self.rng.choice(self.bent(line))
        return line

    @staticmethod
    def bent(line):
        return (
            line[:-3], line[:-1] + "x", f"b'{line}\\r\\n'", f"2024-05-04 10:00,{line}",
            line.replace("*", "0*"), line[1:], f"# {line}", "$PUBX,00,1*33",
        )  # fmt: skip

    def hms(self):
        if self.odd():
            return ""
        whole, fraction = f"{self.t:%H%M%S}", f"{self.t.microsecond:06d}000"[: self.decimals]
        return f"{whole}.{fraction}" if self.decimals else whole

    def where(self):
        lat, lon = self.rng.uniform(0, 90), self.rng.uniform(0, 180)
        return (
            f"{int(lat):02d}{lat % 1 * 59:07.4f},{self.rng.choice('NS')},"
            f"{int(lon):03d}{lon % 1 * 59:08.5f},{self.rng.choice('EW')}"
        )

    def number(self, high=99.0):
        return "" if self.odd() else f"{self.rng.uniform(0, high):.{self.rng.randint(0, 3)}f}"

    def status(self):
        return "V" if self.odd() else "A"

    def mode(self):
        return self.rng.choice("ADERFNMSP") if self.odd() else self.rng.choice(["A", "A", "D"])

    def rmc(self):
        motion = f"{self.number()},{self.number(360)}"
        return f"RMC,{self.hms()},{self.status()},{self.where()},{motion},{self.t:%d%m%y},,,{self.mode()}"

    def gga(self):
        quality = self.rng.choice("12450678") if self.odd() else 1
        return f"GGA,{self.hms()},{self.where()},{quality},09,{self.number(9)},{self.number(900)},M,40.1,M,,"

    def gns(self):
        modes = self.mode() + self.mode()
        return f"GNS,{self.hms()},{self.where()},{modes},12,{self.number(9)},{self.number(900)},40.1,,"

    def gll(self):
        return f"GLL,{self.where()},{self.hms()},{self.status()},{self.mode()}"

    def vtg(self):
        return f"VTG,{self.number(360)},T,,M,{self.number()},N,{self.number()},K"

    def gsa(self):
        dops = ",".join(self.number(9) for _dop in range(3))
        return f"GSA,A,{self.rng.choice('123')},01,,,,,,,,,,,,{dops}"

    def gst(self):
        return f"GST,{self.hms()},12,,,,{self.number(9)},{self.number(9)},{self.number(9)}"

    def zda(self):
        return f"ZDA,{self.hms()},{self.t:%d,%m,%Y},00,00"

    def hdt(self):
        return f"HDT,{self.number(360)},T"

    def gsv(self):
        return "GSV,1,1,01,02,41,123,44"

    writers = (rmc, gga, gns, gll, vtg, gsa, gst, zda, hdt, gsv)


ODD_FIELDS = [
    "", "x", "-1", "0", "1e400", "1e2", " 5 ", "nan", "999999", "235960", "235960.5", "240000", "060180", "N",
    "S", "E", "A", "V", "R", "0000.0000", "12a", "+7", "9" * 40, "1.5",
]  # fmt: skip
SNIPPETS = [
    b"$", b"*", b",", b"\r", b"\n", b"!", b"$GPRMC,", b"\0", b"\xff", b"\xb5\x62\x01\x07", b"*00", b"*47\r\n",
    b"#", b"!AIVDM,1,1,,A,x,0*00\r\n", b"$PGRMC,A,1*2B\r\n", b"'", b"\xc3\xa4", b"5", b"$GNZDA,,,,,,*56\r\n",
]  # fmt: skip


@st.composite
def logs(draw):
    rng = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311  (seeded variety, no secret)
    writer = Writer(rng, draw(st.sampled_from([0.0, 0.02, 0.1, 0.3])))
    return writer.log(draw(st.integers(1, 24)))


@st.composite
def damaged(draw, source):
    """A log with up to five wounds."""
    data = bytearray(draw(source))
    for _wound in range(draw(st.integers(1, 5))):
        place = len(HEAD) + draw(st.integers(0, max(len(data) - len(HEAD) - 1, 0)))
        kind = draw(st.sampled_from(["cut", "insert", "flip", "repeat"]))
        if kind == "cut":
            del data[place : place + draw(st.sampled_from([1, 5, 50, 400]))]
        elif kind == "insert":
            data[place:place] = draw(st.sampled_from(SNIPPETS))
        elif kind == "flip" and place < len(data):
            data[place] = draw(st.integers(0, 255))
        else:
            data[place:place] = data[place : place + draw(st.sampled_from([5, 100, 1000]))]
    return bytes(data)


def outcome(data, piece_bytes=1 << 20):
    """Return everything that a parse yields, batches joined, in comparable form."""
    pieces, issues, facts = {}, [], {}
    artifacts = ArtifactSet((Artifact.from_bytes(data, "a.nmea"),))
    for message in read(artifacts, ParseOptions(), piece_bytes=piece_bytes):
        if isinstance(message, Batch):
            table, problems = check(message.stream, message.data)
            assert problems == []
            pieces.setdefault(message.stream, []).append(table)
        elif isinstance(message, Issue):
            issues.append((message.code, message.message, str(message.locus), repr(message.evidence)))
        else:
            assert isinstance(message, Meta)
            facts[message.key] = message.value
    tables = {}
    for stream, parts in pieces.items():
        table = pa.concat_tables(parts, promote_options="permissive")
        t_ns = table["t"].cast(pa.int64()).to_pylist()
        rows = [{**row, "t": t} for row, t in zip(table.drop_columns(["t"]).to_pylist(), t_ns, strict=True)]
        tables[stream] = (table.column_names, table.schema.metadata, rows)
    return tables, issues, facts


def same(found, expected):
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=2e-7, abs_tol=1e-30)


def agrees(data):
    tables, _issues, facts = outcome(data)
    slow = Reader(data)
    expected, without = slow.rows()
    found = tables["gnss_pvt"][2] if "gnss_pvt" in tables else []
    assert [row["t"] for row in found] == [row["t"] for row in expected]
    assert facts.get("epochs_without_fix") == (without if expected or without else None)
    for row, wanted in zip(found, expected, strict=True):
        for name in ("lat_deg", "lon_deg", "alt_m", "sat_count", "fix_type", "quality_flags"):
            assert row[name] == wanted[name], name
        for name in NARROW:
            value = wanted[name]
            value = 0.0 if name == "course_deg" and value is not None and value > 359.99999 else value
            assert same(row[name], value), name


@given(logs())
def test_logs_of_many_habits_are_read_as_the_slow_reader_reads_them(data):
    agrees(data)


@settings(max_examples=25)
@given(
    damaged(logs() | st.sampled_from([HEAD + data for data in EXAMPLES.values()])),
    st.sampled_from([1, 60, 200, 999]),
)
@example(HEAD + b"12:30", 1)
def test_every_cut_gives_the_same(data, piece_bytes):
    assert outcome(data, piece_bytes) == outcome(data)


@given(st.binary(max_size=300) | st.lists(st.sampled_from(SNIPPETS), max_size=30).map(b"".join))
@example(b"")
@example(b"$")
@example(b"!")
@example(b"*00")
@example(b"$GPRMC")
@example(b"\xff\xfe$\0G\0P\0*\0")
def test_any_bytes_give_messages_and_nothing_else(data):
    assert outcome(data, piece_bytes=3) == outcome(data)


def test_sentences_without_a_time_that_never_end_are_kept_in_bounds():
    fix = summed("GPRMC,120000,A,4530.000,S,01030.000,W,,,010125,,,A")
    empty, known = summed("GPVTG,,T,,M,,N,,K"), summed("GPVTG,,T,,M,,N,36.0,K")
    # Behind the fix the first 256 count; before it, where the log begins with such a sentence, the last.
    for lines, speed_mps in (
        ([fix, *[empty] * 255, known, *[empty] * 300], 10.0),
        ([fix, *[empty] * 256, known, *[empty] * 300], None),
        ([*[empty] * 300, known, *[empty] * 255, fix], 10.0),
        ([*[empty] * 300, known, *[empty] * 256, fix], None),
    ):
        data = "".join(line + "\n" for line in lines).encode()
        whole = outcome(data)
        assert [row["speed_mps"] for row in whole[0]["gnss_pvt"][2]] == [speed_mps]
        assert outcome(data, 100) == outcome(data, 3000) == whole
