"""Positions on the Earth: distances, courses, destinations and local offsets, safe at the antimeridian."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats

__all__ = [
    "EARTH_RADIUS_M", "destination_deg", "distance_m", "ecef_m", "geodetic_deg", "initial_course_deg",
    "local_offsets_m", "local_position_deg", "local_velocity_mps", "wrapped_longitude_deg",
]  # fmt: skip

Degrees: TypeAlias = "Floats | float"

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the WGS-84 ellipsoid, (2a + b) / 3 (Moritz, Geodetic Reference System 1980)."""

# WGS-84 (NIMA TR8350.2, table 3.1).
_SEMI_MAJOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_ECCENTRICITY_2 = _FLATTENING * (2 - _FLATTENING)
_TURN, _HALF_TURN = 360.0, 180.0


def wrapped_longitude_deg(lon_deg: Degrees) -> Floats:
    """Return longitudes in [-180, 180), shape as given."""
    wrapped = np.mod(np.asarray(lon_deg, np.float64) + _HALF_TURN, _TURN) - _HALF_TURN
    # Next to -180 the sum rounds up to a whole turn.
    return np.where(wrapped >= _HALF_TURN, -_HALF_TURN, wrapped)


def ecef_m(lat_deg: Degrees, lon_deg: Degrees, height_m: Degrees) -> tuple[Floats, Floats, Floats]:
    """Return earth-centred places x, y, z in metres, shape as broadcast: WGS-84 (NIMA TR8350.2, 4.1).

    Args:
        lat_deg: geodetic latitude.
        lon_deg: longitude.
        height_m: above the ellipsoid.
    """
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    normal_m = _SEMI_MAJOR_M / np.sqrt(1 - _ECCENTRICITY_2 * np.sin(lat) ** 2)
    across = (normal_m + height_m) * np.cos(lat)
    return (
        np.asarray(across * np.cos(lon)),
        np.asarray(across * np.sin(lon)),
        np.asarray((normal_m * (1 - _ECCENTRICITY_2) + height_m) * np.sin(lat)),
    )


def geodetic_deg(x_m: Floats, y_m: Floats, z_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Return latitude, longitude in [-180, 180) and ellipsoidal height of earth-centred places, shape (n,).

    Bowring's formula (Survey Review 23, 1976), twice: to a micrometre from 10 km below the ground to 1 000 km
    above it. On the axis the longitude is 0.

    Args:
        x_m: ECEF of WGS-84, towards longitude 0.
        y_m: towards longitude 90 degrees east.
        z_m: towards the north pole.
    """
    minor_m = _SEMI_MAJOR_M * (1 - _FLATTENING)
    second_2 = _ECCENTRICITY_2 / (1 - _ECCENTRICITY_2)
    across = np.hypot(x_m, y_m)
    reduced = np.arctan2(_SEMI_MAJOR_M * z_m, minor_m * across)
    for _round in range(2):
        lat = np.arctan2(
            z_m + second_2 * minor_m * np.sin(reduced) ** 3,
            across - _ECCENTRICITY_2 * _SEMI_MAJOR_M * np.cos(reduced) ** 3,
        )
        reduced = np.arctan2((1 - _FLATTENING) * np.sin(lat), np.cos(lat))
    normal_m = _SEMI_MAJOR_M / np.sqrt(1 - _ECCENTRICITY_2 * np.sin(lat) ** 2)
    # Good at the poles and at the equator alike.
    height_m = (
        across * np.cos(lat) + (z_m + _ECCENTRICITY_2 * normal_m * np.sin(lat)) * np.sin(lat) - normal_m
    )
    return np.degrees(lat), wrapped_longitude_deg(np.degrees(np.arctan2(y_m, x_m))), height_m


def local_velocity_mps(
    lat_deg: Floats, lon_deg: Floats, vx_mps: Floats, vy_mps: Floats, vz_mps: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return velocities north, east and down of earth-centred ones at places, shape (n,).

    Args:
        lat_deg: of the places.
        lon_deg: likewise.
        vx_mps: along the axes of ECEF.
        vy_mps: likewise.
        vz_mps: likewise.
    """
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    outward = np.cos(lon) * vx_mps + np.sin(lon) * vy_mps
    north = np.cos(lat) * vz_mps - np.sin(lat) * outward
    east = np.cos(lon) * vy_mps - np.sin(lon) * vx_mps
    return north, east, -(np.cos(lat) * outward + np.sin(lat) * vz_mps)


def distance_m(lat1_deg: Degrees, lon1_deg: Degrees, lat2_deg: Degrees, lon2_deg: Degrees) -> Floats:
    """Return great-circle distances in metres, shape as broadcast, at most 0.6 % from the ellipsoid's.

    The haversine on a sphere of mean radius: any two points, poles and antipodes among them. Where
    a part in a thousand matters and points are near, `local_offsets_m` follows the ellipsoid.
    """
    lat1, lat2 = np.radians(lat1_deg), np.radians(lat2_deg)
    half_lat = (lat2 - lat1) / 2
    half_lon = (np.radians(lon2_deg) - np.radians(lon1_deg)) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(half_lon) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))


