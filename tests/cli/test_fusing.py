"""`telemparse fuse`: the pose that is written, what is told of it, and words where there is none."""

from __future__ import annotations

import json
import re
import sys

import attrs
import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

import recorded
from raced_files import write_gnss, write_imu
from telemparse import writers
from telemparse.analysis.fusion.outcomes import DegradedSpan, FusionHealth
from telemparse.analysis.fusion.parameters import FusionOptions
from telemparse.cli import fusion_findings
from telemparse.cli.app import app
from telemparse.cli.fusion_findings import FusionFindings
from telemparse.testing.simulate import Gap, simulate, write_vbo


def tell(*words, width=100):
    return CliRunner().invoke(app, ["fuse", *map(str, words)], env={"COLUMNS": str(width)})


def document(*words):
    result = tell(*words, "--json")
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    return json.loads(line)


def plain(text):
    return " ".join(text.split())


def fact(text, name):
    """Return the words behind a name, those of the lines that go on below it too."""
    (found,) = re.findall(rf"^  {name}  +(.*(?:\n    .*)*)", text, re.MULTILINE)
    return plain(found)


def of_pose(table, *names):
    return np.stack([table[name].to_numpy().astype(float) for name in names], axis=1)


@pytest.fixture(scope="module")
def drive():
    gap = Gap(30.0, 4.0)
    return simulate("rc_offroad", seed=1, laps=2, imu=6, phase_s=None, disturbances=[gap])


@pytest.fixture(scope="module")
def files(tmp_path_factory, drive):
    folder = tmp_path_factory.mktemp("drive")
    return write_gnss(drive, folder / "gnss.csv"), write_imu(drive, folder / "imu.csv")


@pytest.fixture(scope="module")
def fused(tmp_path_factory, files):
    """Return what a fusion of both files printed, and the folder that it wrote."""
    out = tmp_path_factory.mktemp("fused")
    result = tell(*files, "--together", "--out", out)
    assert result.exit_code == 0, result.output
    return result.stdout, out


