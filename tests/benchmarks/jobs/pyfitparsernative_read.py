"""pyfitparsernative: Rust inside, a dictionary for each message."""

import pyfitparsernative


def run(path: str) -> dict[str, object]:
    """Parse the file and tell the records."""
    messages = pyfitparsernative.parse_fit_file(path)
    return {"rows": sum(message["message_type"] == "record" for message in messages)}
