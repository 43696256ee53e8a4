"""Rotations of space, many at once: matrices, the vectors that turn by them, and angles of a vehicle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from telemparse.kernels.arrays import Floats

__all__ = ["about_up", "angles_of", "crossing", "turned_by", "vector_of", "wrapped"]

_SMALL = 1e-4


def crossing(vectors: Floats) -> Floats:
    """Return the matrices that multiply by a cross product: `crossing(a) @ b` is a x b, shape (..., 3, 3)."""
    x, y, z = np.moveaxis(np.asarray(vectors, np.float64), -1, 0)
    found = np.zeros((*x.shape, 3, 3))
    found[..., 0, 1], found[..., 0, 2], found[..., 1, 2] = -z, y, -x
    found[..., 1, 0], found[..., 2, 0], found[..., 2, 1] = z, -y, x
    return found


def turned_by(vectors: Floats) -> Floats:
    """Return the rotations about vectors by their lengths, radians, shape (..., 3, 3): Rodrigues' formula."""
    angle = np.linalg.norm(vectors, axis=-1)
    cross = crossing(vectors)
    near = angle < _SMALL
    safe = np.where(near, 1.0, angle)
    first = np.where(near, 1 - angle**2 / 6, np.sin(angle) / safe)
    second = np.where(near, 0.5 - angle**2 / 24, (1 - np.cos(angle)) / safe**2)
    return np.asarray(np.eye(3) + first[..., None, None] * cross + second[..., None, None] * (cross @ cross))


def vector_of(rotations: Floats) -> Floats:
    """Return the vectors that rotations of less than half a turn turn by, shape (..., 3)."""
    cosine = np.clip((np.trace(rotations, axis1=-2, axis2=-1) - 1) / 2, -1.0, 1.0)
    angle = np.arccos(cosine)
    near = angle < _SMALL
    factor = np.where(near, 0.5 + angle**2 / 12, angle / np.where(near, 1.0, 2 * np.sin(angle)))
    twist = np.stack(
        [
            rotations[..., 2, 1] - rotations[..., 1, 2],
            rotations[..., 0, 2] - rotations[..., 2, 0],
            rotations[..., 1, 0] - rotations[..., 0, 1],
        ],
        axis=-1,
    )
    return np.asarray(factor[..., None] * twist)


def about_up(yaw_rad: Floats) -> Floats:
    """Return rotations about the axis that points up, counter-clockwise, shape (..., 3, 3)."""
    upwards = np.zeros((*np.shape(yaw_rad), 3))
    upwards[..., 2] = yaw_rad
    return turned_by(upwards)


def angles_of(attitudes: Floats) -> tuple[Floats, Floats, Floats]:
    """Return yaw (of the nose, counter-clockwise from east), pitch (nose up) and roll (right side down).

    Args:
        attitudes: from the vehicle's frame (forwards, left, up) to east, north, up, shape (n, 3, 3).
    """
    nose = attitudes[:, :, 0]
    yaw = np.arctan2(nose[:, 1], nose[:, 0])
    pitch = np.arcsin(np.clip(nose[:, 2], -1.0, 1.0))
    roll = np.arctan2(attitudes[:, 2, 1], attitudes[:, 2, 2])
    return yaw, pitch, roll


def wrapped(angle_rad: Floats) -> Floats:
    """Return angles within half a turn either way."""
    return np.asarray((np.asarray(angle_rad) + np.pi) % (2 * np.pi) - np.pi)
