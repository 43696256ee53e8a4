"""activity-parser: a pandas frame."""

import activity_parser


def run(path: str) -> dict[str, object]:
    """Parse the file and tell the rows."""
    frame, *_rest = activity_parser.parse_gpx(path)
    return {"rows": len(frame)}
