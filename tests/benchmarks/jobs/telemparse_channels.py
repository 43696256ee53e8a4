"""A whole result, or a conversion, of all channels or of some."""

import tempfile

import telemparse


def run(path: str, way: str, *channels: str) -> dict[str, object]:
    """Read these channels of the file, or all; tell how many columns a result has.

    Args:
        path: of the file.
        way: `parse`, or `convert` into a temporary folder.
        channels: names.
    """
    options = telemparse.ParseOptions(channels=channels or None)
    if way == "parse":
        tables = telemparse.parse(path, options).streams.values()
        return {"columns": sum(table.num_columns - 1 for table in tables)}
    with tempfile.TemporaryDirectory() as folder:
        telemparse.convert(path, folder, options)
    return {}
