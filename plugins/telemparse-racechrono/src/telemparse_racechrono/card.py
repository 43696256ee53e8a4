"""The card: what telemparse knows of the parser before it imports any of its code."""

from __future__ import annotations

from telemparse import ParserCard
from telemparse.model.codes import Code, Severity

__all__ = ["CARD", "VERSION"]

VERSION = "0.1.0"

_CHANNELS = ("channel_*_*_*_*_*", "channel2_*_*_*_*_*")

CARD = ParserCard(
    id="racechrono_rcz",
    name="RaceChrono session archive (RCZ)",
    version=VERSION,
    detector="telemparse_racechrono.detect:detect",
    target="telemparse_racechrono.parser:parse",
    examples="telemparse_racechrono.examples:EXAMPLES",
    extensions=(".rcz",),
    # The magic of any zip: an archive is offered unopened whatever it is called.
    magics=((0, b"PK\x03\x04"),),
    # An archive that was unpacked into a folder is one recording.
    companions=(("session.json", "sessionfragment.json", "trackId.json", *_CHANNELS),),
    streams=("gnss_pvt", "imu_accel", "imu_gyro", "imu_mag", "channels", "laps", "events"),
    codes=(
        Code(
            "RACECHRONO_RCZ_LENGTHS_DIFFER",
            Severity.WARNING,
            "{count} members beside {clock} do not hold one value for each of its {rows} instants",
            "Values belong to instants by their place in the member. They are paired from the front: where a"
            " member ends early its values are unknown, and what has no instant is left out.",
            "Export the session again; look closely at what comes after the shorter length.",
            loses_data=True,
        ),
        Code(
            "RACECHRONO_RCZ_MEMBER_MISSING",
            Severity.WARNING,
            "{artifact} holds no {member}",
            "Without session.json laps and title are unknown; without sessionfragment.json nobody says which"
            " receiver is the main one. Channels are read all the same.",
            "Export the session again, or add the member from another copy.",
            loses_data=True,
        ),
        Code(
            "RACECHRONO_RCZ_SEVERAL_SESSIONS",
            Severity.WARNING,
            "{artifact} holds {count} folders with recordings",
            "A backup of the app holds many sessions. The streams of the first carry plain names, those of"
            " the others the name of their folder.",
            "Export the one session that matters, or take its streams by the name of its folder.",
        ),
    ),
    support_level=2,
    # Its members are JSON too when they lie about unpacked.
    specializes=("json",),
    api=1,
)
