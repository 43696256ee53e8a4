"""Recordings at the edge: pages that are in order whatever the positions, times and laps are like."""

from __future__ import annotations

import attrs
import numpy as np
import pyarrow as pa
import pytest

from html_pages import read
from recorded import SECOND, displaced, fixes, inertial, lap_table, result, rows_of
from telemparse.analysis.lap_results import Laps
from telemparse.model.gates import Gate, GateKind
from telemparse.model.issues import Issue
from telemparse.report import describe, render
from telemparse.report.readings import reading_of
from telemparse.schemas.registry import schema_of
from telemparse.testing.simulate import Stationary, simulate


def moved(table, lat_deg, lon_deg):
    """Return positions about another middle, degrees for degrees."""
    lat, lon = (np.array(table[name].to_pylist()) for name in ("lat_deg", "lon_deg"))
    new = {"lat_deg": lat - lat.mean() + lat_deg, "lon_deg": (lon - lon.mean() + lon_deg + 180) % 360 - 180}
    for name, values in new.items():
        at = table.column_names.index(name)
        table = table.set_column(at, table.schema.field(at), pa.array(values))
    return table


def in_one_place(table):
    """Return positions that are all the same, to the last digit."""
    for name in ("lat_deg", "lon_deg"):
        at = table.column_names.index(name)
        same = pa.array(np.full(table.num_rows, 0.5))
        table = table.set_column(at, table.schema.field(at), same)
    return table


def at_times(table, t_ns):
    at = table.column_names.index("t")
    stamps = pa.array(np.asarray(t_ns, np.int64)).cast(table.schema.field(at).type)
    return table.set_column(at, table.schema.field(at), stamps)


NO_SECTORS = schema_of("sectors").empty_table()
CIRCLE = fixes(40.0)
ODD = {
    "antimeridian": moved(CIRCLE, 10.0, 180.0),
    "pole": moved(fixes(40.0), 89.9, 0.0),
    "two positions": fixes(0.2),
    "one place": in_one_place(fixes(5.0)),
    "equal times": at_times(fixes(5.0), np.full(50, 1_700_000_000 * SECOND)),
    "years apart": rows_of(
        at_times(CIRCLE, 1_700_000_000 * SECOND + np.arange(400) * SECOND // 10
                 + (np.arange(400) > 200) * 10**17), slice(None)
    ),
    "no date": fixes(40.0, time_base="relative"),
    "wild fixes": displaced(CIRCLE, slice(None, None, 7), 5000.0),
    "every second row": rows_of(CIRCLE, slice(None, None, 20)),
    "no velocity": fixes(40.0, speed_mps=None, course_deg=None, sacc_mps=None),
    "velocity now and then": fixes(
        40.0, speed_mps=np.where(np.arange(400) % 3, 20.0, np.nan), course_deg=None
    ),
}  # fmt: skip


@pytest.mark.parametrize("table", ODD.values(), ids=ODD)
def test_odd_positions_make_a_page_in_order(table):
    text = render(result({"gnss_pvt": table}))
    page = read(text)
    assert "nan" not in text.lower().replace("nanosec", "")
    assert len(page.find("figure", "map")) == 1
    for drawing in page.find("figure", "map") + page.find("div", "chart"):
        assert any(path.attributes["d"] for path in drawing.find("path"))


def test_a_car_that_stands_has_a_map_and_no_laps():
    run = simulate("kart", seed=1, laps=2, gnss="m9", rate_hz=5, disturbances=[Stationary()])
    page = read(render(result({"gnss_pvt": run.gnss})))
    assert "LAPS_NOT_FOUND" in page.text
    assert not page.find("table", "laps")


