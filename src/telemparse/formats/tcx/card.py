"""The card of the TCX parser."""

from __future__ import annotations

from telemparse.extension.card import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD"]

CARD = ParserCard(
    id="tcx",
    name="TCX",
    version="0.1.0",
    detector="telemparse.formats.tcx.detect:detect",
    target="telemparse.formats.tcx.parser:parse",
    examples="telemparse.formats.tcx.examples:EXAMPLES",
    extensions=(".tcx",),
    mime_types=("application/vnd.garmin.tcx+xml",),
    magics=((0, b"<TrainingCenterDatabase"),),
    streams=("gnss_pvt", "channels", "events", "laps"),
    codes=(
        Code(
            "TCX_MISSING_TIME",
            Severity.WARNING,
            "{count} of {total} track points have no time",
            "Untimed points get interpolated (partly timed track) or counted times (no time at all), flagged"
            " on each row.",
            "Export the activity with time stamps, or treat the order as the only truth.",
        ),
        Code(
            "TCX_NO_TRACK",
            Severity.ERROR,
            "{artifact} has neither track points nor laps ({activities} activities, {courses} courses)",
            "The file holds workouts, folders or a list of activities, not a recording.",
            "Export the recorded activity itself.",
        ),
    ),
    support_level=1,
)
