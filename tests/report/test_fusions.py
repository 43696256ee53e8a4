"""The section of fusion: only with inertial samples, true to the filter, drawn where it tells most."""

from __future__ import annotations

import re

import attrs
import numpy as np
import pyarrow as pa
import pytest

from html_pages import read
from recorded import SECOND, fixes, inertial, result
from telemparse.analysis import find_laps, fuse
from telemparse.analysis.fusion.outcomes import DegradedSpan, Fused, FusionHealth
from telemparse.model.issues import Issue
from telemparse.report import analysed, describe, render
from telemparse.report.analysed import Analysed
from telemparse.report.fusions import fusion_of
from telemparse.testing.simulate import Gap, simulate


def section(page):
    """Return the section of fusion of a page, None without one."""
    found = [each for each in page.find("section") if each.attributes["aria-labelledby"].endswith("-fusion")]
    assert len(found) <= 1
    return found[0] if found else None


def facts(part):
    return {each.one("dt").text: each.one("dd").text for each in part.one("dl", "facts").find("div")}


def pose_of(gnss, speed_mps, source="server_fused", rate_hz=50.0):
    """Return a pose as fusion gives it, over the time of fixes, at one speed to the north."""
    first, last = (int(gnss["t"].cast(pa.int64())[row].as_py()) for row in (0, -1))
    own = fuse({"gnss_pvt": gnss}).table
    t_ns = np.arange(first, last, round(SECOND / rate_hz))
    count = len(t_ns)
    names = ("vel_std_mps", "yaw_std_rad", "pos_std_e_m", "pos_std_n_m")
    columns = {
        "t": pa.array(t_ns).cast(own.schema.field("t").type),
        "x_e_m": np.zeros(count), "y_n_m": np.zeros(count), "vx_mps": np.zeros(count),
        "vy_mps": np.broadcast_to(speed_mps, count), **{name: np.full(count, 0.05) for name in names},
    }  # fmt: skip
    arrays = [
        pa.array(columns[field.name]).cast(field.type) if field.name in columns
        else pa.array(np.zeros(count)).cast(field.type) if not field.nullable
        else pa.nulls(count, field.type)
        for field in own.schema
    ]  # fmt: skip
    metadata = {**own.schema.metadata, b"pose_source": source.encode()}
    return pa.Table.from_arrays(arrays, schema=own.schema).replace_schema_metadata(metadata)


HEALTH = FusionHealth(
    innovation={"place": 1.25, "pace": 0.5}, outlier_pct=3.14, noise_factor=1.0, force_noise=0.1,
    rate_noise=0.01, force_bias=(0.1, -0.2, 0.0), rate_bias=(0.0, 0.01, 0.0), scale=(0.0, 0.0, 0.0),
    offset_s=0.0123, offset_std_s=0.0021, mounting_deg=90.2, temperature_c=(-3.2, 41.0),
)  # fmt: skip


def gap_from(gnss, start_s, seconds):
    first = int(gnss["t"].cast(pa.int64())[0].as_py())
    start = first + round(start_s * SECOND)
    return DegradedSpan(
        start_ns=start, end_ns=start + round(seconds * SECOND), reason="no fixes", position_std_m=0.75
    )


@pytest.fixture
def told(monkeypatch):
    """Return a function that describes fixes and samples, with a fusion that is made up."""

    def tell(fused, gnss, **more):
        monkeypatch.setattr(analysed, "fuse", lambda _source: fused)
        streams = {"gnss_pvt": gnss, "imu_accel": inertial(), "imu_gyro": inertial("imu_gyro"), **more}
        return section(read(render(result(streams))))

    return tell


@pytest.fixture(scope="module")
def drive():
    gaps = [Gap(20.0, 2.0), Gap(40.0, 4.0)]
    return simulate("rc_offroad", seed=1, laps=2, imu=6, phase_s=None, disturbances=gaps)


@pytest.fixture(scope="module")
def page(drive):
    return read(render(result(drive.tables)))


# ---- a real fusion


