"""Toy parsers that several tests share: in memory, or as a distribution that a child process finds."""

from __future__ import annotations

import sys
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from telemparse.extension import catalog as catalogs
from telemparse.extension.card import ParserCard
from telemparse.extension.catalog import Catalog
from telemparse.model.detection import Detection, Rung
from telemparse.schemas import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa
    import pytest

__all__ = ["Toy", "catalog", "distribution", "fixes", "install", "seeing", "toy"]

SECOND_NS = 1_000_000_000


@attrs.frozen
class Toy:
    """A parser: its card, and what its targets resolve to."""

    card: ParserCard
    detect: Callable[..., Any]
    parse: Callable[..., Any]


def toy(
    parser_id: str = "toy",
    answer: object = Rung.MARKER,
    messages: tuple[object, ...] | Callable[..., Any] = (),
    **facts: Any,
) -> Toy:
    """Return a toy parser.

    Args:
        parser_id: of the card.
        answer: what its detector does: a rung that it always reports, an exception that it raises, a
            function that it is, or any other value that it returns.
        messages: what its generator yields, where an exception is raised; or a function that it is.
        **facts: further facts of the card.
    """
    given = {"streams": ("gnss_pvt",), "name": parser_id, "version": "1.2"}
    targets = {"detector": f"{parser_id}:detect", "target": f"{parser_id}:parse"}
    card = ParserCard(id=parser_id, **{**given, **targets, **facts})

    def detect(_sniffs: object) -> object:
        if isinstance(answer, BaseException):
            raise answer
        return Detection(answer, (f"{parser_id} saw it",)) if isinstance(answer, Rung) else answer

    def parse(_artifacts: object, _options: object) -> Any:
        for message in messages:
            if isinstance(message, BaseException):
                raise message
            yield message

    return Toy(card, answer if callable(answer) else detect, messages if callable(messages) else parse)


def seeing(word: bytes, rung: Rung = Rung.MARKER) -> Callable[..., Detection]:
    """Return a detector that reports `rung` where the head holds `word`, else NO."""

    def detect(sniffs: tuple[Any, ...]) -> Detection:
        return Detection(rung if word in sniffs[0].head else Rung.NO, (word.decode(),))

    return detect


def catalog(*toys: Toy) -> Catalog:
    """Return a catalog of these toys and nothing else."""
    made = Catalog(cards=tuple(each.card for each in toys))
    for each in toys:
        made._targets |= {each.card.detector: each.detect, each.card.target: each.parse}
    return made


def install(monkeypatch: pytest.MonkeyPatch, *toys: Toy) -> Catalog:
    """Make these toys the only parsers of this process."""
    made = catalog(*toys)
    monkeypatch.setattr(catalogs, "_shared", made)
    return made


def fixes(*seconds: float, time_base: str = "utc", **columns: Any) -> pa.RecordBatch:
    """Return fixes at these seconds; latitudes count them from 0."""
    stamps = np.array([round(second * SECOND_NS) for second in seconds], np.int64)
    fixed = {"t": stamps, "lat_deg": np.arange(len(seconds)) * 1.0, "lon_deg": np.zeros(len(seconds))}
    return build("gnss_pvt", {**fixed, **columns}, time_base=time_base)


def distribution(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, source: str) -> None:
    """Lay an installed distribution with one module into `folder` and put it on the path.

    The module's entry point is `name`; this process and its children find it, and load plugins anew.
    """
    (folder / f"{name}.py").write_text(dedent(source), "utf-8")
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text(f"[telemparse]\n{name} = {name}\n", "utf-8")
    monkeypatch.syspath_prepend(str(folder))
    # Another test may have imported another module of this name.
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(catalogs, "_shared", None)
