"""Documents of exporters: cameras, rides, timelines, with an invented drive in them."""

from __future__ import annotations

import json

import pytest

import telemparse
from telemparse.formats.json.cameras import is_camera_stream
from telemparse.formats.json.places import place_cells
from telemparse.formats.json.rides import ride_columns

STAMPS = [f"2025-05-04T10:00:0{number}.000Z" for number in range(6)]


def parsed(document):
    data = json.dumps(document).encode()
    return telemparse.parse({"log.json": data}, on_error="return")


def camera(values, *, name, units, sticky=None):
    samples = [
        {"value": value, "cts": 1000 * number, "date": STAMPS[number]} for number, value in enumerate(values)
    ]
    if sticky:
        samples[0]["sticky"] = sticky
    return {"samples": samples, "name": name, "units": units}


def test_a_cameras_values_are_named_by_their_stream():
    places = [[48.0 + number / 1e4, 11.5, 500.0, 11.1, 11.2] for number in range(6)]
    document = {
        "1": {
            "streams": {
                "ACCL": camera([[9.8, 0.1, 0.2]] * 6, name="Accelerometer (z,x,y)", units="m/s2"),
                "GPS5": camera(
                    places,
                    name="GPS (Lat., Long., Alt., 2D speed, 3D speed)",
                    units=["deg", "deg", "m", "m/s", "m/s"],
                    sticky={"fix": 3, "precision": 158},
                ),
            },
            "device name": "Camera",
        }
    }
    result = parsed(document)
    table = result.streams["gnss_pvt"]
    assert table["lat_deg"].to_pylist() == [place[0] for place in places]
    assert table["speed_mps"].to_pylist() == pytest.approx([11.1] * 6)
    assert result.streams["imu_accel"]["az_mps2"][0].as_py() == pytest.approx(9.8)
    (channels,) = (each for name, each in result.streams.items() if "GPS5" in name)
    assert channels["fix"].to_pylist() == [3.0] * 6
    assert channels["precision"].to_pylist() == [158.0] * 6


def test_epochs_of_a_camera_without_lock_are_no_fixes():
    stream = camera(
        [[48.0 + number / 1e4, 11.5] for number in range(6)],
        name="GPS (Lat., Long.)",
        units=["deg", "deg"],
        sticky={"fix": 0},
    )
    stream["samples"][3]["sticky"] = {"fix": 3}
    result = parsed({"1": {"streams": {"GPS5": stream}}})
    assert result.streams["gnss_pvt"].num_rows == 3
    assert result.metadata["epochs_without_fix"] == 3


NO_CAMERAS = {
    "no samples": {"samples": [], "name": "GPS (Lat., Long.)"},
    "no name": {"samples": [{"value": [1, 2]}]},
    "another count": {"samples": [{"value": [1, 2, 3]}], "name": "GPS (Lat., Long.)"},
    "no list": {"samples": [{"value": 1}], "name": "Temperature (C)"},
    "name without parts": {"samples": [{"value": [1]}], "name": "GPS"},
}


@pytest.mark.parametrize("stream", NO_CAMERAS.values(), ids=NO_CAMERAS)
def test_other_samples_are_no_camera(stream):
    assert not is_camera_stream(stream)


def test_a_sample_that_is_none_is_left_out_and_values_without_units_are_kept():
    stream = camera([[48.0, 11.5]] * 6, name="GPS (Lat., Long.)", units=["deg"])
    stream["samples"][2] = "torn"
    stream["samples"][4]["value"] = None
    result = parsed({"1": stream})
    assert result.streams["gnss_pvt"].num_rows == 4


def ride(count=6):
    mark = {"series_type": "distance", "original_size": count, "resolution": "high"}
    places = [[48.0 + number / 1e4, 11.5] for number in range(count)]
    return {
        "latlng": {"data": places, **mark},
        "velocity_smooth": {"data": [11.1] * count, **mark},
        "time": {"data": list(range(count)), **mark},
    }


def test_streams_of_a_ride_are_columns():
    result = parsed(ride())
    table = result.streams["gnss_pvt"]
    assert table["lat_deg"].to_pylist() == [48.0 + number / 1e4 for number in range(6)]
    assert table["speed_mps"].to_pylist() == pytest.approx([11.1] * 6)
    assert [stamp.as_py().second for stamp in table["t"]] == list(range(6))
    assert [issue.code for issue in result.warnings] == ["TIME_RELATIVE"]


def test_streams_of_a_ride_may_be_bare_lists():
    bare = {key: stream["data"] for key, stream in ride().items()}
    table = parsed(bare).streams["gnss_pvt"]
    assert table["lon_deg"].to_pylist() == [11.5] * 6
    assert [stamp.as_py().second for stamp in table["t"]] == list(range(6))


def test_streams_of_unlike_lengths_are_no_ride():
    document = ride()
    document["time"]["data"] = [0, 1]
    assert ride_columns(document) == {}
    torn = ride()
    torn["latlng"]["data"][1] = 5
    assert ride_columns(torn)["latitude"][1] is None


PLACES = ("48.0000001°, -11.5000000°", "geo:48.0000001,-11.5")


@pytest.mark.parametrize("text", PLACES)
def test_a_place_in_one_text_is_two_coordinates(text):
    cells = place_cells("point", "a.point", text)
    assert {name: float(value) for name, value in cells.items()} == {
        "a.point.latitude": 48.0000001, "a.point.longitude": -11.5,
    }  # fmt: skip


def test_points_of_a_timeline_are_places():
    path = [{"point": f"48.000000{n}°, 11.5000000°", "time": STAMPS[n]} for n in range(6)]
    path[4]["point"] = "somewhere"
    result = parsed({"semanticSegments": [{"startTime": STAMPS[0], "timelinePath": path}]})
    assert result.streams["gnss_pvt"]["lat_deg"].to_pylist() == pytest.approx(
        [48.0, 48.0000001, 48.0000002, 48.0000003, 48.0000005], abs=1e-9
    )


def test_fixes_with_lists_beside_them_are_one_table_with_the_others():
    rows = [{"latitudeE7": 480000000 + n, "longitudeE7": 115000000, "timestamp": STAMPS[n]} for n in range(6)]
    rows[2]["activity"] = [{"timestamp": STAMPS[2], "activity": [{"type": "STILL", "confidence": 90}]}]
    result = parsed({"locations": rows})
    assert result.streams["gnss_pvt"].num_rows == 6
    assert not result.errors
