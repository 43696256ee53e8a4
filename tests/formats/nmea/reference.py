"""A slow reader of NMEA logs, sentence by sentence in plain Python: what the fast one must agree with."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import math
import operator
import re

REACH = 256
DAY_NS = 86_400_000_000_000
NUMBER = re.compile(r"[\t\n\v\f\r ]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[\t\n\v\f\r ]*", re.ASCII)
KINDS = ("RMC", "GGA", "GNS", "GLL", "GST", "ZDA", "VTG", "GSA", "HDT")
FIXES = ("RMC", "GGA", "GNS", "GLL")
POSITIONS = ("GGA", "GNS", "RMC", "GLL")
FLOAT32_MAX = 3.4028234663852886e38
SOURCES = {
    "alt_m": ("GGA", "GNS"),
    "speed_mps": ("RMC", "VTG"),
    "course_deg": ("RMC", "VTG"),
    "hacc_m": ("GST",),
    "vacc_m": ("GST",),
    "hdop": ("GGA", "GNS", "GSA"),
    "vdop": ("GSA",),
    "pdop": ("GSA",),
    "sat_count": ("GGA", "GNS"),
}


SIGN = re.compile(r"[$*\r\n]|!(?=[A-Z0-9].{4},)", re.DOTALL)


def sentences(data):
    """Yield (address, fields, right): whole sentences, and those whose checksum is wrong or lost."""
    text = data.replace(b"\0", b"").decode("latin-1")
    signs = [*SIGN.finditer(text), None]
    for before, sign, after in zip([None, *signs], signs, signs[1:], strict=False):
        if sign[0] in "$!":
            yield judged(text, sign.end(), after)
        elif sign[0] == "*" and (before is None or before[0] not in "$!"):
            # A line with a checksum that has lost its beginning.
            begun, end = before.end() if before else 0, sign.end()
            tail = re.fullmatch(r"[0-9A-Fa-f]{2}[\r\n]?", text[end : end + 3])
            if tail and text.count(",", begun, end) > 1:
                yield "", (), False


def judged(text, begin, after):
    body = text[begin : after.start() if after else len(text)]
    digits = text[after.end() : after.end() + 2] if after and after[0] == "*" else ""
    total = functools.reduce(operator.xor, body.encode("latin-1"), 0)
    if re.fullmatch(r"[0-9A-Fa-f]{2}", digits) and total == int(digits, 16):
        address, *fields = body.split(",")
        return address, fields, True
    return "", (), False


def number(fields, index, low=-math.inf, high=FLOAT32_MAX):
    text = fields[index - 1] if len(fields) >= index else ""
    if not text or not NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) and low <= value <= high else None


def letter(fields, index):
    return fields[index - 1][:1] if len(fields) >= index else ""


def written(fields, index):
    return len(fields) >= index and fields[index - 1] != ""


def angle(fields, index, letters, limit):
    value, side = number(fields, index, -math.inf, math.inf), letter(fields, index + 1)
    if value is None or value < 0 or side not in tuple(letters):
        return None
    degrees = math.floor(value / 100)
    minutes = value - degrees * 100
    found = degrees + minutes / 60
    if minutes >= 60 or found > limit:
        return None
    return -found if side == letters[1] else found


def time_of(fields, index):
    """Return ns since midnight, None where the field is empty, and False where it is no time."""
    if not written(fields, index):
        return None
    value = number(fields, index, -math.inf, math.inf)
    if value is None or value < 0:
        return False
    minutes = math.floor(value / 100)
    hour, second = minutes // 100, value - minutes * 100
    minute = minutes - hour * 100
    if hour > 23 or minute > 59 or second >= 61:
        return False
    return (hour * 60 + minute) * 60_000_000_000 + round(second * 1e9)


def day_of(year, month, day):
    try:
        return (dt.date(int(year), int(month), int(day)) - dt.date(1970, 1, 1)).days if year >= 1990 else None
    except ValueError:
        return None


def rmc(f):
    mode, speed = letter(f, 12), number(f, 7, 0)
    return {
        **place(f, 3), **modes(mode), "void": letter(f, 2) != "A" or mode == "N",
        "speed_mps": None if speed is None else speed * (1852 / 3600), "course_deg": number(f, 8, 0, 360),
    }  # fmt: skip


def gga(f):
    quality = letter(f, 6)
    return {
        **place(f, 2), "void": quality in ("", "0"), "fix_type": {"4": 7, "5": 6, "6": 1}.get(quality),
        "doubtful": quality in ("7", "8"), **height(f),
    }  # fmt: skip


def gns(f):
    said = f[5][:6] if len(f) > 5 else ""
    best = next((mode for mode in "RFPDAESM" if mode in said), "")
    return {**place(f, 2), **modes(best), "void": bool(said) and not best, **height(f)}


def gll(f):
    mode = letter(f, 7)
    return {**place(f, 1), **modes(mode), "void": letter(f, 6) not in ("", "A") or mode == "N"}


def gst(f):
    both = number(f, 6, 0), number(f, 7, 0)
    return {"hacc_m": None if None in both else math.hypot(*both), "vacc_m": number(f, 8, 0)}


def vtg(f):
    kmh = number(f, 7, 0) if letter(f, 8) == "K" else None
    knots = number(f, 5, 0) if letter(f, 6) == "N" else None
    speed = kmh * (1 / 3.6) if kmh is not None else None if knots is None else knots * (1852 / 3600)
    return {"speed_mps": speed, "course_deg": number(f, 1, 0, 360) if letter(f, 2) == "T" else None}


def gsa(f):
    dops = dict(zip(("pdop", "hdop", "vdop"), (number(f, index, 0) for index in (15, 16, 17)), strict=True))
    return {"dimensions": {"2": 2, "3": 3}.get(letter(f, 2)), **dops}


READERS = {"RMC": rmc, "GGA": gga, "GNS": gns, "GLL": gll, "GST": gst, "VTG": vtg, "GSA": gsa}


def read_kind(kind, f):
    """Return what one sentence says."""
    return READERS[kind](f) if kind in READERS else {}


def place(f, index):
    lat, lon = angle(f, index, "NS", 90), angle(f, index + 2, "EW", 180)
    known = lat is not None and lon is not None and (lat, lon) != (0, 0)
    return {"place": (lat, -180.0 if lon == 180 else lon) if known else None}


def modes(mode):
    return {
        "fix_type": {"R": 7, "F": 6, "E": 1}.get(mode),
        "doubtful": mode in ("M", "S"),
        "satellites": mode in tuple("ADPRF"),
    }


def height(f):
    count = number(f, 7, 0, 255)
    return {"sat_count": count if count is not None and count == int(count) else None,
            "hdop": number(f, 8, 0), "alt_m": number(f, 9)}  # fmt: skip


WINDOW = 64 * 1024
TIMELESS = ("VTG", "GSA", "HDT")


def read_sentences(data):
    """Return (kind, fields) of the right sentences that are read."""
    found = [(address, fields) for address, fields, right in sentences(data) if right]
    return [
        (address[2:], fields)
        for address, fields in found
        if len(address) == 5 and address[0] != "P" and address[2:] in KINDS
        if address[2:] != "GLL" or len(fields) >= 5
    ]


def written_first(data):
    """Return the kinds without a time that a log begins with, ends without, and has in no cycle's middle."""
    head, tail = read_sentences(data[:WINDOW]), read_sentences(data[-WINDOW:])
    timed = [index for index, (kind, _fields) in enumerate(head) if kind not in TIMELESS]
    if not timed:
        return set()
    found = {kind for kind, _fields in head[: timed[0]]}
    for one, other in itertools.pairwise(timed):
        first, second = (time_of(head[at][1], 5 if head[at][0] == "GLL" else 1) for at in (one, other))
        if first == second and first is not None and first is not False:
            found -= {kind for kind, _fields in head[one + 1 : other]}
    for kind, _fields in reversed(tail):
        if kind not in TIMELESS:
            break
        found.discard(kind)
    return found


