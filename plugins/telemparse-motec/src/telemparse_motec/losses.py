"""What a damaged log costs, told: channels that are cut, left out or not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.model.issues import Issue, Locus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemparse.model.artifacts import Artifact

    from telemparse_motec.blocks import Block
    from telemparse_motec.chain import Chain
    from telemparse_motec.claims import Claims

__all__ = ["losses_of", "of_channels"]

_PLACES = 3
_TOLD = 20


def losses_of(
    artifact: Artifact, chain: Chain, blocks: Sequence[Block], readable: Sequence[Block], claims: Claims
) -> Iterator[Issue]:
    """Yield one issue for each kind of loss.

    Args:
        artifact: the log.
        chain: walked to its end.
        blocks: headers that it found.
        readable: those of channels that can be read.
        claims: which samples are whose of them.
    """
    name, size = artifact.name, artifact.size
    if chain.is_cut or claims.beyond:
        told = [readable[number].name for number in claims.beyond]
        yield Issue(
            "ARTIFACT_TRUNCATED",
            Locus(name, offset=size),
            artifact=name,
            offset=size,
            count=len(told),
            channels=told[:_TOLD],
        )
    if chain.stops:
        # The first pointer may stand behind the end of a file that has no whole header.
        places = [min(stop.offset, size) for stop in chain.stops[:_PLACES]]
        yield Issue(
            "MOTEC_LD_CHAIN_BROKEN",
            Locus(name, offset=places[0]),
            artifact=name,
            count=len(chain.stops),
            reason="; ".join(dict.fromkeys(stop.reason for stop in chain.stops)),
            loci=[str(Locus(name, offset=place)) for place in places],
        )
    if claims.cut:
        cut = [readable[number] for number in claims.cut]
        yield of_channels(name, "MOTEC_LD_SAMPLES_CUT", cut, "its samples run into another's")
    troubled: dict[str, list[Block]] = {}
    for block in blocks:
        if trouble := block.trouble:
            reason = trouble if trouble in troubled or len(troubled) < _TOLD else "other troubles"
            troubled.setdefault(reason, []).append(block)
    for reason, some in troubled.items():
        yield of_channels(name, "CHANNELS_SKIPPED", some, reason)
    if claims.inside:
        inside = [readable[number] for number in claims.inside]
        yield of_channels(name, "CHANNELS_SKIPPED", inside, "its samples would begin within another's")
    lost = [readable[number] for number in claims.beyond if not claims.counts[number]]
    if lost:
        yield of_channels(name, "CHANNELS_SKIPPED", lost, "its samples lie behind the end of the file")


def of_channels(name: str, code: str, blocks: Sequence[Block], reason: str) -> Issue:
    """Return the one issue of channels that have one trouble."""
    return Issue(
        code,
        Locus(name, offset=blocks[0].place),
        artifact=name,
        count=len(blocks),
        channels=[block.name for block in blocks[:_TOLD]],
        reason=reason,
        loci=[str(Locus(name, offset=block.place)) for block in blocks[:_PLACES]],
    )
