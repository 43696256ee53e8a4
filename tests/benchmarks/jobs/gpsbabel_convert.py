"""gpsbabel, as a program: a format of its to its own universal CSV."""

import os
import subprocess


def run(path: str, form: str) -> dict[str, object]:
    """Convert the file, of the format that gpsbabel calls `form`, into nothing."""
    command = ["gpsbabel", "-t", "-i", form, "-f", path, "-o", "unicsv", "-F", os.devnull]
    subprocess.run(command, check=True, capture_output=True)
    return {}
