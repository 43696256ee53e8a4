"""The built-in CSV dialects, one declaration a module; third parties add theirs through the hook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.csv.dialects.airdata import AIRDATA
from telemparse.formats.csv.dialects.columbus import COLUMBUS
from telemparse.formats.csv.dialects.g1000 import G1000
from telemparse.formats.csv.dialects.gauge_s import GAUGE_S
from telemparse.formats.csv.dialects.generic import GENERIC
from telemparse.formats.csv.dialects.iblue import IBLUE
from telemparse.formats.csv.dialects.imu_bare import IMU_BARE
from telemparse.formats.csv.dialects.kf_gins import KF_GINS
from telemparse.formats.csv.dialects.mtk import MTK
from telemparse.formats.csv.dialects.racebox import RACEBOX

if TYPE_CHECKING:
    from telemparse.extension.csv_dialect import CsvDialect

__all__ = ["BUILT_IN", "GENERIC"]

BUILT_IN: tuple[CsvDialect, ...] = (
    AIRDATA, COLUMBUS, G1000, GAUGE_S, IBLUE, IMU_BARE, KF_GINS, MTK, RACEBOX,
)  # fmt: skip
"""Dialects with a fingerprint, in the order of asking."""
