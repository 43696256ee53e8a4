"""Small sessions of an invented drive, made up here: none of their bytes comes from a real one."""

from __future__ import annotations

import datetime as dt
import io
import json
import struct
import zipfile
from typing import TYPE_CHECKING, Any

from telemparse.extension.drive import Sample, drive

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EXAMPLES", "decimals", "instants", "places", "session", "thousandths", "zipped"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_UNITS_PER_DEGREE = 6_000_000
_G_MMPS2 = 9806.65
_NO_VALUE = (1 << 31) - 1
_NO_LAP_TIME = (1 << 63) - 1
_FRONT_RIGHT = 5 << 15


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return an archive that is the same each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2025, 5, 4, 10, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def instants(samples: Iterable[Sample]) -> bytes:
    """Return a clock: milliseconds since 1970."""
    return _packed("q", [_ms(sample) for sample in samples])


def places(positions: Iterable[tuple[float, float]]) -> bytes:
    """Return latitudes and longitudes, degrees."""
    units = [round(degrees * _UNITS_PER_DEGREE) for position in positions for degrees in position]
    return _packed("i", units)


def thousandths(values: Iterable[float | None]) -> bytes:
    """Return whole numbers of thousandths, None as the number that says so."""
    return _packed("i", [_NO_VALUE if value is None else round(value * 1000) for value in values])


def decimals(values: Iterable[float]) -> bytes:
    """Return values of an equation."""
    return _packed("d", list(values))


def session(laps: list[dict[str, Any]], start_ms: int, **facts: Any) -> bytes:
    """Return a session.json."""
    document = {
        "version": 1, "title": "Test drive", "trackName": "Mid-ocean ring", "trackId": 1,
        "timeCreated": start_ms, "firstTimestamp": start_ms, "latestTimestamp": start_ms + 40_000,
        "lengthTime": 40_000, "lengthDistance": 800_000, "storageUsage": 1000, "lapCount": len(laps),
        "bestLaptime": _NO_LAP_TIME, "laps": laps, **facts,
    }  # fmt: skip
    return json.dumps(document, separators=(",", ":")).encode()


def _packed(kind: str, values: list[Any]) -> bytes:
    return struct.pack(f"<{len(values)}{kind}", *values)


def _ms(sample: Sample) -> int:
    return round((sample.t - _EPOCH) / dt.timedelta(milliseconds=1))


def _fragment(main: int, devices: list[tuple[int, int, int]], **facts: Any) -> bytes:
    selectors = [{"id": number, "model": model, "type": kind} for number, model, kind in devices]
    document = {
        "version": 1, "primaryGpsDeviceIndex": main,
        "devices2": [{"version": 2, "selector": selector} for selector in selectors],
        "devices": {"items": selectors}, **facts,
    }  # fmt: skip
    return json.dumps(document, separators=(",", ":")).encode()


def _receiver(device: int, samples: list[Sample]) -> dict[str, bytes]:
    head = f"channel_1_{device}_0"
    return {
        f"{head}_1_1": instants(samples),
        f"{head}_3_1": places((sample.lat_deg, sample.lon_deg) for sample in samples),
        f"{head}_4_0": thousandths(sample.speed_mps for sample in samples),
        f"{head}_5_0": thousandths(sample.alt_m for sample in samples),
        f"{head}_6_0": thousandths(sample.course_deg for sample in samples),
        f"{head}_30002_0": _packed("i", [14] * len(samples)),
        f"{head}_30003_0": _packed("i", [3] * len(samples)),
        f"{head}_30007_0": thousandths([0.32] * len(samples)),
        f"{head}_46_0": thousandths([87.0] * len(samples)),
        f"{head}_2_1": _packed("q", [round(sample.distance_m * 1000) for sample in samples]),
    }


def _sensors(accelerometer: int, samples: list[Sample]) -> dict[str, bytes]:
    """Return an accelerometer and, under the next number, a gyroscope."""
    clock, gyroscope = instants(samples), accelerometer + 1
    members = {f"channel_2_{accelerometer}_0_1_1": clock, f"channel_3_{gyroscope}_0_1_1": clock}
    for axis in range(3):
        forces = _packed("i", [round(sample.accel_g[axis] * _G_MMPS2) for sample in samples])
        rates = thousandths(sample.gyro_dps[axis] for sample in samples)
        members[f"channel_2_{accelerometer}_0_{9 + axis}_0"] = forces
        members[f"channel_3_{gyroscope}_0_{12 + axis}_0"] = rates
    return members


