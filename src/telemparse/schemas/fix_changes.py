"""Epochs of a receiver without a fix: how many there are, and the events of its loss and return."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from telemparse.kernels.texts import strings
from telemparse.schemas.batches import build

if TYPE_CHECKING:
    import pyarrow as pa

    from telemparse.kernels.arrays import Ints, Mask

__all__ = ["FixChanges"]


@attrs.define
class FixChanges:
    """Watches the epochs of one receiver go by, block by block.

    The first state of a recording is no change. A fix behind epochs without one is a `fix_regained`, also
    where it is the first one.

    Attributes:
        epochs: so far.
        without_fix: those that had none.
    """

    time_base: str = "utc"
    epochs: int = 0
    without_fix: int = 0
    _fixed: bool | None = None

    def events(self, t_ns: Ints, fixed: Mask) -> pa.RecordBatch | None:
        """Return the events of the next epochs, None where nothing changes.

        Args:
            t_ns: instants, shape (n,), in the order of the recording.
            fixed: epochs with a fix, shape (n,).
        """
        if not len(fixed):
            return None
        self.epochs += len(fixed)
        self.without_fix += len(fixed) - int(np.count_nonzero(fixed))
        first = bool(fixed[0]) if self._fixed is None else self._fixed
        changed = np.flatnonzero(np.diff(fixed, prepend=first))
        self._fixed = bool(fixed[-1])
        if not len(changed):
            return None
        kinds = ["fix_regained" if back else "fix_lost" for back in fixed[changed].tolist()]
        columns = {
            "t": t_ns[changed],
            "event_type": strings(kinds).dictionary_encode(),
            "metadata_json": strings(["{}"] * len(kinds)),
        }
        return build("events", columns, time_base=self.time_base)
