"""VBO read in the plainest way, with exact decimals: what the parser is compared with."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

NAMES = {
    "lat": ("lat", "latitude"),
    "lon": ("long", "lng", "longitude"),
    "time": ("time",),
    "sats": ("sats", "satellites"),
    "speed": ("velocity",),
    "course": ("heading",),
    "alt": ("height",),
}


def section(text, name):
    lines = text.replace("\r\n", "\n").split("\n")
    if f"[{name}]" not in lines:
        return []
    begin = lines.index(f"[{name}]") + 1
    rest = lines[begin:]
    end = next((i for i, line in enumerate(rest) if line.startswith("[")), len(rest))
    return [line.strip() for line in rest[:end] if line.strip()]


def of_day_ns(word):
    whole, _point, fraction = word.partition(".")
    hours, minutes, seconds = int(whole[:-4] or 0), int(whole[-4:-2]), int(whole[-2:])
    return ((hours * 60 + minutes) * 60 + seconds) * 10**9 + int(fraction.ljust(9, "0")[:9] or 0)


def degrees(word, sign):
    return float(Fraction(Decimal(word)) * sign / 60)


def read_plainly(data, prefix=""):
    """Return the rows of a healthy file as dictionaries; with `prefix` of the second solution."""
    text = data.decode("latin-1")
    names = section(text, "column names")[0].split()
    place = {}
    for key, words in NAMES.items():
        wanted = {word if key == "time" else prefix + word for word in words}
        found = [index for index, name in enumerate(names) if name in wanted]
        if found:
            place[key] = found[0]
    rows = []
    day, before = 0, None
    for line in section(text, "data"):
        cells = line.split()
        assert len(cells) == len(names)
        now = of_day_ns(cells[place["time"]])
        if before is not None and now < before - 43_200 * 10**9:
            day += 1
        before = now
        row = {
            "of_day_ns": now + day * 86_400 * 10**9,
            "lat_deg": degrees(cells[place["lat"]], 1),
            "lon_deg": degrees(cells[place["lon"]], -1),
        }
        further = {"speed": "speed_mps", "course": "course_deg", "alt": "alt_m", "sats": "sats"}
        for key, name in further.items():
            if key in place:
                row[name] = float(cells[place[key]])
        if "speed_mps" in row:
            row["speed_mps"] /= 3.6
        if "course_deg" in row:
            row["course_deg"] %= 360
        row["cells"] = dict(zip(names, cells, strict=True))
        rows.append(row)
    return rows
