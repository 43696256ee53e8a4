"""What is fuzzed: a row for each parser; one without a row is fuzzed by its examples and bytes alone."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

import attrs

from fuzz.mutations.archives import mutated_archive
from fuzz.mutations.fields import mutated_fields
from fuzz.mutations.markup import mutated_markup
from fuzz.mutations.sentences import mutated_log
from fuzz.mutations.tables import mutated_table
from fuzz.mutations.tokens import mutated_tokens
from fuzz.vocabulary import (
    csv_words,
    gpx_words,
    igc_words,
    json_words,
    kml_words,
    nmea_words,
    rcz_words,
    tcx_words,
    vbo_words,
)
from telemparse.extension.catalog import Catalog
from telemparse.formats.csv.parser import parse_in_blocks
from telemparse.formats.gpx.parser import read
from telemparse.formats.igc.parser import parse_in_blocks as igc_in_blocks
from telemparse.formats.json.parser import parse_in_steps
from telemparse.formats.kml.parser import read as kml_read
from telemparse.formats.nmea.parser import read as read_nmea
from telemparse.formats.tcx.parser import read as tcx_read
from telemparse.formats.vbo.parser import parse_in_blocks as vbo_in_blocks
from telemparse.kernels.xml_points import Method
from telemparse.model.options import ParseOptions

from telemparse_fit.parser import parse_in_pieces as fit_in_pieces
from telemparse_ubx.parser import read as read_ubx
from telemparse_vbb.parser import parse_in_pieces as vbb_in_pieces

__all__ = ["TARGETS", "Target", "Way", "target_of", "way_of", "ways"]

Mutation = Callable[[bytes, Sequence[str], Sequence[bytes], Random], bytes]


@attrs.frozen
class Target:
    """A parser and what makes fuzzing it go deep.

    Args:
        parser: id of its card.
        file: name that the bytes get.
        fixtures: patterns of its files in fixtures/.
        corpus: patterns of its files in the folder of real recordings.
        words: header words, tags and values that mean something to it.
        mutation: that knows the shape of the format; None for bytes alone.
        parsers: the same parser in other ways, such as by small blocks, where small files meet what only
            large ones would.
        options: further options to parse with.
    """

    parser: str
    file: str
    fixtures: tuple[str, ...] = ()
    corpus: tuple[str, ...] = ()
    words: Callable[[], tuple[str, ...]] = tuple
    mutation: Mutation | None = None
    parsers: tuple[Callable[..., Any], ...] = ()
    options: tuple[Mapping[str, Any], ...] = ()


TARGETS = (
    Target(
        parser="aim_xrk",
        file="fuzz.xrk",
        corpus=("aim-xrk/*.xrk",),
        options=({"channels": ("rpm",), "streams": ("channels", "events")}, {"streams": ("laps",)}),
        mutation=mutated_fields,
    ),
    Target(
        parser="csv",
        file="fuzz.csv",
        fixtures=("csv_*", "*.csv"),
        corpus=(
            "*-csv/*.csv",
            "dovex/*.dovex",
            "gnss-imu/*.csv",
            "gnss-imu/*.txt",
            "mychronogps/*.txt",
            "no-gnss/*.csv",
            "racecapture/*.log",
            "speedangle/*.sa",
        ),
        words=csv_words,
        mutation=mutated_table,
        parsers=(partial(parse_in_blocks, block_bytes=1500), partial(parse_in_blocks, block_bytes=250)),
        options=(
            {"columns": "t,lat_deg,lon_deg,speed_mps:km/h"},
            {"columns": {0: "lat_deg", 1: "lon_deg", 2: "t"}},
            {"channels": ("rpm", "speed_mps"), "streams": ("channels", "events")},
        ),
    ),
    Target(
        parser="fit",
        file="fuzz.fit",
        corpus=("fit/*.fit",),
        parsers=(partial(fit_in_pieces, piece_bytes=700), partial(fit_in_pieces, piece_bytes=40)),
        options=(
            {"channels": ("heart_rate_bpm",), "streams": ("channels", "events")},
            {"streams": ("laps",)},
        ),
        mutation=mutated_fields,
    ),
    Target(
        parser="gpmf",
        file="fuzz.mp4",
        corpus=("gpmf/*.raw",),
        options=(
            {"channels": ("shut", "CORI.w"), "streams": ("channels", "events")},
            {"streams": ("imu_mag",)},
        ),
        mutation=mutated_fields,
    ),
    Target(
        parser="gpx",
        file="fuzz.gpx",
        fixtures=("gpx_*", "*.gpx"),
        corpus=("gpx/*.gpx", "tcx/*.tcx", "kml/*.kml"),
        words=gpx_words,
        mutation=mutated_markup,
        parsers=(
            partial(read, piece_bytes=400),
            partial(read, method=Method.WALK),
            partial(read, method=Method.WALK, piece_bytes=150),
        ),
    ),
    Target(
        parser="ibt",
        file="fuzz.ibt",
        corpus=("ibt/*.ibt",),
        options=({"channels": ("rpm", "Speed"), "streams": ("channels", "events")}, {"streams": ("laps",)}),
        mutation=mutated_fields,
    ),
    Target(
        parser="igc",
        file="fuzz.igc",
        corpus=("igc/*.igc",),
        words=igc_words,
        mutation=mutated_tokens,
        parsers=(partial(igc_in_blocks, block_bytes=400), partial(igc_in_blocks, block_bytes=50)),
    ),
    Target(
        parser="json",
        file="fuzz.json",
        corpus=("mychronogps/*.json",),
        words=json_words,
        mutation=mutated_tokens,
        parsers=(partial(parse_in_steps, step=300), partial(parse_in_steps, step=20)),
        options=({"channels": ("rpm",), "streams": ("channels", "events")},),
    ),
    Target(
        parser="motec_ld",
        file="fuzz.ld",
        corpus=("motec-ld/*.ld",),
        options=({"channels": ("rpm", "Gear"), "streams": ("channels", "events")}, {"streams": ("laps",)}),
        mutation=mutated_fields,
    ),
    Target(
        parser="nmea",
        file="fuzz.nmea",
        corpus=("nmea/*", "ubx/*"),
        words=nmea_words,
        mutation=mutated_log,
        parsers=(partial(read_nmea, piece_bytes=2000), partial(read_nmea, piece_bytes=100)),
    ),
    Target(
        parser="racechrono_rcz",
        file="fuzz.rcz",
        words=rcz_words,
        mutation=mutated_archive,
        options=({"channels": ("rpm",), "streams": ("channels", "events")}, {"streams": ("gnss_pvt",)}),
    ),
    Target(
        parser="kml",
        file="fuzz.kml",
        corpus=("kml/*.kml",),
        words=kml_words,
        mutation=mutated_markup,
        parsers=(partial(kml_read, piece_bytes=400), partial(kml_read, method=Method.WALK, piece_bytes=150)),
    ),
    Target(
        parser="tcx",
        file="fuzz.tcx",
        corpus=("tcx/*.tcx",),
        words=tcx_words,
        mutation=mutated_markup,
        parsers=(partial(tcx_read, piece_bytes=400), partial(tcx_read, method=Method.WALK, piece_bytes=150)),
    ),
    Target(
        parser="ubx",
        file="fuzz.ubx",
        corpus=("ubx/*",),
        parsers=(partial(read_ubx, piece_bytes=700), partial(read_ubx, piece_bytes=50)),
        options=({"streams": ("channels", "events")},),
        mutation=mutated_fields,
    ),
    Target(
        parser="vbb",
        file="fuzz.vbb",
        parsers=(partial(vbb_in_pieces, piece_bytes=2000), partial(vbb_in_pieces, piece_bytes=150)),
        options=({"channels": ("rpm", "time"), "streams": ("channels", "events")}, {"streams": ("laps",)}),
        mutation=mutated_fields,
    ),
    Target(
        parser="vbo",
        file="fuzz.vbo",
        corpus=("vbo/*.vbo",),
        words=vbo_words,
        mutation=mutated_table,
        parsers=(partial(vbo_in_blocks, block_bytes=900), partial(vbo_in_blocks, block_bytes=120)),
        options=({"channels": ("rpm", "sats"), "streams": ("channels", "events")}, {"streams": ("laps",)}),
    ),
)

_NANOSECONDS_OF_2024 = (1_704_067_200_000_000_000, 1_735_689_600_000_000_000)
# Most inputs are parsed plainly.
_OPTIONS: tuple[Mapping[str, Any], ...] = (
    {}, {}, {}, {}, {"timezone": "Europe/Berlin"}, {"strict": True, "timezone": "America/St_Johns"},
    {"time_range": _NANOSECONDS_OF_2024},
)  # fmt: skip


@attrs.frozen
class Way:
    """One way to parse: options that force the parser, and a catalog of that parser alone."""

    options: ParseOptions
    catalog: Catalog


def target_of(parser: str) -> Target:
    """Return the row of a parser; one without a row gets what its card says."""
    known = {target.parser: target for target in TARGETS}
    if parser in known:
        return known[parser]
    card = Catalog.shared().card(parser)
    return Target(parser=parser, file=f"fuzz{card.extensions[0] if card.extensions else ''}")


def ways(target: Target) -> tuple[Way, ...]:
    """Return the ways to parse, the plain one first."""
    card = Catalog.shared().card(target.parser)
    plain = Catalog(cards=(card,))
    found = [Way(ParseOptions(parser=card.id, **options), plain) for options in (*_OPTIONS, *target.options)]
    for parser in target.parsers:
        other = Catalog(cards=(card,))
        other._targets[card.target] = parser
        found.append(Way(ParseOptions(parser=card.id), other))
    return tuple(found)


def way_of(data: bytes, choices: Sequence[Way]) -> Way:
    """Return the way in which these bytes are parsed while fuzzing: always the same one for them."""
    return choices[zlib.crc32(data) % len(choices)]