class Epoch:
    def __init__(self, time_ns, first):
        self.time_ns, self.first = time_ns, first
        self.addresses, self.said, self.day, self.own_day = set(), [], 0, None
        self.near = self.broken = False

    def first_known(self, name, kinds):
        values = (said.get(name) for kind in kinds for told, said in self.said if told == kind)
        return next((value for value in values if value is not None), None)


class Reader:
    """Reads a log whose sentences have checksums."""

    def __init__(self, data):
        self.epochs, self.blank, self.failed = [], 0, 0
        self._latest, self._under_way, self._blank_said = {}, None, None
        self._count = 0
        self._void = False
        self._near = False
        self._dates, self._clocks = [], []
        self._first, self._waiting = written_first(data), {}
        for address, fields, right in sentences(data):
            if not right:
                self._fail()
            elif len(address) == 5 and address[0] != "P" and address[2:] in KINDS:
                self._take(address, address[2:], fields)
        self._date()

    def _fail(self):
        self.failed += 1
        self._near = True
        if self._last_clocked is not None:
            self._last_clocked.near = True

    _last_clocked = None
    _run = (None, frozenset())
    _broken = False

    def _take(self, address, kind, fields):
        if kind == "GLL" and len(fields) < 5:
            return
        if kind in ("VTG", "GSA", "HDT"):
            self._take_timeless(kind, read_kind(kind, fields))
            return
        time_ns = time_of(fields, 5 if kind == "GLL" else 1)
        if time_ns is False:
            return
        said = read_kind(kind, fields)
        if time_ns is None:
            self._void = True if kind in FIXES else self._void
            if kind in FIXES:
                self._take_blank(address)
            return
        own_day = None
        if kind == "ZDA":
            parts = [number(fields, index, 0, 9999) or 0 for index in (4, 3, 2)]
            own_day = None if self._void else day_of(*parts)
        elif kind == "RMC" and not said["void"]:
            own_day = date_of(fields)
        if kind in FIXES:
            self._void = said["void"]
        epoch = None if kind == "ZDA" else self._join(address, kind, time_ns, said)
        self._clocks.append((time_ns, own_day, epoch))

    def _take_timeless(self, kind, said):
        if kind in self._first:
            self._waiting[kind] = [said, *self._waiting.get(kind, [])]
        elif self._under_way is not None:
            self._under_way.said.append((kind, said))

    def _take_blank(self, address):
        self._waiting = {}
        time_ns, said = self._run
        if address in said or (time_ns is None and not said):
            self.blank += 1
            self._run, self._broken = (None, frozenset({address})), True
        else:
            self._run = (time_ns, said | {address})
        self._under_way = None

    def _join(self, address, kind, time_ns, said):
        epoch = self._latest.get(time_ns)
        if epoch is None or address in epoch.addresses or self._count - epoch.first > REACH:
            epoch = self._latest[time_ns] = Epoch(time_ns, self._count)
            self.epochs.append(epoch)
        self._count += 1
        epoch.addresses.add(address)
        epoch.said.append((kind, said))
        # Of several before one sentence with a time the last one is its own: later ones go before earlier.
        for waiting, told in self._waiting.items():
            epoch.said[:0] = [(waiting, one) for one in told]
        self._waiting = {}
        epoch.near |= self._near
        epoch.broken |= self._broken
        self._near = self._broken = False
        run_ns, names = self._run
        self._run = (time_ns, names | {address} if run_ns == time_ns else frozenset({address}))
        self._under_way = self._last_clocked = epoch
        return epoch

    def _date(self):
        """Carry the days: forwards over midnight, and back from the first one to what stands before it."""
        passed, last, base = 0, None, None
        rows = []
        for time_ns, own_day, epoch in self._clocks:
            step = 0 if last is None else time_ns - last
            passed += (step < -DAY_NS // 2) - (step > DAY_NS // 2)
            last = time_ns
            rows.append((passed, own_day, epoch))
        dated = [own_day - passed for passed, own_day, _epoch in rows if own_day is not None]
        self.has_date = bool(dated)
        base = dated[0] if dated else 0
        seen = set()
        for passed, own_day, epoch in rows:
            base = base if own_day is None else own_day - passed
            if epoch is None:
                continue
            if id(epoch) not in seen:
                seen.add(id(epoch))
                epoch.day = base + passed
            if own_day is not None and epoch.own_day is None:
                epoch.own_day = own_day

    def rows(self):
        """Return the fixes in the order of their epochs, and how many epochs have none."""
        found, without = [], self.blank
        for epoch in self.epochs:
            void = any(said.get("void") for _kind, said in epoch.said)
            where = epoch.first_known("place", POSITIONS)
            if where is None or void:
                without += any(kind in FIXES for kind, _said in epoch.said)
                continue
            day = epoch.day if epoch.own_day is None else epoch.own_day
            row = {name: epoch.first_known(name, kinds) for name, kinds in SOURCES.items()}
            doubtful = any(said.get("doubtful") for _kind, said in epoch.said)
            found.append({
                "t": day * DAY_NS + epoch.time_ns, "lat_deg": where[0], "lon_deg": where[1], **row,
                "fix_type": self._fix_type(epoch),
                "quality_flags": 32 * epoch.near | 16 * doubtful,
            })  # fmt: skip
        return found, without

    @staticmethod
    def _fix_type(epoch):
        kind = epoch.first_known("fix_type", POSITIONS)
        if kind == 1 and any(said.get("satellites") for _kind, said in epoch.said):
            return 4
        return epoch.first_known("dimensions", ("GSA",)) if kind is None else kind


def date_of(fields):
    value = number(fields, 9, 0, math.inf)
    if value is None or value != int(value) or value >= 1e6:
        return None
    digits = int(value)
    year = digits % 100
    return day_of(year + (2000 if year < 80 else 1900), digits // 100 % 100, digits // 10_000)
