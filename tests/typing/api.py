"""The public names as a typed caller uses them: mypy reads this file, nobody runs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, assert_type

from matplotlib.axes import Axes

import telemparse
from telemparse import (
    ArtifactSet,
    Catalog,
    Classification,
    ParseOptions,
    ParserCard,
    ParseResult,
    TelemparseError,
    hookimpl,
    schemas,
    writers,
)
from telemparse.analysis import (
    Aligned,
    ClockMatch,
    Comparison,
    DegradedSpan,
    Fused,
    FusionHealth,
    FusionOptions,
    Laps,
    Level,
    Levels,
    Match,
    PenaltyTable,
    Quality,
    Timing,
    UnitNoise,
)
from telemparse.classification import Candidate, Part
from telemparse.errors import CallError, Malformed, MissingExtra, ParseFailed
from telemparse.extension.faults import Fault
from telemparse.extension.protocol import Detector, Message, Parser
from telemparse.model.artifacts import Artifact
from telemparse.model.capabilities import Capabilities
from telemparse.model.codes import CODES, Code, Severity
from telemparse.model.detection import Detection, Rung, Sniff
from telemparse.model.issues import Issue, Locus
from telemparse.model.messages import Batch, Meta
from telemparse.model.provenance import Provenance
from telemparse.plot import plot_delta, plot_gg, plot_map, plot_traces
from telemparse.report import Chapter, describe, render, write_report
from telemparse.writers.manifest import Manifest


def detecting(path: Path) -> str | None:
    """Ask what a recording is."""
    found = telemparse.detect(path)
    assert_type(found, Classification)
    assert_type(found.winner, Candidate | None)
    assert_type(found.parts, tuple[Part, ...])
    assert_type(found.faults, tuple[Fault, ...])
    assert_type(found.explain(), str)
    if found.winner is None:
        return None
    assert_type(found.winner.score, float)
    assert_type(found.winner.evidence, tuple[str, ...])
    return found.winner.parser_id


def parsing() -> ParseResult:
    """Hand in every kind of source, with every kind of option."""
    options = ParseOptions(
        timezone="Europe/Berlin",
        prefer=("csv",),
        columns={"Zeit": "t", 3: "speed:kmh"},
        streams="gnss_pvt",
        isolation="process",
        timeout_s=10,
    )
    telemparse.parse("a.csv", options, parser="csv", on_error="return")
    telemparse.parse(b"t,lat,lon\n")
    telemparse.parse(["a.csv", Path("b.csv")])
    telemparse.parse({"a.csv": b"t,lat,lon\n"})
    with Path("a.csv").open("rb") as file:
        telemparse.parse(file)
    telemparse.parse("a.csv", on_error="ignore")  # type: ignore[arg-type]  # no such word
    sets = telemparse.group(["a.csv", "b.gpx"])
    assert_type(sets, list[ArtifactSet])
    return telemparse.parse(sets[0])


def looking(result: ParseResult) -> None:
    """Read what a result holds."""
    assert_type(result.ok, bool)
    assert_type(result.capabilities, Capabilities)
    assert_type(result.capabilities.sample_rate_gnss_hz, float | None)
    assert_type(result.metadata, Mapping[str, Any])
    assert_type(result.warnings, tuple[Issue, ...])
    assert_type(result.provenance, Provenance)
    assert_type(result.provenance.parser_id, str | None)
    assert_type(result.summary(), str)
    for issue in result.errors:
        assert_type(issue.severity, Severity)
        assert_type(issue.locus, Locus | None)
        assert_type(CODES[issue.code], Code)
    result.ok = True  # type: ignore[misc]  # results are frozen


def writing(result: ParseResult, folder: Path) -> ParseResult:
    """Write a result and read it back."""
    assert_type(writers.write(result, folder, format="parquet", compression="zstd"), Manifest)
    assert_type(telemparse.convert("a.csv", folder), Manifest)
    assert_type(writers.read(folder), ParseResult)
    return writers.read(folder)


def failing() -> str:
    """Catch what calls raise."""
    try:
        telemparse.parse("a.csv")
    except ParseFailed as failure:
        assert_type(failure.result, ParseResult)
        return str(failure)
    except (CallError, MissingExtra, TelemparseError) as error:
        return str(error)
    return ""


def detect(sniffs: tuple[Sniff, ...]) -> Detection:
    """Detect as a plugin does."""
    assert_type(sniffs[0].head, bytes)
    assert_type(sniffs[0].more(0, 10), bytes)
    return Detection(Rung.SHAPE, ("looks like it",))


def parse(artifacts: ArtifactSet, options: ParseOptions) -> Iterable[Message]:
    """Parse as a plugin does."""
    for artifact in artifacts:
        assert_type(artifact, Artifact)
        yield Meta("device_family", artifact.name)
        if options.wants("gnss_pvt"):
            yield Batch("gnss_pvt", schemas.build("gnss_pvt", {}))
        yield Issue("ROWS_SKIPPED", Locus(artifact.name, line=1), count=1, total=2)
        raise Malformed("ARTIFACT_TRUNCATED", Locus(artifact.name, offset=9))


@hookimpl
def telemparse_parsers() -> Iterable[ParserCard]:
    """Declare as a plugin does."""
    return (ParserCard(id="toy", name="Toy", version="1", detector="toy:detect", target="toy:parse"),)


def aligning(table: Any) -> Any:
    """Put rows and clocks in order, and make fewer rows of them."""
    aligned = telemparse.analysis.align(table, nominal_hz=10)
    assert_type(aligned, Aligned)
    assert_type(aligned.issues, tuple[Issue, ...])
    assert_type(telemparse.analysis.timing(table), Timing)
    assert_type(aligned.timing.nominal_hz, float | None)
    levels = Levels(Level.CANONICAL, l1=Level.DS_5HZ)
    telemparse.analysis.downsample(table, "ds_1hz")
    telemparse.analysis.downsample(table, levels.l0)
    telemparse.analysis.downsample_all(table, levels)
    match = telemparse.analysis.match_clocks(table, table, columns_b=("wheel_speed_rl_mps",))
    assert_type(match, ClockMatch)
    assert_type(match.offset_ns, int | None)
    assert_type(match.uncertain, bool)
    return telemparse.analysis.select_for_chart(match.moved(table), "speed_mps", points=100)


def judging(result: ParseResult, table: Any) -> str:
    """Judge a recording by the usual penalties, and by others."""
    quality = telemparse.analysis.score(result)
    assert_type(quality, Quality)
    assert_type(quality.overall, float | None)
    stricter = PenaltyTable.default().with_penalty("gap", 30)
    telemparse.analysis.score(telemparse.analysis.tag(table), table=stricter)
    return quality.top_reasons[0].remedy


def racing(result: ParseResult) -> None:
    """Find laps, compare them, and draw what was found."""
    laps = telemparse.analysis.find_laps(result, method="linear")
    assert_type(laps, Laps)
    assert_type(telemparse.analysis.match_laps(laps.table, result.streams["laps"]), tuple[Match, ...])
    comparison = telemparse.analysis.compare_laps(laps, [3, 5])
    assert_type(comparison, Comparison)
    segments = telemparse.analysis.find_segments(laps)
    ax = plot_map(laps, lap=3, segments=segments)
    assert_type(ax, Axes)
    assert_type(plot_traces(comparison, over="t_s", ax=ax), Axes)
    assert_type(plot_delta(laps, [3, 5], reference=3), Axes)
    plot_gg(result, of="guess")  # type: ignore[arg-type]  # there is no such source


def fusing(result: ParseResult) -> float:
    """Fuse fixes and samples, with the usual choices and with others."""
    noise = UnitNoise(force_bias=0.1)
    options = FusionOptions(noise=noise, lever_m=(0.4, 0.0, 0.9), rate_hz=50, sideways_mps=0.2)
    fused = telemparse.analysis.fuse(result, options=options)
    assert_type(fused, Fused)
    assert_type(fused.source, str | None)
    assert_type(fused.issues, tuple[Issue, ...])
    assert_type(fused.health, FusionHealth | None)
    telemparse.analysis.fuse(result.streams)
    telemparse.analysis.fuse("a.ubx")  # type: ignore[arg-type]  # neither a result nor tables
    spans = fused.health.degraded if fused.health else ()
    assert_type(spans, tuple[DegradedSpan, ...])
    return sum(span.seconds for span in spans)


def tell(result: ParseResult) -> None:
    """Write what was found as a page."""
    chapter = describe(result, telemparse.analysis.find_laps(result), label="a day")
    assert_type(chapter, Chapter)
    assert_type(render([chapter, result, "a.gpx"]), str)
    assert_type(write_report(result, "report.html", title="a day"), Path)
    write_report(3, "report.html")  # type: ignore[arg-type]  # neither a recording nor several


def contracts() -> Catalog:
    """Fit plain functions into the protocols."""
    detector: Detector = detect
    parser: Parser = parse  # type: ignore[assignment]  # a parser is an iterator, not any iterable
    assert detector
    assert parser
    return Catalog.shared()
