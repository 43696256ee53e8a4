"""The built-in CSV dialects, one declaration a module; third parties add theirs through the hook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemparse.formats.csv.dialects.aim_rs3 import AIM_RS3
from telemparse.formats.csv.dialects.airdata import AIRDATA
from telemparse.formats.csv.dialects.columbus import COLUMBUS
from telemparse.formats.csv.dialects.dovex import DOVEX
from telemparse.formats.csv.dialects.edgetx import EDGETX
from telemparse.formats.csv.dialects.g1000 import G1000
from telemparse.formats.csv.dialects.gauge_s import GAUGE_S
from telemparse.formats.csv.dialects.generic import GENERIC
from telemparse.formats.csv.dialects.harrys import HARRYS
from telemparse.formats.csv.dialects.iblue import IBLUE
from telemparse.formats.csv.dialects.imu_bare import IMU_BARE
from telemparse.formats.csv.dialects.kf_gins import KF_GINS
from telemparse.formats.csv.dialects.motec_i2 import MOTEC_I2
from telemparse.formats.csv.dialects.mtk import MTK
from telemparse.formats.csv.dialects.qstarz import QSTARZ
from telemparse.formats.csv.dialects.racebox import RACEBOX
from telemparse.formats.csv.dialects.racecapture import RACECAPTURE
from telemparse.formats.csv.dialects.racechrono_v2 import RACECHRONO_V2
from telemparse.formats.csv.dialects.racechrono_v3 import RACECHRONO_V3
from telemparse.formats.csv.dialects.rtklib_pos import RTKLIB_POS
from telemparse.formats.csv.dialects.speedangle import SPEEDANGLE
from telemparse.formats.csv.dialects.trackaddict import TRACKADDICT
from telemparse.formats.csv.dialects.windarab import WINDARAB

if TYPE_CHECKING:
    from telemparse.extension.csv_dialect import CsvDialect

__all__ = ["BUILT_IN", "GENERIC"]

BUILT_IN: tuple[CsvDialect, ...] = (
    AIM_RS3, AIRDATA, COLUMBUS, DOVEX, EDGETX, G1000, GAUGE_S, HARRYS, IBLUE, IMU_BARE, KF_GINS, MOTEC_I2,
    MTK, QSTARZ, RACEBOX, RACECAPTURE, RACECHRONO_V2, RACECHRONO_V3, RTKLIB_POS, SPEEDANGLE, TRACKADDICT,
    WINDARAB,
)  # fmt: skip
"""Dialects with a fingerprint, in the order of asking."""