def initial_course_deg(lat1_deg: Degrees, lon1_deg: Degrees, lat2_deg: Degrees, lon2_deg: Degrees) -> Floats:
    """Return the courses in which great circles leave the first points, degrees in [0, 360) from north.

    Of a point to itself it is 0.
    """
    lat1, lat2 = np.radians(lat1_deg), np.radians(lat2_deg)
    turn = np.radians(lon2_deg) - np.radians(lon1_deg)
    east = np.sin(turn) * np.cos(lat2)
    # Of near points the usual difference of products loses all digits; this one does not.
    north = np.sin(lat2 - lat1) + 2 * np.sin(lat1) * np.cos(lat2) * np.sin(turn / 2) ** 2
    course = np.mod(np.degrees(np.arctan2(east, north)), _TURN)
    return np.where(course >= _TURN, 0.0, course)


def destination_deg(
    lat_deg: Degrees, lon_deg: Degrees, course_deg: Degrees, distance: Degrees
) -> tuple[Floats, Floats]:
    """Return latitude and longitude, degrees, reached on great circles of the sphere of `distance_m`.

    Args:
        lat_deg: where from.
        lon_deg: likewise.
        course_deg: initial course, degrees from north.
        distance: metres.
    """
    lat, course = np.radians(lat_deg), np.radians(course_deg)
    angle = np.asarray(distance, np.float64) / EARTH_RADIUS_M
    reached = np.arcsin(
        np.clip(np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(course), -1.0, 1.0)
    )
    turned = np.arctan2(
        np.sin(course) * np.sin(angle) * np.cos(lat), np.cos(angle) - np.sin(lat) * np.sin(reached)
    )
    return np.degrees(reached), wrapped_longitude_deg(np.asarray(lon_deg) + np.degrees(turned))


def local_offsets_m(
    origin_lat_deg: Degrees, origin_lon_deg: Degrees, lat_deg: Degrees, lon_deg: Degrees
) -> tuple[Floats, Floats]:
    """Return metres east and north of an origin on the plane that touches the ellipsoid there.

    True to the ellipsoid at the origin; at a distance d east-west distances are off by about
    d² tan(latitude) / 6371 km, some centimetres over a circuit. The short way round the antimeridian.
    """
    per_east, per_north = _metres_per_degree(origin_lat_deg)
    turn = np.asarray(lon_deg, np.float64) - origin_lon_deg
    if turn.size and (turn.max() >= _HALF_TURN or turn.min() < -_HALF_TURN):
        turn = wrapped_longitude_deg(turn)
    return turn * per_east, (np.asarray(lat_deg, np.float64) - origin_lat_deg) * per_north


def local_position_deg(
    origin_lat_deg: Degrees, origin_lon_deg: Degrees, east_m: Degrees, north_m: Degrees
) -> tuple[Floats, Floats]:
    """Return latitude and longitude of metres east and north of an origin: `local_offsets_m` undone.

    Latitudes end at the poles; the origin must be none.
    """
    per_east, per_north = _metres_per_degree(origin_lat_deg)
    lat = np.clip(origin_lat_deg + np.asarray(north_m, np.float64) / per_north, -90.0, 90.0)
    return lat, wrapped_longitude_deg(origin_lon_deg + np.asarray(east_m, np.float64) / per_east)


def _metres_per_degree(lat_deg: Degrees) -> tuple[Floats, Floats]:
    """Return the length of a degree of longitude and of latitude on the ellipsoid."""
    lat = np.radians(lat_deg)
    bulge = 1 - _ECCENTRICITY_2 * np.sin(lat) ** 2
    across = _SEMI_MAJOR_M / np.sqrt(bulge)
    along = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_2) / bulge**1.5
    return np.radians(across * np.cos(lat)), np.radians(along)
