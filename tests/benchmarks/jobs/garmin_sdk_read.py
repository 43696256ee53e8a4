"""Garmin's own SDK for Python: a dictionary for each message."""

from garmin_fit_sdk import Decoder, Stream


def run(path: str) -> dict[str, object]:
    """Decode the file and tell the records."""
    messages, _errors = Decoder(Stream.from_file(path)).read()
    return {"rows": len(messages["record_mesgs"])}
