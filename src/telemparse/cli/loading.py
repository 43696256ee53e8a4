"""Loading the plugins of this process, with a word to people when one takes long."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from telemparse.cli.terminal import apart, complain

if TYPE_CHECKING:
    from telemparse.extension.catalog import Catalog

__all__ = ["installed"]

_PATIENCE_S = 5.0
_WORDS = "a plugin takes long to load; `telemparse plugins --probe` tries each by itself and names it"


def installed() -> Catalog:
    """Return the catalog of this process; what plugins print while they load stays off standard output.

    A plugin that hangs while it is imported cannot be ended here; at least people learn what to do.
    """
    from telemparse.extension.catalog import Catalog

    notice = threading.Timer(_PATIENCE_S, complain, [_WORDS])
    notice.daemon = True
    notice.start()
    try:
        with apart():
            return Catalog.shared()
    finally:
        notice.cancel()
