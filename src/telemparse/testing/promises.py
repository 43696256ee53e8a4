"""What a parser promises: the table of the kit, each with its sentence and what to do when it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.testing.checks import (
    damage,
    declarations,
    detection,
    plausibility,
    round_trips,
    steadiness,
    tables,
    weight,
)
from telemparse.testing.kit import Promise

if TYPE_CHECKING:
    from telemparse.testing.subject import Subject

__all__ = ["PROMISES"]

PROMISES: tuple[Promise[Subject], ...] = (
    Promise(
        id="card-is-light",
        sentence="Importing the card loads no parser code and no heavy library.",
        advice="Keep the card in a module that imports only ParserCard and Code, name detector and target as"
        " strings, and let the package's __init__ import nothing else than the card.",
        examine=weight.card_is_light,
    ),
    Promise(
        id="detector-is-light",
        sentence="Detecting loads neither numpy nor pyarrow nor another heavy library.",
        advice="Give the detector a module of its own that works on bytes with the standard library, and look"
        " what the modules that it imports import.",
        examine=weight.detector_is_light,
    ),
    Promise(
        id="examples-are-shipped",
        sentence="The card names small examples, so that other parsers can be tried on them.",
        advice="Put a mapping of file names to bytes into a module of the package, 1 to 65 536 bytes each, and"
        ' name it on the card: examples="telemparse_x.examples:EXAMPLES".',
        examine=declarations.examples_are_shipped,
    ),
    Promise(
        id="codes-are-declared",
        sentence="Every issue has a code of the registry, or one that the card declares with its text.",
        advice="Use a code that `telemparse codes` lists, or add a Code with message, description and hint to"
        " the card; its name begins with the parser's id in capitals.",
        examine=declarations.codes_are_declared,
    ),
    Promise(
        id="knows-its-own",
        sentence="The detector recognises each sample at MARKER or above, with evidence, and wins.",
        advice="Look for what no other format has (magic, header words, an element), return MARKER for it and"
        " SIGNATURE when a second fact agrees, and name the facts as evidence.",
        examine=detection.knows_its_own,
    ),
    Promise(
        id="content-outweighs-name",
        sentence="The name of a file changes nothing about what its content is.",
        advice="Decide by head, tail and size; an extension alone is worth Rung.NAME and never more. A format"
        " that is a zip to others has the magic of a zip on its card, so that it is offered unopened.",
        examine=detection.content_outweighs_name,
    ),
    Promise(
        id="refuses-strangers",
        sentence="What is no recording stays below SHAPE, and never makes the detector raise.",
        advice="Ask for more than one weak sign: a magic and a plausible version, a header and rows that fit it;"
        " and expect any bytes, also none.",
        examine=detection.refuses_strangers,
    ),
    Promise(
        id="refuses-neighbours",
        sentence="The examples of every other installed parser stay theirs.",
        advice="Make the evidence narrower, until it holds for your format alone; when the other format is a"
        " general form of yours, name its id in specializes.",
        examine=detection.refuses_neighbours,
    ),
    Promise(
        id="sniffs-within-budget",
        sentence="The detector asks for at most 1 MiB beyond head and tail, however large the file.",
        advice="Decide by sniff.head and sniff.tail; use sniff.more(offset, length) for a few places, with"
        " lengths that do not grow with sniff.size.",
        examine=detection.sniffs_within_budget,
    ),
    Promise(
        id="answers-twice-alike",
        sentence="The same bytes give the same answer and the same result, whatever was read before.",
        advice="Keep no state in modules or classes, and take neither the clock nor chance into the result.",
        examine=steadiness.answers_twice_alike,
    ),
    Promise(
        id="leaves-bytes-alone",
        sentence="Reading changes no file and leaves none behind.",
        advice="Open artifacts with artifact.open(), which only reads; use tempfile for what must be unpacked, and"
        " remove it whatever happens.",
        examine=steadiness.leaves_bytes_alone,
    ),
    Promise(
        id="chunk-size-does-not-matter",
        sentence="The result does not depend on the size of the pieces in which the bytes come.",
        advice="Carry the rest of a piece over to the next one; use artifact.read_at(offset, length), which gives"
        " all that there is, for records at known places.",
        examine=steadiness.chunk_size_does_not_matter,
    ),
    Promise(
        id="damage-becomes-issues",
        sentence="Any damage ends in rows and coded issues: never in another exception, and always in time.",
        advice="Check every length and offset against the bytes that are there, let every loop consume at least"
        " a byte, and yield an Issue or raise Malformed where you cannot go on.",
        examine=damage.damage_becomes_issues,
    ),
    Promise(
        id="damage-is-confessed",
        sentence="Where damage costs values, an issue tells of it.",
        advice="Count what you skip and yield ROWS_SKIPPED (or a code of your own) with count and first places;"
        " yield ARTIFACT_TRUNCATED when the last record is not whole.",
        examine=damage.damage_is_confessed,
    ),
    Promise(
        id="schema-holds",
        sentence="Every batch fits the canonical schema of a stream that the card declares.",
        advice="Make batches with telemparse.schemas.build: NaN becomes null there, types are cast; and list"
        " every stream on the card.",
        examine=tables.schema_holds,
    ),
    Promise(
        id="order-is-monotonic-or-confessed",
        sentence="The rows of a stream come in the order of time, or the parser says that they do not.",
        advice="A step back in a sound file is most often a clock that was read wrongly (midnight, a rollover,"
        " a counter that wraps). If the device does write out of order, yield TIME_NOT_MONOTONIC.",
        examine=tables.order_is_monotonic_or_confessed,
    ),
    Promise(
        id="units-are-plausible",
        sentence="The numbers can be what their units say.",
        advice="Convert to the unit in the column's name: speed to m/s, angles to degrees or rad/s as named,"
        " acceleration to m/s², latitude before longitude; t is in ns since 1970, or has another time_base.",
        examine=plausibility.units_are_plausible,
    ),
    Promise(
        id="provenance-is-complete",
        sentence="Every result leads back to its parser, its file, the place in it and the name of its column.",
        advice="Give the card a version, each channel its source_name (telemparse.schemas.channel_field), and"
        " each Locus the name of an artifact of the set with a place inside it.",
        examine=tables.provenance_is_complete,
    ),
    Promise(
        id="parquet-round-trip",
        sentence="A result comes back from Parquet as it went.",
        advice="Use plain types for channels (float, integer, string) and plain values for Meta; if yours are,"
        " this is a defect of telemparse: please report it.",
        examine=round_trips.parquet_round_trip,
    ),
    Promise(
        id="encode-parse-round-trip",
        sentence="What the encoder writes is what the parser reads, within the format's precision.",
        advice="Compare the two sides of the column that differs: its unit, its rounding, its epoch, and what"
        " stands for a value that is not known.",
        examine=round_trips.encode_parse_round_trip,
        applies=round_trips.has_encoder,
    ),
)