@pytest.fixture(scope="module")
def facts(tmp_path_factory, files):
    out = tmp_path_factory.mktemp("facts")
    return document(*files, "--together", "--out", out, "--rate", "20")


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Return a recording without an inertial unit."""
    place = tmp_path_factory.mktemp("bare") / "kart.vbo"
    place.write_bytes(write_vbo(simulate("kart", seed=3, laps=2, gnss="m9", rate_hz=10)))
    return place


@pytest.mark.slow
def test_the_pose_that_is_written_is_the_drive_through_the_gap_as_well(drive, fused):
    _text, out = fused
    written = writers.read(out)
    assert {"gnss_pvt", "imu_accel", "imu_gyro", "pose"} == set(written.streams)
    pose = written.streams["pose"]
    assert pose.schema.metadata[b"pose_source"] == b"server_fused"
    true = drive.truth.at(pose["t"].cast(pa.int64()).to_numpy())
    speed = np.hypot(*of_pose(pose, "vx_mps", "vy_mps").T)
    assert np.sqrt(np.mean((speed - true.speed_mps) ** 2)) < 0.1
    bridged = (pose["quality_flags"].to_numpy() & 1) > 0
    assert bridged.mean() == pytest.approx(4 / 75, rel=0.4)


@pytest.mark.slow
def test_people_read_what_the_pose_is_how_sure_and_where_it_rests_on_less(fused):
    text, out = fused
    assert fact(text, "pose") == "fused from fixes and inertial samples (server_fused)"
    assert re.fullmatch(r"[\d,]+ at 100 Hz, 0:01:\d\d", fact(text, "rows"))
    velocity, yaw = map(float, re.findall(r"(?:velocity|yaw) ± ([\d.]+)", fact(text, "usually")))
    assert 0.01 < velocity < 0.1
    assert 0.05 < yaw < 1.0
    milliseconds, std = map(
        float, re.match(r"fixes are ([\d.]+) ± ([\d.]+) ms", fact(text, "clocks")).groups()
    )
    assert milliseconds < 4 * std < 20
    assert fact(text, "built in") == "along the vehicle"
    assert re.fullmatch(
        r"forces( \S+){3} m/s²; rates( \S+){3} °/s \(forwards, left, up\)", fact(text, "biases")
    )
    assert fact(text, "outliers").endswith("% of the measurements")
    assert fact(text, "written") == str(out)
    (row,) = [line.split() for line in text.splitlines() if line.endswith("no fixes")]
    start, length, sigma = (float(row[index]) for index in (0, 2, 4))
    assert start == pytest.approx(30, abs=0.5)
    assert length == pytest.approx(4, abs=0.5)
    assert 0 < sigma < 5
    assert plain(text).count("Positions hardly get better by fusion") == 1


@pytest.mark.slow
def test_a_narrow_terminal_cuts_nothing(files, tmp_path, fused):
    narrow = tell(*files, "--together", "--out", tmp_path, width=50).stdout
    lines = [line for line in narrow.splitlines()[1:] if str(tmp_path)[:8] not in line]
    assert max(map(len, lines)) <= 50
    assert fact(narrow, "biases") == fact(fused[0], "biases")


@pytest.mark.slow
def test_json_holds_health_and_streams_and_no_place_on_earth(drive, facts):
    assert set(facts) == {
        "v", "paths", "artifacts", "parser", "ok", "time_base", "source", "one_clock", "usual_std", "health",
        "parameters", "streams", "issues", "warnings", "errors",
    }  # fmt: skip
    assert set(facts["health"]) == {field.name for field in attrs.fields(FusionHealth)}
    assert (facts["source"], facts["one_clock"], facts["time_base"]) == ("server_fused", True, "utc")
    (span,) = facts["health"]["degraded"]
    assert set(span) == {"start", "end", "seconds", "reason", "position_std_m"}
    assert span["seconds"] == pytest.approx(4, abs=0.5)
    assert facts["streams"]["pose"]["rate_hz"] == pytest.approx(20)
    lat, lon = (str(drive.gnss[name][0].as_py())[:6] for name in ("lat_deg", "lon_deg"))
    assert lat not in json.dumps(facts)
    assert lon not in json.dumps(facts)


@pytest.mark.slow
def test_each_recording_gets_a_folder_and_one_without_positions_gets_words(files, bare, tmp_path):
    result = tell(bare, files[1], "--out", tmp_path)
    assert result.exit_code == 0
    assert sorted(place.name for place in tmp_path.iterdir()) == ["kart"]
    assert "fusion was not tried: the recording holds no positions [FUSION_SKIPPED]" in plain(result.stdout)
    assert "with --together" in plain(result.stdout)
    answers = [
        json.loads(line) for line in tell(bare, files[1], "--out", tmp_path, "--json").stdout.splitlines()
    ]
    assert [answer["source"] for answer in answers] == ["gnss_measured", None]
    assert (answers[1]["streams"], answers[1]["usual_std"], answers[1]["health"]) == ({}, None, None)
    assert [issue["code"] for issue in answers[1]["issues"]] == ["FUSION_SKIPPED"]


def test_without_an_inertial_unit_the_receiver_stands_alone_and_the_words_say_why(bare, tmp_path):
    result = tell(bare, "--out", tmp_path)
    assert result.exit_code == 0
    assert fact(result.stdout, "pose") == "of the receiver alone (gnss_measured): FUSION_SKIPPED_NO_IMU"
    assert "no usable IMU: no accelerometer" in plain(result.stdout)
    assert "hint: Record with a 6-axis IMU." in result.stdout
    assert "hardly get better" not in result.stdout
    written = writers.read(tmp_path)
    assert written.streams["pose"].schema.metadata[b"pose_source"] == b"gnss_measured"
    assert written.streams["pose"].num_rows == written.streams["gnss_pvt"].num_rows
    assert "FUSION_SKIPPED_NO_IMU" in [issue.code for issue in written.warnings]


def test_samples_that_have_hardly_any_time_in_common_with_the_fixes_are_refused(files, tmp_path):
    text = files[1].read_text().splitlines(keepends=True)
    other = tmp_path / "imu.csv"
    # Seven seconds of samples.
    other.write_text("".join(text[:700]))
    result = tell(files[0], other, "--together", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "TIME_ALIGNMENT_DRIFT" in fact(result.stdout, "pose")
    assert "in common" in plain(result.stdout)
    assert "built in" not in result.stdout


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.4])
def test_files_that_end_anywhere_end_with_words(files, kept, tmp_path):
    for name, place in zip(("gnss.csv", "imu.csv"), files, strict=True):
        content = place.read_bytes()
        (tmp_path / name).write_bytes(content[: round(kept * 0.3 * len(content))])
    result = tell(tmp_path / "gnss.csv", tmp_path / "imu.csv", "--together", "--out", tmp_path / "out")
    assert result.exit_code == (0 if kept else 3)
    assert "internal error" not in result.output
    assert "FUSION" in result.stdout or "TIME_ALIGNMENT" in result.stdout or "ARTIFACT_EMPTY" in result.stdout


def test_what_is_not_recognised_and_what_is_absent_have_their_exit_codes(tmp_path):
    odd = tmp_path / "odd.bin"
    odd.write_bytes(b"\x01\x02 nobody knows this")
    unknown = tell(odd, "--out", tmp_path / "out")
    assert unknown.exit_code == 3
    assert "FORMAT_NOT_RECOGNISED" in unknown.stdout
    assert "FUSION" not in unknown.stdout
    assert tell(tmp_path / "absent.csv", "--out", tmp_path / "out").exit_code == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named(bare, tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = tell(bare, "--out", tmp_path / "file" / "below")
    assert result.exit_code == 1
    assert "kart.vbo" in result.stderr
    assert not result.stdout


@pytest.mark.parametrize(
    "wrong",
    [
        ["--lever", "1,2"], ["--lever", "1,2,3,4"], ["--lever", "1,two,3"], ["--lever", "0,nan,0"],
        ["--lever", "0,inf,0"], ["--lever", ""], ["--rate", "0"], ["--rate", "-5"], ["--rate", "nan"],
        ["--rate", "inf"], ["--rate", "1e-300"], ["--rate", "fast"], ["--sideways", "0"],
        ["--sideways", "-0.1"], ["--sideways", "nan"], ["--format", "xml"], ["--compression", "lz4"],
        ["--parser", "nobody"], ["--columns", "Y=lat_deg,lon_deg"],
    ],
)  # fmt: skip
def test_values_that_cannot_be_right_are_wrong_calls_before_anything_is_written(bare, wrong, tmp_path):
    result = tell(bare, "--out", tmp_path / "out", *wrong)
    assert result.exit_code == 2
    assert not result.stdout
    assert not (tmp_path / "out").exists()


def test_a_folder_must_be_named(bare):
    assert tell(bare).exit_code == 2


def test_without_scipy_the_extra_is_named_before_any_file_is_read(bare, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    result = tell(bare, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "scipy is not installed: pip install 'telemparse[analysis]'" in result.stderr
    assert not (tmp_path / "out").exists()


def test_every_choice_of_a_call_reaches_the_fusion(bare, tmp_path, monkeypatch):
    seen = []
    own = fusion_findings.fuse

    def watched(source, *, options):
        seen.append(options)
        return own(source, options=options)

    monkeypatch.setattr(fusion_findings, "fuse", watched)
    tell(bare, "--out", tmp_path)
    tell(
        bare, "--out", tmp_path, "--lever", "-0.4,0.1,0.9", "--rate", "25", "--sideways", "0.2", "--wheels",
        "--no-magnetometer",
    )  # fmt: skip
    assert seen == [
        FusionOptions(),
        FusionOptions(
            lever_m=(-0.4, 0.1, 0.9), rate_hz=25.0, sideways_mps=0.2, wheels=True, magnetometer=False
        ),
    ]


@pytest.mark.parametrize(
    ("source", "aside"), [("onboard_fused", "pose.onboard_fused"), ("of nobody", "pose.recorded")]
)
def test_a_pose_that_was_recorded_stays_beside_ours(source, aside):
    gnss = recorded.fixes(20.0)
    first = FusionFindings.of(recorded.result({"gnss_pvt": gnss}), FusionOptions())
    facts = {**first.pose.schema.metadata, b"pose_source": source.encode()}
    own = first.pose.slice(0, 7).replace_schema_metadata(facts)
    found = FusionFindings.of(recorded.result({"gnss_pvt": gnss, "pose": own}), FusionOptions())
    assert set(found.whole.streams) == {"gnss_pvt", "pose", aside}
    assert found.whole.streams[aside] is own
    assert found.whole.streams["pose"].num_rows == gnss.num_rows
    assert (found.fused.onboard is own) == (source == "onboard_fused")


def test_streams_without_rows_count_as_absent():
    empty = recorded.fixes(20.0).slice(0, 0)
    found = FusionFindings.of(
        recorded.result({"gnss_pvt": empty, "imu_accel": recorded.inertial()}), FusionOptions()
    )
    assert found.pose is None
    assert [issue.evidence["reason"] for issue in found.issues] == ["the recording holds no positions"]
    assert found.whole is found.result


def test_other_formats_are_written_where_they_are_asked_for(bare, tmp_path):
    facts = document(bare, "--out", tmp_path, "--format", "csv")
    assert facts["streams"]["pose"]["path"] == str(tmp_path / "pose.csv")
    assert (tmp_path / "pose.csv").stat().st_size > 1000


def test_the_words_for_what_a_filter_found_follow_its_numbers(bare, tmp_path, monkeypatch):
    own = fusion_findings.fuse
    gap = DegradedSpan(start_ns=0, end_ns=10**9, reason="no fixes", position_std_m=12.34)
    health = FusionHealth(
        innovation={"place": 1.0}, outlier_pct=16.2, noise_factor=2.04, force_noise=0.1, rate_noise=0.01,
        force_bias=(0.0, -0.00001, 1.0), rate_bias=(0.0, 0.01, 0.0), scale=(0.0, 0.0, 0.0), offset_s=-0.0123,
        offset_std_s=0.0021, mounting_deg=90.2, degraded=(gap,) * 15,
        temperature_c=(-3.2, 41.0),
    )  # fmt: skip

    def made(source, *, options, metadata=b"server_fused"):
        found = own(source, options=options)
        facts = {**found.table.schema.metadata, b"pose_source": metadata}
        return attrs.evolve(found, table=found.table.replace_schema_metadata(facts), health=health)

    monkeypatch.setattr(fusion_findings, "fuse", made)
    text = tell(bare, "--out", tmp_path).stdout
    assert fact(text, "built in") == "turned by 90°; the pose is the vehicle's"
    assert fact(text, "unit") == "-3 to 41 °C"
    assert fact(text, "noise") == "2.0 times what the samples show"
    assert (
        fact(text, "biases")
        == "forces 0.000, 0.000, +1.000 m/s²; rates 0.00, +0.57, 0.00 °/s (forwards, left, up)"
    )
    # The recording has no samples, so theirs is another clock than that of the fixes.
    assert fact(text, "clocks").endswith("known to ± 2.1 ms")
    assert text.count("12 m") == 12
    assert "and 3 more: --json lists them all" in plain(text)
    monkeypatch.setattr(
        fusion_findings,
        "fuse",
        lambda source, options: made(source, options=options, metadata=b"gnss_measured"),
    )
    refused = tell(bare, "--out", tmp_path).stdout
    assert fact(refused, "outliers") == "16.2 % of the measurements"
    assert "no fixes" not in refused
