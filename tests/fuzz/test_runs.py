"""Around the harness: what libFuzzer printed, where figures are kept, seeds, and parsers without a row."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.report import section_text
from benchmarks.tables.fuzzing import section
from fuzz import running
from fuzz.figures import kept, load, with_section
from fuzz.running import figures_in, fuzzed
from fuzz.seeds import MAX_BYTES, seeds, write_seeds
from fuzz.targets import TARGETS, Target, target_of
from telemparse.extension import catalog as catalogs
from toys import catalog, toy

LOG = """INFO: seed corpus: files: 3
#4\tINITED cov: 10 ft: 20 corp: 1/1b exec/s: 0 rss: 90Mb
#900\tNEW    cov: 31 ft: 45 corp: 9/8Kb lim: 8192 exec/s: 90 rss: 91Mb L: 8/16 MS: 1 Custom-
stat::number_of_executed_units: 912
stat::peak_rss_mb:              93
"""


FIGURES = {"executions": 912, "edges": 31, "features": 45, "memory_mb": 93}


def test_figures_are_those_of_the_end_of_the_log():
    assert figures_in(LOG) == FIGURES
    assert figures_in("it did not start") == dict.fromkeys(figures_in(LOG), 0)


def test_executions_of_all_legs_are_counted():
    assert figures_in(LOG + LOG) == {**FIGURES, "executions": 2 * 912}


class Legs:
    """Stands for the harness: each leg takes `seconds` and prints LOG."""

    def __init__(self, monkeypatch, seconds, finds=(), status=0):
        self.seconds, self.finds, self.status = seconds, finds, status
        self.now, self.limits = 100.0, []
        monkeypatch.setattr(running.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(running.subprocess, "run", self)
        monkeypatch.delenv("TELEMPARSE_CORPUS", raising=False)

    def __call__(self, command, *, stdout, **_rest):
        self.now += self.seconds
        self.limits.append(command[-1])
        assert any(Path(command[4]).iterdir())  # the seeds
        for name in self.finds:
            (Path(command[5]) / name).write_bytes(b"x")
        stdout.write(LOG.encode())
        stdout.flush()
        return subprocess.CompletedProcess(command, self.status)


def test_a_run_has_legs_until_its_time_is_over(monkeypatch, tmp_path):
    legs = Legs(monkeypatch, 25)
    run = fuzzed(target_of("gpx"), 60, tmp_path)
    assert legs.limits == ["-max_total_time=60", "-max_total_time=35", "-max_total_time=10"]
    assert (run.seconds, run.executions, run.findings, run.complete) == (75, 3 * 912, (), True)


def test_what_breaks_the_promise_is_found_and_what_an_earlier_run_kept_is_not(monkeypatch, tmp_path):
    (tmp_path / "gpx").mkdir()
    (tmp_path / "gpx" / "crash-old").write_bytes(b"old")
    Legs(monkeypatch, 60, finds=("0a1b", "0a1b.txt", "slow-unit-1"))
    run = fuzzed(target_of("gpx"), 60, tmp_path)
    assert run.findings == (tmp_path / "gpx" / "0a1b",)
    Legs(monkeypatch, 60)
    assert fuzzed(target_of("gpx"), 60, tmp_path).findings == ()


def test_a_leg_that_fails_is_the_last(monkeypatch, tmp_path):
    legs = Legs(monkeypatch, 5, finds=("timeout-1",), status=70)
    run = fuzzed(target_of("gpx"), 60, tmp_path)
    assert (len(legs.limits), run.complete) == (1, False)
    assert run.findings == (tmp_path / "gpx" / "timeout-1",)


def test_a_run_takes_the_place_of_the_one_before():
    first = kept(kept({}, {"parser": "gpx", "edges": 1}), {"parser": "csv", "edges": 2})
    second = kept(first, {"parser": "gpx", "edges": 3})
    assert [(name, run["edges"]) for name, run in second.items()] == [("csv", 2), ("gpx", 3)]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("# P\n\ntext\n", "# P\n\ntext\n\n## F\n\nnew\n"),
        ("# P\n\n## F\n\nold\n\n## G\n\ng\n", "# P\n\n## F\n\nnew\n\n## G\n\ng\n"),
        ("# P\n\n## E\n\n## F\n\nold\n", "# P\n\n## E\n\n## F\n\nnew\n"),
        ("# P\n\n## Fine\n\nkept\n", "# P\n\n## Fine\n\nkept\n\n## F\n\nnew\n"),
    ],
)
def test_the_section_of_a_page_is_replaced_or_added(page, expected):
    assert with_section(page, "## F\n\nnew\n") == expected
    assert with_section(expected, "## F\n\nnew\n") == expected


def test_the_table_shows_the_figures_of_each_parser():
    run = {"date": "2025-01-02", "seconds": 60, "executions": 12345, "edges": 7, "features": 8, "findings": 0}
    assert section({"csv": {**run, "memory_mb": 300}}).rows == (
        ("csv", "2025-01-02", "60", "12,345", "7", "8", "300", "0"),
    )


def test_the_page_of_figures_shows_the_last_recorded_runs(root):
    page = (root / "docs" / "benchmarks.md").read_text("utf-8")
    assert set(load()) >= {target.parser for target in TARGETS}
    assert with_section(page, section_text(section(load()))) == page


def test_seeds_are_fixtures_examples_finds_and_the_named_folder(monkeypatch, tmp_path):
    target = target_of("gpx")
    monkeypatch.delenv("TELEMPARSE_CORPUS", raising=False)
    without = list(seeds(target))
    (tmp_path / "gpx").mkdir()
    (tmp_path / "gpx" / "real.gpx").write_bytes(b"<gpx>" + b" " * 2 * MAX_BYTES)
    monkeypatch.setenv("TELEMPARSE_CORPUS", str(tmp_path))
    real = list(seeds(target))[len(without) :]
    assert [len(seed) for seed in real] == [MAX_BYTES // 4, MAX_BYTES]
    count = write_seeds(target, tmp_path / "seeds")
    assert count == len({seed[:MAX_BYTES] for seed in (*without, *real)})
    assert max(path.stat().st_size for path in (tmp_path / "seeds").iterdir()) == MAX_BYTES


def test_a_named_folder_that_is_absent_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("TELEMPARSE_CORPUS", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match="TELEMPARSE_CORPUS"):
        list(seeds(target_of("csv")))


def test_a_parser_without_a_row_is_fuzzed_by_its_card(monkeypatch):
    monkeypatch.setattr(catalogs, "_shared", catalog(toy("blob", extensions=(".blob",))))
    assert target_of("blob") == Target(parser="blob", file="fuzz.blob")
    assert list(seeds(target_of("blob"))) == []
