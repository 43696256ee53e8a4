"""What a card and a detector load: `detect` must answer at once, whatever is installed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telemparse import isolation
from telemparse.extension.installation import installed
from telemparse.model.artifacts import ArtifactSet
from telemparse.model.handover import handed_over
from telemparse.testing.kit import Broken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telemparse.extension.card import ParserCard
    from telemparse.testing.subject import Subject

__all__ = ["HEAVY", "card_is_light", "detector_is_light"]

HEAVY = ("numpy", "pyarrow", "lxml", "pandas", "polars", "scipy")
"""What takes longer to import than a detector may."""


def card_is_light(subject: Subject) -> None:
    """Import the card's module, and the package's entry points, in a fresh process; see what came with it."""
    homes = _homes(subject.card)
    if not homes:
        raise Broken("no imported module holds this card under a name of its own")
    # Who holds a card has imported the room that it was made in: when one is light, that room is.
    seen = []
    for home in homes:
        words = _loads(subject, home)
        if words is None:
            return
        seen.append(words)
    raise Broken(seen[0])


def _loads(subject: Subject, home: str) -> str | None:
    """Return what importing a module loads beside it that it should not, or None."""
    package, target = _package(home), subject.card.target.partition(":")[0]
    entries = (point.value.partition(":")[0] for point in installed()[0])
    modules = [*dict.fromkeys([home, *(entry for entry in entries if _package(entry) == package)])]
    watched = [*HEAVY, *([target] if target not in modules else [])]
    loaded = _in_child("importing", subject, {"modules": modules, "watched": watched})["loaded"]
    return f"importing {', '.join(modules)} also loads {', '.join(loaded)}" if loaded else None


def detector_is_light(subject: Subject) -> None:
    """Ask the detector about every sample in a fresh process, and see what that loads."""
    card = subject.card
    request = {
        "id": card.id, "detector": card.detector, "extensions": list(card.extensions),
        "magics": [(offset, magic.hex()) for offset, magic in card.magics], "watched": list(HEAVY),
    }  # fmt: skip
    answer = _in_child("asking", subject, request)
    if answer["loaded"]:
        raise Broken(f"{card.detector} loads {', '.join(answer['loaded'])}")
    if answer["faults"]:
        raise Broken(f"in a process of its own, the detector failed: {answer['faults'][0]}")


def _package(module: str) -> str:
    return module.partition(".")[0]


def _homes(card: ParserCard) -> list[str]:
    """Return the modules that the card is a constant of, that which is likely its own first."""
    homes = [
        name
        for name, module in list(sys.modules.items())
        # Not every entry of sys.modules is a module.
        if any(value is card for value in list(getattr(module, "__dict__", {}).values()))
    ]
    own = [name for name in homes if _package(name) == _package(card.target)]
    return sorted(own or homes, key=lambda name: (name.rpartition(".")[2] != "card", -name.count("."), name))


def _in_child(function: str, subject: Subject, request: Mapping[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="telemparse-") as name:
        folder = Path(name)
        asked = []
        for number, sample in enumerate(subject.samples):
            place = folder / str(number)
            place.mkdir()
            asked.append(handed_over(ArtifactSet.of(sample.files), place))
        try:
            answer: dict[str, Any] = isolation.run(
                f"telemparse.testing.child:{function}",
                {**request, "recordings": asked},
                folder,
                timeout_s=subject.timeout_s,
            )
        except isolation.ChildFailed as failed:
            raise Broken(f"in a process of its own: {failed}") from None
    return answer
