"""Plugins as strangers ship them, as source: a good one, and one for each way of being bad."""

from __future__ import annotations

__all__ = [
    "ALIEN", "BAD", "BROKEN_DETECTORS", "DETECT", "ENDLESS_IMPORT", "PARSE", "RECORDING", "TWINS", "cards",
]  # fmt: skip

_HOOK = """
    from telemparse.extension.card import ParserCard
    from telemparse.extension.hookspecs import hookimpl

    def card(id, **facts):
        return ParserCard(**{
            "id": id, "name": id, "version": "1",
            "detector": f"{id}_detect:detect", "target": f"{id}_parse:parse", **facts,
        })

    @hookimpl
    def telemparse_parsers():
        return CARDS()

"""
DETECT = """
    from telemparse.model.detection import Detection, Rung

    def detect(sniffs):
        found = any(sniff.head.startswith(b"LAPBOOK 1") for sniff in sniffs)
        return Detection(Rung.SIGNATURE if found else Rung.NO, ("begins with LAPBOOK and a version",))
"""
PARSE = """
    import numpy as np
    from telemparse.model.messages import Batch
    from telemparse.schemas import build

    def fixes(*rows):
        seconds, latitudes, longitudes = np.array(rows, float).reshape(-1, 3).T
        stamps = (seconds * 1e9).astype(np.int64)
        return build("gnss_pvt", {"t": stamps, "lat_deg": latitudes, "lon_deg": longitudes}, time_base="utc")

    def parse(artifacts, options):
        for artifact in artifacts:
            for line in artifact.read_at(0, artifact.size).splitlines()[1:]:
                yield Batch("gnss_pvt", fixes(list(map(float, line.split()))))
"""
RECORDING = b"LAPBOOK 1\n1 48.5 11.5\n2 48.6 11.6\n"


def cards(expression: str, extra: str = "") -> str:
    """Return a plugin whose hook returns `expression`, in which `card(id, **facts)` makes a card."""
    return _HOOK + f"    def CARDS():\n        return {expression}\n" + extra


_UNKNOWN_HOOK = """
    @hookimpl
    def telemparse_wishes():
        return []
"""
_UNSPEAKABLE = """
    class Unspeakable(Exception):
        def __str__(self):
            raise RuntimeError("not even this")

    raise Unspeakable
"""
# As an extension written in Rust panics.
_PANIC = """
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    raise panic("index out of bounds")
"""
# It sets a terminal's title, clears its screen, and never ends.
_SHOUT = r"raise RuntimeError('\x1b]0;owned\x07\x1b[2J\r\n\u202e' + 'x' * 10_000_000)"

# Module, entry point's value, then stage and error of the fault.
BAD: dict[str, tuple[str, str | None, str, str]] = {
    "raises": ("raise RuntimeError('half installed')", None, "import", "RuntimeError: half installed"),
    "exits": ("import sys\nsys.exit(3)", None, "import", "SystemExit: 3"),
    "panics": (_PANIC, None, "import", "PanicException: index out of bounds"),
    "unspeakable": (_UNSPEAKABLE, None, "import", "Unspeakable"),
    "several": ("raise ExceptionGroup('two', [OSError(), KeyError()])", None, "import", "ExceptionGroup"),
    "shouts": (_SHOUT, None, "import", "RuntimeError: \x1b]0;owned"),
    "absent": ("", "no_such_module_anywhere", "import", "ModuleNotFoundError"),
    "nameless": ("", "nameless:PLUGIN", "import", "AttributeError"),
    "malformed": ("", "not a reference", "import", ""),
    "number": ("PLUGIN = 7", "number:PLUGIN", "hooks", "TypeError: int implements no hook"),
    "hookless": ("def parse(): pass", None, "hooks", "TypeError: module implements no hook"),
    "wishful": (cards("[]", _UNKNOWN_HOOK), None, "hooks", "PluginValidationError"),
    "thief": (cards('[card("csv")]'), None, "card", "parser id 'csv' is taken by telemparse"),
    "ancient": (cards('[card("ancient", api=0)]'), None, "card", "ancient speaks api 0; supported: 1"),
    "future": (cards('[card("future", api=2)]'), None, "card", "future speaks api 2; supported: 1"),
    "quoted": (cards('[card("quoted", api="1")]'), None, "declare", "CallError: api must be a whole number"),
    "truthful": (cards('[card("truthful", api=True)]'), None, "declare", "CallError: api must be a whole"),
    "odd": (cards('["csv"]'), None, "declare", "TypeError: expected ParserCard, got str"),
    "misspelt": (cards('[card("Mis Spelt")]'), None, "declare", "CallError: id must be"),
    "careless": (cards('[card("careless", colour="red")]'), None, "declare", "TypeError"),
    "comma": (cards('[card("comma", extensions=".lap")]'), None, "declare", "CallError: extensions must be"),
    "wordy": (cards('[card("wordy", codes=("WORDY_BAD",))]'), None, "declare", "CallError: codes must be"),
    "failing": (cards("1 / 0"), None, "declare", "ZeroDivisionError"),
    "quitting": (cards("exit()"), None, "declare", "SystemExit"),
}  # fmt: skip

# Two distributions, one parser id: the first by name keeps it.
TWINS = {name: cards('[card("twin")]') for name in ("twin_a", "twin_b")}

# By Python's convention this is control flow of the program around us, which no guard may swallow.
ALIEN = "class Alien(BaseException): pass\nraise Alien('from afar')"

ENDLESS_IMPORT = "while True: pass"

# Source of the module that the detector is in, then the error of the fault.
BROKEN_DETECTORS = {
    "absent": ("", "ModuleNotFoundError"),
    "raising": ("def detect(sniffs): raise LookupError('no such table')", "LookupError: no such table"),
    "exiting": ("def detect(sniffs): raise SystemExit(2)", "SystemExit: 2"),
    "misnamed": ("def detekt(sniffs): pass", "AttributeError"),
    "answering_a_number": ("def detect(sniffs): return 1.0", "returned float, not Detection"),
    "spendthrift": ("def detect(sniffs): return sniffs[0].more(0, 2**21)", "Overspent"),
    "sly": (
        """
        from telemparse.model.detection import Detection, Rung

        def detect(sniffs):
            try:
                sniffs[0].more(0, 2**21)
            except Exception:
                return Detection(Rung.SIGNATURE, ("mine",))
        """,
        "asked for more bytes than its budget",
    ),
    "speechless": (
        """
        class Unspeakable(Exception):
            def __str__(self):
                raise RuntimeError("not even this")

        def detect(sniffs): raise Unspeakable
        """,
        "Unspeakable",
    ),
    "shouting": (f"def detect(sniffs): {_SHOUT}", "RuntimeError: \x1b]0;owned"),
    "panicking": (
        """
        panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})

        def detect(sniffs): raise panic("index out of bounds")
        """,
        "PanicException: index out of bounds",
    ),
}
