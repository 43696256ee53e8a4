"""What an IGC file says outside its fixes: who made it, headers, comments, how many records of each kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.formats.igc.clock import day_named, is_date
from telemparse.model.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Notes"]

_HEADER = re.compile(r"H[A-Z](?P<subject>[A-Z0-9]{3})(?P<rest>.*)$", re.DOTALL)
_QUOTED = re.compile(r"^L[A-Z]{2,3}:*H[FOPS](?P<subject>[A-Z0-9]{3})")
_MOST = 200
_LONGEST = 500
# Names and birth dates of persons are nobody's telemetry (pilot, crew, observer).
_PERSONS = frozenset({"PLT", "CM2", "DOB", "OOI"})
_PERSON_WORDS = re.compile(r"pilot|crew|observer|birth", re.IGNORECASE)
# Appendix A, section A3.2.4: ELL, GEO or NIL; recorders write "WGS84 ELLIPSOID" and the like.
_ABOVE_SEA = re.compile(r"GEO|MSL|EGM|QNH|NIL", re.IGNORECASE)
_WGS84 = re.compile(r"WGS[ _-]*(?:19)?84|^$", re.IGNORECASE)

# Appendix A, section A2.5.6 (codes of manufacturers), those that are met often.
_MAKERS: Mapping[str, str] = {
    "CAM": "Cambridge", "CNI": "ClearNav", "EWA": "EW Avionics", "FIL": "Filser", "FLA": "FLARM",
    "FLY": "Flytec", "GCS": "Garrecht", "IMI": "IMI Gliding", "LGS": "Logstream", "LXN": "LX Navigation",
    "LXV": "LXNAV", "NAV": "Naviter", "NKL": "Nielsen-Kellerman", "NTE": "New Technologies",
    "PES": "Peschges", "PRT": "Print Technik", "SCH": "Scheffel", "SDI": "Streamline Data Instruments",
    "TRI": "Triadis", "VOL": "Volkslogger", "WES": "Westerboer", "ZAN": "Zander", "XCS": "XCSoar",
}  # fmt: skip


@attrs.define
class Notes:
    """Listens to the records that hold no samples.

    Attributes:
        ellipsoidal: whether GNSS altitudes are above the WGS-84 ellipsoid; they are unless HFALG differs.
    """

    ellipsoidal: bool = True
    datum: str = ""
    bad_dates: int = 0
    _facts: dict[str, Any] = attrs.field(factory=dict)
    _headers: dict[str, Any] = attrs.field(factory=dict)
    _persons: dict[str, None] = attrs.field(factory=dict)
    _comments: list[str] = attrs.field(factory=list)

    def maker(self, line: str) -> None:
        """Take the A record: three letters of the maker, then the serial number (section A3.1)."""
        if "maker" not in self._facts:
            self._facts["maker"] = line[1:4].strip()
            self._facts["recorder"] = line[4:_LONGEST].strip()

    def header(self, line: str) -> int | None:
        """Take an H record; return the day that it names, None where it names none."""
        if is_date(line):
            return self._date(line)
        match = _HEADER.match(line)
        if match is None:
            return None
        subject = match["subject"]
        name, colon, value = match["rest"].partition(":")
        value = (value if colon else match["rest"]).strip()[:_LONGEST]
        if subject in _PERSONS or (colon and _PERSON_WORDS.search(name)):
            if len(self._persons) < _MOST:
                self._persons[subject] = None
            return None
        if subject == "ALG":
            self.ellipsoidal = not _ABOVE_SEA.search(value)
        if subject == "DTM" and not _WGS84.search(value):
            self.datum = value or name
        if subject not in self._headers and len(self._headers) < _MOST:
            self._headers[subject] = value
        elif subject not in self._headers:
            self._count("headers_left_out")
        elif self._headers[subject] != value:
            self._count("header_changes")
        return None

    def _count(self, fact: str) -> None:
        self._facts[fact] = self._facts.get(fact, 0) + 1

    def _date(self, line: str) -> int | None:
        found = day_named(line)
        if found is None:
            self.bad_dates += 1
            return None
        day, flight = found
        if flight is not None:
            self._facts.setdefault("flight_of_day", flight)
        return day

    def comment(self, line: str) -> None:
        """Take an L record."""
        # SeeYou writes headers that it changes as comments: `LCU::HPPLTPILOT:...`.
        quoted = _QUOTED.search(line[:_LONGEST])
        if quoted is not None and quoted["subject"] in _PERSONS:
            self._persons[quoted["subject"]] = None
            return
        if len(self._comments) < _MOST:
            self._comments.append(line[1:_LONGEST].strip())
        else:
            self._count("comments_left_out")

    def facts(self, records: dict[str, int]) -> Iterator[Meta]:
        """Yield the facts as metadata; `records` has the number of records by first letter."""
        kind = [part.strip() for part in str(self._headers.get("FTY", "")).split(",") if part.strip()]
        maker = self._facts.get("maker", "")
        family = kind[0] if kind else _MAKERS.get(maker, maker)
        if family:
            yield Meta("device_family", family)
        if len(kind) > 1:
            yield Meta("device_model", kind[1])
        for key in (
            "maker",
            "recorder",
            "flight_of_day",
            "header_changes",
            "headers_left_out",
            "comments_left_out",
        ):
            if self._facts.get(key):
                yield Meta(key, self._facts[key])
        yield Meta("headers", dict(self._headers))
        if self._persons:
            yield Meta("headers_of_persons_left_out", list(self._persons))
        if self._comments:
            yield Meta("comments", list(self._comments))
        yield Meta("records", records)
        yield Meta("signature", {"records": records.get("G", 0), "verified": False})
