"""The bench is a package beside its tests; at the end of the path it hides nothing."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