@pytest.mark.slow
def test_a_drive_is_told_with_its_gaps_and_how_sure_it_is(page):
    part = section(page)
    assert "Fused from fixes and inertial samples, 100 Hz." in part.one("p", "lead").text
    tiles = {each.one("dt").text: each.one("b").text for each in part.one("dl", "figures").find("div")}
    assert list(tiles) == ["Velocity", "Yaw", "Position", "Outliers"]
    assert 0.03 < float(tiles["Velocity"].removeprefix("± ")) < 0.4
    rows = part.one("table", "spans").rows()[1:]
    assert [row[0] for row in rows] == ["0:20", "0:40"]
    assert [float(row[1].removesuffix(" s")) for row in rows] == pytest.approx([2, 4], abs=0.3)
    assert {row[3] for row in rows} == {"no fixes"}
    assert facts(part)["Built in"] == "along the vehicle"
    assert re.fullmatch(r"fixes are \d\.\d ± \d\.\d ms (ahead of|behind) the samples", facts(part)["Clocks"])


@pytest.mark.slow
def test_the_chart_lies_about_the_longest_gap_which_only_the_fused_line_crosses(page):
    part = section(page)
    assert re.search(
        r"^\d+ s from 0:1\d after the first position\. Shaded: no fixes\.", part.one("figcaption").text
    )
    paths = {each.attributes["data-name"]: each.attributes["d"] for each in part.find("path", "trace")}
    assert set(paths) == {"fused", "receiver alone", "difference"}
    assert paths["fused"].count("M") == 1
    assert paths["receiver alone"].count("M") == paths["difference"].count("M") == 3
    speed = part.find("div", "chart")[0]
    assert len(speed.find("rect", "band")) == 2
    widths = [float(band.attributes["width"].rstrip("%")) for band in speed.find("rect", "band")]
    assert widths[1] / widths[0] == pytest.approx(2, rel=0.1)


@pytest.mark.slow
def test_the_quality_judges_the_fused_pose(page):
    scores = {row[0]: row[1] for table in page.find("table", "scores") for row in table.rows()}
    assert scores["Fused pose"].isdigit()


# ---- no fusion


def test_without_samples_or_without_positions_there_is_no_word_of_fusion(chapter):
    assert chapter.fusion is None
    assert section(read(render(chapter))) is None
    assert describe(result({"imu_accel": inertial(), "imu_gyro": inertial("imu_gyro")})).fusion is None
    assert describe(result({"gnss_pvt": fixes(20.0), "imu_accel": inertial().slice(0, 0)})).fusion is None


def test_what_cannot_be_fused_says_why_with_code_and_hint():
    part = section(read(render(result({"gnss_pvt": fixes(60.0), "imu_accel": inertial()}))))
    assert part.one("p", "lead").text == "The pose is that of the receiver alone."
    (finding,) = part.one("ul", "findings").find("li")
    assert finding.one("code").text == "FUSION_SKIPPED_NO_IMU"
    assert "no gyroscope" in finding.text
    assert finding.one("span", "remedy").text == "Record with a 6-axis IMU."
    assert not part.find("figure")
    assert not part.find("dl")


def test_samples_that_do_not_belong_to_the_drive_are_refused_on_the_page_as_well():
    streams = {"gnss_pvt": fixes(60.0), "imu_accel": inertial(), "imu_gyro": inertial("imu_gyro")}
    part = section(read(render(result(streams))))
    assert part.one("ul", "findings").one("code").text == "FUSION_SKIPPED"
    assert not part.find("figure")


# ---- words that follow the numbers


def test_a_fusion_that_failed_shows_what_the_filter_saw_and_no_chart(told):
    gnss = fixes(60.0)
    health = attrs.evolve(HEALTH, outlier_pct=40.0, noise_factor=6.0, degraded=(gap_from(gnss, 9, 3),))
    issue = Issue("FUSION_DIVERGED", share_pct=40.0)
    table = pose_of(gnss, 20.0, source="gnss_measured")
    part = told(Fused(table=table, health=health, issues=(issue,)), gnss)
    assert "FUSION_DIVERGED" in part.text
    assert facts(part)["Outliers"] == "40.0 % of the measurements"
    assert facts(part)["Noise"] == "6.0 times what the samples show"
    assert not part.find("figure") + part.find("table")


