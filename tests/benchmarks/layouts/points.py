"""Points in XML: GPX, TCX and KML, pretty-printed."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.drive import drive
from benchmarks.layouts.layout import Layout

_GPX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="telemparse bench" xmlns="http://www.topografix.com/GPX/1/1"\n'
    '     xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">\n'
    "    <trk>\n        <name>Nowhere Ring</name>\n        <trkseg>\n"
)
_TCX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"\n'
    '    xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">\n'
    '  <Activities>\n    <Activity Sport="Other">\n      <Id>2025-05-17T09:30:00.000Z</Id>\n'
    '      <Lap StartTime="2025-05-17T09:30:00.000Z">\n'
    "        <TotalTimeSeconds>61.125</TotalTimeSeconds>\n        <DistanceMeters>2100.5</DistanceMeters>\n"
    "        <Calories>0</Calories>\n        <Intensity>Active</Intensity>\n"
    "        <TriggerMethod>Manual</TriggerMethod>\n        <Track>\n"
)
_KML_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n'
    "  <Document>\n    <name>Nowhere Ring</name>\n    <Placemark>\n      <name>Stint</name>\n"
    "      <gx:Track>\n        <altitudeMode>absolute</altitudeMode>\n"
)


def _gpx_points(rows: int) -> Iterator[str]:
    """Yield points with elevation, time, speed and course, about 435 bytes each."""
    for at in drive(rows):
        yield (
            f'            <trkpt lat="{at.lat_deg:.7f}" lon="{at.lon_deg:.7f}">\n'
            f"                <ele>{at.alt_m:.2f}</ele>\n"
            f"                <time>{at.time}</time>\n"
            "                <extensions>\n"
            "                    <gpxtpx:TrackPointExtension>\n"
            f"                        <gpxtpx:speed>{at.speed_mps:.3f}</gpxtpx:speed>\n"
            f"                        <gpxtpx:course>{at.course_deg:.1f}</gpxtpx:course>\n"
            "                    </gpxtpx:TrackPointExtension>\n"
            "                </extensions>\n"
            "            </trkpt>\n"
        )


def _tcx_points(rows: int) -> Iterator[str]:
    """Yield points of one lap with heart rate and speed, about 580 bytes each."""
    for row, at in enumerate(drive(rows)):
        yield (
            "          <Trackpoint>\n"
            f"            <Time>{at.time}</Time>\n"
            "            <Position>\n"
            f"              <LatitudeDegrees>{at.lat_deg:.7f}</LatitudeDegrees>\n"
            f"              <LongitudeDegrees>{at.lon_deg:.7f}</LongitudeDegrees>\n"
            "            </Position>\n"
            f"            <AltitudeMeters>{at.alt_m:.2f}</AltitudeMeters>\n"
            f"            <DistanceMeters>{3.4 * row:.2f}</DistanceMeters>\n"
            "            <HeartRateBpm>\n"
            f"              <Value>{130 + round(5 * at.noise[3])}</Value>\n"
            "            </HeartRateBpm>\n"
            "            <Extensions>\n"
            "              <ns3:TPX>\n"
            f"                <ns3:Speed>{at.speed_mps:.3f}</ns3:Speed>\n"
            "              </ns3:TPX>\n"
            "            </Extensions>\n"
            "          </Trackpoint>\n"
        )


def _kml_points(rows: int) -> Iterator[str]:
    """Yield times and places of one gx:Track by turns, as trackers write them, about 120 bytes each."""
    for at in drive(rows):
        yield (
            f"        <when>{at.time}</when>\n"
            f"        <gx:coord>{at.lon_deg:.7f} {at.lat_deg:.7f} {at.alt_m:.2f}</gx:coord>\n"
        )


GPX = Layout(_GPX_HEAD, _gpx_points, "        </trkseg>\n    </trk>\n</gpx>\n")
TCX = Layout(
    _TCX_HEAD,
    _tcx_points,
    "        </Track>\n      </Lap>\n    </Activity>\n  </Activities>\n</TrainingCenterDatabase>\n",
)
KML = Layout(_KML_HEAD, _kml_points, "      </gx:Track>\n    </Placemark>\n  </Document>\n</kml>\n")
