"""Requests at a steady pace: one client for each session, each on a connection of its own.

`python -m benchmarks.requests` reads an order from standard input, `{"port": ..., "key": ..., "paths":
[[path, ...], ...], "pause_s": ...}`, one list of paths a client, and prints the seconds that each took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

_WARM = 2
"""Requests of each client that do not count."""


async def _client(order: dict[str, Any], paths: list[str], late_s: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", order["port"])
    begun = time.perf_counter() + late_s
    taken = []
    for number, path in enumerate(paths):
        due = begun + number * order["pause_s"]
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        asked = time.perf_counter()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {order['key']}\r\n\r\n".encode()
        )
        await _answer(reader, path)
        # One that had to wait for the one before it counts from when it was due.
        taken.append(time.perf_counter() - (min(asked, due) if order["pause_s"] else asked))
    writer.close()
    await writer.wait_closed()
    return taken[_WARM:]


async def _answer(reader: asyncio.StreamReader, path: str) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    length = next(
        int(line.partition(":")[2]) for line in head.split("\r\n") if line.startswith("content-length:")
    )
    body = await reader.readexactly(length)
    if status != 200:
        raise RuntimeError(f"{path}: {status} {body[:300]!r}")


async def _all(order: dict[str, Any]) -> list[float]:
    clients = order["paths"]
    late = [number / len(clients) * order["pause_s"] for number in range(len(clients))]
    taken = await asyncio.gather(
        *(_client(order, paths, late_s) for paths, late_s in zip(clients, late, strict=True))
    )
    return [seconds for of_one in taken for seconds in of_one]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_all(json.load(sys.stdin)))))
