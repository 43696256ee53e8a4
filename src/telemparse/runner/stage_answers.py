"""What the sandbox says to the stages of a session: asked once for all, heard one after the other."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import attrs

from telemparse.isolation import ChildFailed
from telemparse.runner.intake import RECORDING

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from telemparse.runner.chains import Chain
    from telemparse.runner.stages import Stage

__all__ = ["StageAnswers"]


@attrs.define(kw_only=True)
class StageAnswers:
    """Answers of the sandbox, which is at the next stage while the last one is put into the store.

    A context manager: who leaves it early ends the sandbox's child, for that one is at work.

    Args:
        chain: whose run it is.
        place: folder of the recording.
        room: folder for files; those of a stage lie in a folder of its name.
        stages: that are left, in order.
    """

    chain: Chain
    place: Path
    room: Path
    stages: Sequence[Stage]
    _heard: int = 0
    _values: Generator[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        values, self._values = self._values, None
        if values is None:
            return
        if self._heard == len(self.stages):
            # So that the sandbox hears that the child is free. All that was asked for is there, whatever
            # becomes of the child.
            with suppress(ChildFailed):
                next(values, None)
        values.close()

    def next(self) -> Any:
        """Return the answer to the next stage. Raises ChildFailed; the stage after that is asked for anew."""
        if self._values is None:
            self._values = self._asked(self.stages[self._heard :])
        self._heard += 1
        try:
            return next(self._values)
        except ChildFailed:
            self._values = None
            raise

    def _asked(self, stages: Sequence[Stage]) -> Generator[Any]:
        tools, run = self.chain.tools, self.chain.ledger.run
        settings = tools.settings
        paths = {"quality_table": settings.quality_table, "tracks": settings.tracks}
        request = {
            "key": run.id,
            "stages": [str(stage) for stage in stages],
            "place": str(self.place),
            "manifest": RECORDING,
            "options": dict(run.options),
            "settings": {
                "level_l1": settings.level_l1,
                "level_l2": settings.level_l2,
                **{name: None if path is None else str(path.resolve()) for name, path in paths.items()},
            },
        }
        return tools.sandbox.each(
            "telemparse.runner.session_tasks:stages", request, self.room,
            timeout_s=settings.stage_timeout_s, guarded=False, stop=self.chain.held.abort,
            meanwhile=self.chain.breathe,
        )  # fmt: skip
