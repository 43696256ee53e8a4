"""Whole results of files of one kind and of several sizes."""

import gc
import time
from pathlib import Path

import telemparse


def run(path: str) -> dict[str, object]:
    """Parse the files of a folder, or one file, and tell CPU seconds by megabyte, in the order of names."""
    place = Path(path)
    seconds_per_mb = []
    for file in sorted(place.iterdir()) if place.is_dir() else [place]:
        gc.collect()
        start = time.process_time()
        telemparse.parse(file, on_error="return")
        seconds_per_mb.append((time.process_time() - start) / (file.stat().st_size / 1e6))
    return {"seconds_per_mb": seconds_per_mb}
