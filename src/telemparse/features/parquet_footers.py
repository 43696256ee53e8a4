"""Parquet files before their rows are read: whether they are there, whole, and of one schema."""

from __future__ import annotations

import glob
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from telemparse.features.refusals import FeatureFileMissing, FeatureRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.features.columns import Schema

__all__ = ["Paths", "common_schema", "files_of", "reading"]

Paths = str | os.PathLike[str]
_PATTERN = set("*?[")


def files_of(path: Paths | Sequence[Paths]) -> list[Path]:
    """Return the files that are meant by a path, a pattern, a folder (all `.parquet` below it) or several.

    Raises FeatureFileMissing where there is none.
    """
    several = [path] if isinstance(path, str | os.PathLike) else list(path)
    if not several:
        raise FeatureFileMissing("(no path)")
    return [file for each in several for file in _files_of_one(os.fspath(each))]


def _files_of_one(path: str) -> list[Path]:
    place = Path(path)
    if place.is_dir():
        found = sorted(file for file in place.rglob("*.parquet") if file.is_file())
    elif place.exists():
        found = [place]
    elif _PATTERN & set(path):
        found = sorted(Path(name) for name in glob.glob(path, recursive=True) if Path(name).is_file())  # noqa: PTH207  (a pattern may be absolute)
    else:
        found = []
    if not found:
        raise FeatureFileMissing(place.name)
    return found


def common_schema(files: Sequence[Path]) -> Schema:
    """Return the schema that all files have; only their footers are read.

    Raises FeatureRefused: `FEATURE_ARTIFACT_DAMAGED`, or `FEATURE_COLUMN_REFUSED` where files differ.
    """
    first: Schema = {}
    for index, file in enumerate(files):
        with reading(file.name):
            schema = dict(pl.scan_parquet(file, glob=False, hive_partitioning=False).collect_schema())
        if not index:
            first = schema
            continue
        for name in (*first, *schema):
            if first.get(name) != schema.get(name):
                problem = f"in {file.name} it is not as in {files[0].name}"
                raise FeatureRefused("FEATURE_COLUMN_REFUSED", column=name, problem=problem)
    return first


@contextmanager
def reading(artifact: str) -> Iterator[None]:
    """Turn what readers raise for a damaged file into `FEATURE_ARTIFACT_DAMAGED`."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        if isinstance(error, FeatureFileMissing):
            raise
        said = str(error).strip().partition("\n")[0][:160] or type(error).__name__
        raise FeatureRefused("FEATURE_ARTIFACT_DAMAGED", artifact=artifact, error=said) from error