def _equations(
    kind: int, device: int, channels: Mapping[int, Iterable[float]], samples: list[Sample]
) -> dict[str, bytes]:
    members = {}
    for channel, values in channels.items():
        members[f"channel_{kind}_{device}_{channel}_1_1"] = instants(samples)
        members[f"channel2_{kind}_{device}_{channel}_{channel}_3"] = decimals(values)
    return members


def _race() -> bytes:
    """Return a lap on a track with a line of its own: receiver with sensors, telephone, vehicle bus."""
    fixes, often, seldom = drive(40, 4), drive(40, 8), drive(20, 2)
    start_ms = _ms(fixes[0])
    middle = fixes[8]
    line = {
        "name": "Start", "type": 3, "uniDirectional": True, "width": 40_000,
        "bearing": round(middle.course_deg * 1000),
        "centerLatitude": round(middle.lat_deg * _UNITS_PER_DEGREE),
        "centerLongitude": round(middle.lon_deg * _UNITS_PER_DEGREE),
    }  # fmt: skip
    laps = [
        {"number": 1, "startTimestamp": start_ms + 2000, "finishTimestamp": start_ms + 5125},
        {"number": 2, "startTimestamp": start_ms + 5125, "finishTimestamp": start_ms + 8250},
        {"number": 3, "startTimestamp": start_ms + 8250},
    ]
    for lap in laps:
        lap |= {"sessionResume": 0, "isInvalid": lap["number"] == 2}
    devices = [(100, 400, 2), (101, 400, 3), (200, 404, 12), (300, 121, 1), (301, 121, 2), (302, 121, 3)]
    wheels = {_FRONT_RIGHT | 4: [sample.speed_mps for sample in seldom], 1001: [12.5] * len(seldom)}
    return zipped(
        {
            "session.json": session(laps, start_ms),
            "trackId.json": json.dumps({"id": 1, "track": {"traps": [line]}}).encode(),
            "sessionfragment.json": _fragment(
                300, devices, videos=[{"filename": "F1.MP4", "duration": 9000}]
            ),
            **_receiver(300, fixes),
            **_sensors(301, fixes),
            **_sensors(100, often),
            **_equations(12, 200, {10024: [sample.rpm for sample in fixes]}, fixes),
            **_equations(12, 200, wheels, seldom),
        }
    )


def _telephone() -> bytes:
    """Return a telephone whose receiver loses its fix, beside inputs of an RC3 device without sensors."""
    fixes = drive(12)
    members = _receiver(100, fixes)
    lost = places((sample.lat_deg, sample.lon_deg) for sample in fixes[:4])
    back = places((sample.lat_deg, sample.lon_deg) for sample in fixes[6:])
    members["channel_1_100_0_3_1"] = lost + _packed("i", [_NO_VALUE] * 4) + back
    members["channel_1_100_0_30003_0"] = _packed("i", [2] * len(fixes))
    members["channel_1_100_0_6_0"] = thousandths([None, *(sample.course_deg for sample in fixes[1:])])
    members["channel_1_100_0_30004_0"] = thousandths([1.1] * len(fixes))
    members["channel_4_101_0_1_1"] = instants(fixes)
    for axis in range(9, 12):
        members[f"channel_4_101_0_{axis}_0"] = thousandths([None] * len(fixes))
    members["channel_4_101_0_20002_0"] = thousandths(sample.rpm for sample in fixes)
    members["channel_4_101_0_20003_0"] = thousandths([0.5] * len(fixes))
    members["channel_4_101_0_777_0"] = _packed("i", list(range(len(fixes))))
    fragment = _fragment(100, [(100, 101, 1), (101, 404, 4)])
    return zipped({"session.json": session([], _ms(fixes[0])), "sessionfragment.json": fragment, **members})


def _engine(start_s: int = 0) -> dict[str, bytes]:
    """Return a session without a receiver: engine and heart."""
    samples = drive(15, 2, start_s)
    speeds, rpms = [sample.speed_mps for sample in samples], [sample.rpm for sample in samples]
    return {
        "session.json": session([], _ms(samples[0])),
        "sessionfragment.json": _fragment(0, [(200, 502, 5), (400, 600, 6)]),
        **_equations(5, 200, {4: speeds, 10024: rpms}, samples),
        "channel_6_400_0_1_1": instants(samples),
        "channel_6_400_0_41_0": thousandths([121.0] * len(samples)),
    }


def _backup() -> bytes:
    first, second = _engine(), _engine(3600)
    members = {f"sessions/session_20250504_1000/{name}": data for name, data in first.items()}
    return zipped(members | {f"sessions/session_20250504_1100/{name}": data for name, data in second.items()})


EXAMPLES = {
    "race.rcz": _race(),
    "telephone.rcz": _telephone(),
    "engine.rcz": zipped(_engine()),
    "backup.rcz": _backup(),
}
