"""What runs in a fresh process: importing a card or asking a detector, to see what that loads."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from telemparse.classification import classify
from telemparse.extension.card import ParserCard
from telemparse.extension.catalog import Catalog
from telemparse.model.handover import taken_over
from telemparse.model.options import ParseOptions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from telemparse.extension.faults import Fault

__all__ = ["asking", "importing"]


def importing(request: Mapping[str, Any], _folder: Path) -> dict[str, Any]:
    """Import modules; return which of those asked about are loaded then."""
    for module in request["modules"]:
        importlib.import_module(module)
    return {"loaded": [name for name in request["watched"] if name in sys.modules]}


def asking(request: Mapping[str, Any], _folder: Path) -> dict[str, Any]:
    """Ask one detector about recordings; return which of the modules asked about are loaded then."""
    card = ParserCard(
        id=request["id"], name=request["id"], version="0", detector=request["detector"], target="none:none",
        extensions=request["extensions"],
        magics=[(offset, bytes.fromhex(magic)) for offset, magic in request["magics"]],
    )  # fmt: skip
    catalog = Catalog(cards=(card,))
    faults: list[Fault] = []
    for recording in request["recordings"]:
        faults += classify(taken_over(recording), ParseOptions(), catalog).faults
    return {
        "loaded": [name for name in request["watched"] if name in sys.modules],
        "faults": [fault.error for fault in faults],
    }