def test_the_figures_are_those_of_the_filter_and_of_the_pose(told):
    gnss = fixes(60.0)
    issue = Issue("IMU_SATURATION", count=7, axis="any axis")
    table = pose_of(gnss, 20.0)
    part = told(Fused(table=table, onboard=table, health=HEALTH, issues=(issue,)), gnss)
    assert "Fused from fixes and inertial samples, 50 Hz. The recording holds a pose as well" in part.text
    tiles = [each.one("b").text for each in part.one("dl", "figures").find("div")]
    assert tiles == ["± 0.18", "± 2.9°", "± 0.050", "3.1"]
    assert facts(part) == {
        "Clocks": "fixes are 12.3 ± 2.1 ms behind the samples",
        "Built in": "turned by 90°, put right",
        "Biases": "forces +0.100, −0.200, 0.000 m/s²; rates 0.00, +0.57, 0.00 °/s (forwards, left, up)",  # noqa: RUF001
        "Noise": "as the samples show it",
        "Temperature": "of the unit, −3 to 41 °C",  # noqa: RUF001
        "Innovations": "place 1.25, pace 0.50 (1 is as foretold, less is cautious)",
    }
    assert "IMU_SATURATION" in part.one("ul", "findings").text


def test_clocks_of_two_kinds_are_no_difference_of_half_a_century(told):
    gnss = fixes(60.0)
    samples = inertial(time_base="relative")
    health = attrs.evolve(HEALTH, offset_s=-1.7e9)
    part = told(Fused(table=pose_of(gnss, 20.0), health=health), gnss, imu_accel=samples)
    assert facts(part)["Clocks"] == "of two kinds; where the fixes lie among the samples is known to ± 2.1 ms"


def test_a_long_list_of_gaps_is_cut_and_counted(told):
    gnss = fixes(60.0)
    gaps = tuple(gap_from(gnss, start, 1.0) for start in range(2, 58, 2))
    part = told(Fused(table=pose_of(gnss, 20.0), health=attrs.evolve(HEALTH, degraded=gaps)), gnss)
    assert len(part.one("table", "spans").find("tr")) == 21
    assert "8 more are not listed." in part.text


def parts(gnss, fused):
    source = result({"gnss_pvt": gnss, "imu_accel": inertial()})
    found = attrs.evolve(Analysed.of(source, find_laps(source)), fused=fused)
    return found, fusion_of(found)


def test_without_gaps_the_best_lap_is_drawn_and_the_difference_is_that_of_the_speeds():
    gnss = fixes(60.0)
    found, part = parts(gnss, Fused(table=pose_of(gnss, 21.0), health=HEALTH))
    assert part.charts.caption == f"Lap {found.comparison.reference}, by time since the line."
    lap = next(row for row in found.valid if row.number == found.comparison.reference)
    assert part.charts.extent == pytest.approx(lap.duration_ns / SECOND)
    assert part.charts.bands == ()
    off = part.charts.charts[1]
    # One metre a second is 3.6 km/h.
    assert float(re.search(r"usually ([\d.]+)", off.description)[1]) == pytest.approx(3.6, abs=0.2)
    assert off.low < 0
    assert off.high > 3.6


def test_without_laps_the_minute_is_drawn_in_which_both_differ_most():
    t_s = np.arange(3000) / 10
    gnss = fixes(300.0, lat_deg=np.full(3000, 52.0) + 20 * t_s / 111_195, lon_deg=np.full(3000, 1.0),
                 course_deg=np.zeros(3000))  # fmt: skip
    steps = np.arange(0, 299.9, 0.02)
    odd = np.where((steps > 200) & (steps < 210), 25.0, 20.0)
    found, part = parts(gnss, Fused(table=pose_of(gnss, odd), health=HEALTH))
    assert not found.valid
    minute, second = map(int, re.match(r"60 s from (\d+):(\d\d) after", part.charts.caption).groups())
    assert 150 <= 60 * minute + second <= 200
    assert part.charts.extent == 60


def test_a_receiver_without_speeds_has_nothing_to_lay_beside():
    gnss = fixes(60.0, speed_mps=None, course_deg=None, sacc_mps=None)
    _found, part = parts(gnss, Fused(table=pose_of(gnss, 20.0), health=HEALTH))
    assert part.fused
    assert part.charts is None


def test_a_pose_without_a_filter_has_no_facts():
    gnss = fixes(60.0)
    _found, part = parts(gnss, Fused(table=pose_of(gnss, 20.0)))
    assert part.facts == part.spans == ()
    assert [tile[0] for tile in part.tiles] == ["Velocity", "Yaw", "Position"]
