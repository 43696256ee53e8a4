"""One measured process: import the job, run it on a small file, start the clocks, run it, print JSON."""

from __future__ import annotations

import gc
import importlib.metadata
import json
import resource
import runpy
import sys
import time
from pathlib import Path


def cpu_s() -> float:
    """CPU seconds of this process and of the children it waited for, user and system."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def resident_bytes() -> int:
    """Memory of this process right now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def peak_bytes() -> int:
    """Peak memory of this process and of the children it waited for.

    The kernel's account of resources would not do for the process itself: it begins with the peak of the one
    that started it.
    """
    own = Path("/proc/self/status").read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]
    return 1024 * max(int(own), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def main() -> None:
    """Run `child.py SCRIPT DISTRIBUTION SMALL PATH ARGUMENTS…`."""
    script, distribution, small, path, *arguments = sys.argv[1:]
    module = runpy.run_path(script)  # the imports of the job happen here
    # A job may have something to make ready, such as the table that it is to write.
    prepare = module.get("prepare", str)
    # Many packages import parts of themselves on first use: a small file of the kind makes them do so.
    module["run"](prepare(small), *arguments)
    base = resident_bytes()
    subject = prepare(path)
    gc.collect()
    wall, cpu = time.perf_counter(), cpu_s()
    facts = module["run"](subject, *arguments)
    cpu, wall = cpu_s() - cpu, time.perf_counter() - wall
    version = importlib.metadata.version(distribution) if distribution else ""
    print(
        json.dumps(
            {
                "cpu_s": cpu,
                "wall_s": wall,
                "base_bytes": base,
                "peak_bytes": peak_bytes(),
                "version": version,
                "facts": facts or {},
            }
        )
    )


main()
