"""The phone's clock of Torque Pro, whose zone stands in the date of the receiver beside it."""

from __future__ import annotations

import pytest

_HEADER = "GPS Time,Device Time,Longitude,Latitude,GPS Speed (Meters/second)\n"
_PLACE = "8.654321,50.123456,12.5"


def _table(*zones):
    return _HEADER + "".join(
        f"Sat Jun 01 12:34:{n:02d} {zone} 2024,01-Jun-2024 12:34:{n:02d}.100,{_PLACE}\n"
        if zone
        else f"-,01-Jun-2024 12:34:{n:02d}.100,{_PLACE}\n"
        for n, zone in enumerate(zones)
    )


@pytest.mark.parametrize(("zone", "hour"), [
    ("GMT+01:00", 11), ("GMT-04:00", 16), ("UTC", 12), ("GMT", 12), ("EDT", 16), ("CEST", 10),
])  # fmt: skip
def test_a_spelled_date_names_the_zone_of_the_clock_beside_it(read, codes, zone, hour):
    result = read(_table(*[zone] * 5))
    first = result.streams["gnss_pvt"]["t"][0].as_py()
    assert first.isoformat() == f"2024-06-01T{hour}:34:00.100000+00:00"
    assert "TIME_ZONE_ASSUMED_UTC" not in codes(result)
    assert result.streams["channels.main"]["gps_time"][0].as_py() == f"Sat Jun 01 12:34:00 {zone} 2024"


@pytest.mark.parametrize("zone", ["IST", "CST", "GMT+99:00"])
def test_letters_of_several_zones_say_nothing(read, codes, zone):
    result = read(_table(*[zone] * 5))
    assert result.streams["gnss_pvt"]["t"][0].as_py().hour == 12
    assert "TIME_ZONE_ASSUMED_UTC" in codes(result)


def test_rows_before_the_fix_and_without_one_are_in_the_zone_of_their_neighbours(read):
    result = read(_table("", "", "GMT+02:00", "", "GMT+01:00", ""))
    assert [t.as_py().hour for t in result.streams["gnss_pvt"]["t"]] == [10, 10, 10, 10, 11, 11]
