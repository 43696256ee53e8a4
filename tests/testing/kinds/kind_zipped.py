"""A container that is a zip to everybody else, and one recording to its parser."""

from __future__ import annotations

import io
import struct
import zipfile

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code
from telemparse.model.detection import Detection, Rung

CARD = ParserCard(
    id="kind_zipped", name="Container", version="1.0", detector="kind_zipped:detect",
    target="kind_zipped:parse", examples="kind_zipped:EXAMPLES", extensions=(".ctr",),
    magics=((0, b"PK\x03\x04"),), streams=("channels",),
    codes=(Code("KIND_ZIPPED_DAMAGED", "error", "{artifact}: {error}.", "What it says.", "Copy it."),),
)  # fmt: skip


def _file():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in (
            ("session.txt", b"container 1\nrate 10\n"),
            ("channel_rpm", struct.pack("<80d", *(800.0 + 7 * row for row in range(80)))),
        ):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


EXAMPLES = {"bench.ctr": _file()}


def detect(sniffs):
    if any({"session.txt", "channel_rpm"} <= set(sniff.members) for sniff in sniffs):
        return Detection(Rung.SIGNATURE, ("a zip", "that holds a session and its channels"))
    return Detection(Rung.NO)


def parse(artifacts, _options):
    import zlib

    import numpy as np
    import pyarrow as pa

    from telemparse.errors import Malformed
    from telemparse.model.issues import Locus
    from telemparse.model.messages import Batch
    from telemparse.schemas import build, channel_field

    for artifact in artifacts:
        try:
            with (
                artifact.open() as reader,
                zipfile.ZipFile(reader) as archive,
                archive.open("channel_rpm") as member,
            ):
                content = member.read(641)
        except (
            OSError,
            ValueError,
            KeyError,
            EOFError,
            RuntimeError,
            zlib.error,
            zipfile.BadZipFile,
        ) as error:
            words = type(error).__name__
            raise Malformed(
                "KIND_ZIPPED_DAMAGED", Locus(artifact.name), artifact=artifact.name, error=words
            ) from None
        if len(content) != 640:
            error = "a channel of another length"
            raise Malformed("KIND_ZIPPED_DAMAGED", Locus(artifact.name), artifact=artifact.name, error=error)
        values = np.frombuffer(content, "<f8")
        t_ns = np.arange(len(values)) * 100_000_000
        fields = {"rpm": channel_field("rpm", pa.float64(), source_name="channel_rpm")}
        table = build("channels.main", {"t": t_ns, "rpm": values}, fields=fields, time_base="relative")
        yield Batch("channels.main", table)
