"""One parser under libFuzzer: `python -m fuzz.harness PARSER SEEDS FINDS [libFuzzer's arguments]`.

A broken promise does not end the run: the input is kept in FINDS. A hang or too much memory ends it, and
libFuzzer keeps the input.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from random import Random
from typing import Any

import atheris

__all__ = ["main"]

_OUTSIDE = ("telemparse.cli", "telemparse.testing", "telemparse.writers")
_SHAPED = 0.6  # share of mutations that know the shape of the format


def main() -> None:
    """Fuzz until libFuzzer's limit is reached."""
    parser, seeds, kept = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    # What pytest does too: a RuntimeWarning of numpy tells of a value that nobody looked at.
    warnings.simplefilter("error")
    libraries = ["telemparse", *_plugins(parser)]
    with atheris.instrument_imports(include=libraries, enable_loader_override=False):
        _import_all(libraries)
    # These import the library: not before it is instrumented.
    import pyarrow as pa

    from fuzz.keeping import Watch
    from fuzz.targets import target_of

    pa.set_cpu_count(1)  # handing small pieces to threads costs more than reading them
    mutated = _mutator(target_of(parser), [path.read_bytes() for path in sorted(seeds.iterdir())])
    arguments = [sys.argv[0], *sys.argv[4:], str(seeds)]
    atheris.Setup(arguments, Watch.of(parser, kept).check, custom_mutator=mutated)
    atheris.Fuzz()


def _plugins(parser: str) -> list[str]:
    """Return the packages of the plugin that brings a parser: `telemparse_aim` brings `aim_xrk`."""
    packages = {entry.value.partition(".")[0] for entry in entry_points(group="telemparse")}
    return [name for name in packages if parser.startswith(name.partition("telemparse_")[2] or "?")]


def _import_all(libraries: Sequence[str]) -> None:
    """Import what a parse may import, so that all of it is instrumented and the first input pays nothing."""
    for library in libraries:
        package = importlib.import_module(library)
        for module in pkgutil.walk_packages(package.__path__, f"{library}."):
            if not module.name.startswith(_OUTSIDE) and not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def _mutator(target: Any, others: list[bytes]) -> Callable[[bytes, int, int], bytes]:
    """Return what changes an input: by the shape of the format, or by libFuzzer's own ways and dictionary."""
    mutation, words = target.mutation, target.words()

    def mutated(data: bytes, max_size: int, seed: int) -> bytes:
        dice = Random(seed)
        if mutation is not None and dice.random() < _SHAPED:
            return bytes(mutation(data, words, others, dice)[:max_size])
        return bytes(atheris.Mutate(data, max_size))

    return mutated


if __name__ == "__main__":
    main()
