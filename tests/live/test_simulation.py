"""Simulated vehicles: plausible, the same for the same seed, and messages that the door takes."""

from __future__ import annotations

import itertools
import math

import orjson
import pytest

from telemparse.live.messages import read_messages
from telemparse.live.simulation import Fleet

START_NS = 1_759_581_296_200_000_000


def drive(count=2000, vehicles=4, seed=3):
    return list(Fleet(vehicles, seed=seed, start_ns=START_NS).messages(count, "p"))


def test_the_same_seed_drives_the_same_way_and_another_one_does_not():
    assert drive() == drive()
    assert [each["payload"] for each in drive()] != [each["payload"] for each in drive(seed=4)]


def test_every_message_fits_the_schema_and_comes_in_turn_and_in_time():
    found = read_messages(orjson.dumps(drive(1000)), received_ns=START_NS)
    assert [each.message_id for each in found] == [f"p.{number}" for number in range(1000)]
    assert [each.vehicle_id for each in found[:5]] == [f"veh-0000{number}" for number in (1, 2, 3, 4, 1)]
    assert [each.t_ns for each in found] == [START_NS + number // 4 * 10**8 for number in range(1000)]


def test_engines_turn_as_engines_do():
    payloads = [each["payload"] for each in drive() if "engine_rpm" in each["payload"]]
    assert all(850 <= each["engine_rpm"] <= 7200 and 0 <= each["throttle_pct"] <= 100 for each in payloads)
    assert {each["gear"] for each in payloads} <= set(range(1, 7))
    speeds = [each["vehicle_speed_kmh"] for each in payloads]
    assert 0 < min(speeds) < max(speeds) < 200


def test_positions_move_as_fast_as_the_vehicle_says():
    places = [
        (each["payload"]["latitude"], each["payload"]["longitude"], each["payload"]["vehicle_speed_kmh"])
        for each in drive()
        if each["vehicle_id"] == "veh-00001" and "latitude" in each["payload"]
    ]
    assert len(places) == 100
    for (lat, lon, kmh), (next_lat, next_lon, next_kmh) in itertools.pairwise(places):
        east = (next_lon - lon) * math.cos(math.radians(lat))
        moved_kmh = math.hypot(next_lat - lat, east) * 111_195 / 0.5 * 3.6
        assert moved_kmh == pytest.approx((kmh + next_kmh) / 2, rel=0.02)
