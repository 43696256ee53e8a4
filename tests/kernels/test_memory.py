"""Memory that a piece gives back is there for the next one, so that it is not mapped anew."""

from __future__ import annotations

import subprocess
import sys

PIECES = """
import resource, sys
import numpy as np
from telemparse.kernels.memory import keep_freed_memory
if "keep" in sys.argv:
    keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _piece in range(50):
    held = [np.full(1 << 20, 7, np.uint8) for _array in range(4)]
    del held
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(*words):
    done = subprocess.run([sys.executable, "-c", PIECES, *words], check=True, capture_output=True, text=True)
    return int(done.stdout)


def test_pages_of_one_piece_are_used_again_for_the_next():
    assert faults("keep") < faults() / 4
