"""The plane that touches the Earth at an origin: exact ways from geodetic degrees to metres and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.geodesy import ecef_m, geodetic_deg

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats

__all__ = ["LocalFrame"]

_ROUNDS = 4
_OUTER, _WILD, _WILD_M = 0.1, 20.0, 100_000.0


@attrs.frozen
class LocalFrame:
    """East, north, up at an origin on the WGS-84 ellipsoid (ISO 19111 calls it a topocentric system).

    Args:
        lat_deg: geodetic latitude of the origin, in [-90, 90].
        lon_deg: its longitude.
        alt_m: its height above the ellipsoid; places are laid at this height, so that the plane's scale is
            that of the ground.
    """

    lat_deg: float
    lon_deg: float
    alt_m: float = 0.0
    _origin: Floats = attrs.field(init=False, eq=False, repr=False)
    _axes: Floats = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        origin = np.array(ecef_m(self.lat_deg, self.lon_deg, self.alt_m))
        object.__setattr__(self, "_origin", origin)
        object.__setattr__(self, "_axes", np.stack(_axes(self.lat_deg, self.lon_deg)))

    @classmethod
    def around(cls, lat_deg: Floats, lon_deg: Floats, alt_m: float = 0.0) -> LocalFrame:
        """Return the frame in the middle of places, shape (n,), n > 0: poles and antimeridian are no edge.

        The middle is that of the two ends of each earth-centred axis, so that how often a place was passed
        does not move it. Places far beyond all others do not count: a few wild ones are none of the way.
        """
        places = np.stack(ecef_m(lat_deg, lon_deg, alt_m))
        low, usual, high = np.quantile(places, (_OUTER, 0.5, 1 - _OUTER), axis=1)[:, :, None]
        near = (np.abs(places - usual) <= _WILD * (high - low) + _WILD_M).all(axis=0)
        places = places[:, near] if near.any() else places
        middle = (places.min(axis=1) + places.max(axis=1)) / 2
        lat, lon, _height = geodetic_deg(*(part[None] for part in middle))
        return cls(float(lat[0]), float(lon[0]), float(alt_m))

    def plane_m(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """Return metres east and north of places at the origin's height, shape (n, 2)."""
        places = np.stack(ecef_m(lat_deg, lon_deg, self.alt_m)) - self._origin[:, None]
        return np.ascontiguousarray((self._axes[:2] @ places).T)

    def plane_mps(self, lat_deg: Floats, lon_deg: Floats, vel_e_mps: Floats, vel_n_mps: Floats) -> Floats:
        """Return velocities in the plane, shape (n, 2), of those east and north at their own places.

        They differ where meridians converge: a part in a thousand some kilometres away, all of it at a pole.
        """
        east, north, _up = _axes(lat_deg, lon_deg)
        velocity = east * vel_e_mps + north * vel_n_mps
        return np.ascontiguousarray((self._axes[:2] @ velocity).T)

    def geodetic_deg(self, plane_m: Floats) -> tuple[Floats, Floats]:
        """Return latitude and longitude in [-180, 180) of places, shape (n, 2): `plane_m` undone.

        For places up to some hundred kilometres away.
        """
        east, north = np.asarray(plane_m, np.float64).T
        up = np.zeros(len(east))
        # The ground falls away below the plane; a few rounds find how far.
        for _round in range(_ROUNDS):
            x, y, z = self._axes.T @ np.stack([east, north, up]) + self._origin[:, None]
            lat, lon, height = geodetic_deg(x, y, z)
            up = up - (height - self.alt_m)
        return lat, lon


def _axes(lat_deg: Floats | float, lon_deg: Floats | float) -> tuple[Floats, Floats, Floats]:
    """Return the directions east, north and up at places in earth-centred axes, each of shape (3, ...)."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    east = np.stack([-sin_lon, cos_lon, np.zeros_like(sin_lon)])
    north = np.stack([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat])
    return east, north, np.stack([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat])
