"""Small generated samples of CSV, for the conformance kit and for neighbours to refuse."""

from __future__ import annotations

__all__ = ["EXAMPLES"]


def _generic() -> bytes:
    rows = ["timestamp,latitude,longitude,altitude_m,speed_mps,rpm"]
    for i in range(60):
        stamp = f"2025-05-04T10:00:{i // 10:02d}.{i % 10}00Z"
        position = f"{48.1 + i * 1e-5:.7f},{11.5 + i * 2e-5:.7f},{520 + i / 10:.1f}"
        rows.append(f"{stamp},{position},{20 + i / 20:.2f},{4000 + i}")
    return "\n".join([*rows, ""]).encode()


def _semicolons() -> bytes:
    rows = ["Datum;Uhrzeit;Breitengrad;Längengrad;Geschwindigkeit (km/h)"]
    for i in range(30):
        numbers = (f"{48.1 + i * 1e-4:.6f}", f"{11.5 + i * 1e-4:.6f}", f"{70 + i / 2:.1f}")
        cells = [number.replace(".", ",") for number in numbers]
        rows.append(";".join(["24.05.2025", f"10:00:{i:02d}", *cells]))
    return "\r\n".join([*rows, ""]).encode("cp1252")


EXAMPLES = {"generic.csv": _generic(), "semicolons.csv": _semicolons()}
"""Names to bytes."""
