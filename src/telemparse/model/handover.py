"""Artifacts by way of a folder: how a child process gets the files of its parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from telemparse.model.artifacts import Artifact, ArtifactSet
from telemparse.model.documents import issue_document, issue_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["handed_over", "taken_over"]


def handed_over(artifacts: Iterable[Artifact], folder: Path) -> list[dict[str, Any]]:
    """Return where a child finds the artifacts; what is not on disk is laid into `folder`."""
    outers: dict[int, dict[str, Any]] = {}
    documents = []
    for number, artifact in enumerate(artifacts):
        document = _laid(artifact, folder / f"artifact-{number}")
        if artifact.outer is not None:
            key = id(artifact.outer)
            if key not in outers:
                outers[key] = _laid(artifact.outer, folder / f"outer-{number}")
            document |= {"wrapper": artifact.wrapper, "outer": outers[key]}
        # What went wrong while it was unpacked is known by now, for it was read.
        document["issues"] = [issue_document(issue) for issue in artifact.issues]
        documents.append(document)
    return documents


def _laid(artifact: Artifact, place: Path) -> dict[str, Any]:
    if artifact.path is not None:
        return {"name": artifact.name, "path": str(artifact.path.resolve())}
    with place.open("wb") as target:
        for piece in artifact.chunks():
            target.write(piece)
    return {"name": artifact.name, "path": str(place)}


def taken_over(documents: Iterable[Mapping[str, Any]]) -> ArtifactSet:
    """Return the artifacts that `handed_over` described."""
    return ArtifactSet(tuple(_taken(document) for document in documents))


def _taken(document: Mapping[str, Any]) -> Artifact:
    outer = document.get("outer")
    return attrs.evolve(
        Artifact.from_path(document["path"]),
        name=document["name"],
        wrapper=document.get("wrapper"),
        outer=None if outer is None else _taken(outer),
        issues=tuple(issue_from(issue) for issue in document.get("issues", ())),
    )