def test_an_invalid_lap_alone_is_listed_and_nothing_is_laid_along_it():
    run = simulate("kart", seed=1, laps=2, gnss="m9", rate_hz=5)
    table = lap_table(1, validity=["INVALID"], confidence=["LOW"], reasons=[["GNSS_TELEPORT_EVENTS"]])
    laps = Laps(table=table, sectors=NO_SECTORS, gate=None, motion=None)
    page = read(render(describe(result({"gnss_pvt": run.gnss}), laps)))
    assert page.one("table", "laps").rows()[1][:2] == ["1", "12.000"]
    assert "GNSS_TELEPORT_EVENTS" in page.one("span", "doubt").text
    assert "Best lap" not in page.one("dl", "figures").text


def test_a_reason_that_all_laps_share_is_said_in_the_words_of_its_finding():
    table = lap_table(3, reasons=[["LAP_DETECTION_UNSTABLE"], ["GAP_WITHIN_LAP"], ["OF_A_PLUGIN"]])
    found = Issue("LAP_DETECTION_UNSTABLE", counts="2 to 3")
    gap = Issue("GAP_WITHIN_LAP", lap=2, gap_s=4.5)
    laps = Laps(
        table=table, sectors=NO_SECTORS, gate=None, motion=None,
        issues=(found, gap),
    )  # fmt: skip
    lines = describe(result({"imu_accel": inertial()}), laps).laps.lines
    assert [line.doubts[0].words for line in lines] == [found.message, "has a gap of 4.5 s", ""]


def test_a_lap_list_of_days_is_cut_and_says_so():
    laps = Laps(table=lap_table(1600), sectors=NO_SECTORS, gate=None, motion=None)
    page = read(render(describe(result({"imu_accel": inertial()}), laps)))
    assert len(page.one("table", "laps").find("tr")) == 1501
    assert "100 more laps are not listed." in page.text


def test_stints_part_the_list():
    laps = Laps(
        table=lap_table(4, stint_index=[0, 0, 1, 1]),
        sectors=NO_SECTORS,
        gate=None,
        motion=None,
    )
    page = read(render(describe(result({"imu_accel": inertial()}), laps)))
    assert [row.text for row in page.find("tr", "stint")] == ["Stint 1", "Stint 2"]
    assert "of 4, 2 stints" in page.one("dl", "figures").text


def test_a_gate_beside_the_map_is_not_drawn_and_one_without_length_is():
    from telemparse.analysis import find_laps

    source = result({"gnss_pvt": fixes(60.0)})
    found = find_laps(source)
    far = Gate(GateKind.SECTOR, "far", 53.0, 1.0, 53.0, 1.001)
    point = attrs.evolve(found.gate, kind=GateKind.SECTOR, name="", lat2_deg=found.gate.lat1_deg,
                         lon2_deg=found.gate.lon1_deg)  # fmt: skip
    track = describe(source, attrs.evolve(found, sector_gates=(far, point))).map
    assert [gate.words for gate in track.gates] == ["S/F", "S2"]


def test_what_was_read_names_clocks_files_and_options():
    found = reading_of(result({"gnss_pvt": fixes(2.0, time_base="time_of_day"), "imu_accel": inertial()}))
    assert found.streams[0].start == "time of day, no date"
    assert found.streams[1].rate == "100 Hz"
    assert found.streams[0].columns[:2] == ("lat_deg", "lon_deg")
    assert "vel_n_mps" in found.streams[0].empty_columns
    many = {f"channels.{number}": inertial(seconds=0.02) for number in range(130)}
    assert reading_of(result(many)).more_streams == 10


def test_what_quality_does_not_allow_is_shown_with_care():
    poor = fixes(60.0, 1.0, speed_mps=None, course_deg=None)
    found = describe(result({"gnss_pvt": poor}))
    page = read(render(found))
    assert set(found.cautions) >= {"lap_table", "comparison"}
    words = [each.text for each in page.find("p", "caution")]
    assert f"With care. Quality: {found.cautions['lap_table']}." in words
    assert f"With care. Quality: {found.cautions['comparison']}." in words


def test_what_quality_allows_needs_no_care(chapter):
    assert read(render(attrs.evolve(chapter, cautions={}))).find("p", "caution") == []
