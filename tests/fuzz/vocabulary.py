"""Words that mean something to a parser, for mutations and for libFuzzer's dictionary."""

from __future__ import annotations

from collections.abc import Iterable

from fuzz.mutations.texts import NUMBERS
from telemparse.formats.csv.cells import NULL_WORDS
from telemparse.formats.csv.dialects import BUILT_IN
from telemparse.formats.csv.vocabulary import QUANTITIES
from telemparse.formats.gpx import leaves
from telemparse.formats.igc.extensions import MEANINGS
from telemparse.formats.vbo import words as vbo
from telemparse.kernels.units import UNITS

__all__ = [
    "csv_words",
    "dictionary",
    "gpx_words",
    "igc_words",
    "json_words",
    "kml_words",
    "nmea_words",
    "rcz_words",
    "tcx_words",
    "vbo_words",
]

_LONGEST = 60

_CELLS = (
    "Time (s)", "Date", "UTC", "Lap", "Lap #", "GPS_Update", "*GPS", "*OBD", "Datum", "Uhrzeit", "A", "V",
    "N", "S", "E", "W", "NaN", "3D fix", "RTK", "DGPS", "No fix", "TRUE", "1", "0", "2024-05-04",
    "10:00:00", "24:00:00", "2024-05-04T10:00:00Z", "1714816800", "1714816800000", "48.1375", "11,575",
    "4807.038,N", "48°08'15\"N", "-0.5", "4807.0385N", "011°34.5E", "Latitude (deg)", "speed [km/h]",
    "acc_x(g)", "GyroX (deg/s)", "sep=;", "Marker", "lat_lon", "LatLng", "47.5 8.25", "47.5,8.25", "GPS",
    "TxBat(V)", "LOCAL DATE", "xtime [s]",
    "<trackplan #sectors=2>", "1,48.1,11.5,48.1,11.6", "</trackplan>", "<timer #unit=MILE/h>", "#2,0:32.787",
    "</timer>", "<trace #pt=4>", "</trace>", "#D=05-04-2025 10:00:00=", "01:10.49", "no valid time",
    "04/05/2025;10:00:00;1;01:10.49;", "04/05/2025;10:00:00;x;48.1;11.5;48.2;11.6;0;0;0;",
)  # fmt: skip

_FIELDS = (
    "$GPRMC", "$GNRMC", "$GNGGA", "$GPGGA", "$GNGNS", "$GPGLL", "$GNGST", "$GNZDA", "$GPVTG", "$GNGSA",
    "$GPHDT", "$GPGSV", "$PGRMC", "$PUBX", "!AIVDM", "A", "V", "N", "S", "E", "W", "D", "R", "F", "M", "T",
    "K", "AAN", "000000", "235959.99", "235960", "000000.001", "120000", "311224", "060180", "010125",
    "290224", "4807.038", "01131.000", "0000.000", "9000.0", "18000.0", "4760.0", "99.99", "4", "5", "6",
)  # fmt: skip

_SECTIONS = (
    "[header]", "[column names]", "[channel units]", "[comments]", "[laptiming]", "[session data]", "[data]",
    "[AVI]", "File created on 04/05/2025 at 10:00:00", "File created on 31/12/1999 @ 23:59", "velocity kmh",
    "Start +740.736 -1287.4 +740.75 -1287.4", "Split -1287.4 +740.736 -1287.4 +740.75", "Start 0 0 0 0",
    "(c) Racelogic", "RaceChrono", "RaceBox", "Harry's LapTimer", "_lat", "_long", "Lap_Number", "(null)",
    "235959.99", "000000.00", "240000.00", "10:00:00", "+0000.000000", "-10800.0", "+5400.0", "137", "255",
)  # fmt: skip

_MEMBERS = (
    "session.json", "sessionfragment.json", "trackId.json", "channel_1_300_0_1_1", "channel_1_300_0_3_1",
    "channel_2_301_0_9_0", "channel_12_200_10024_1_1", "channel2_12_200_10024_10024_3", "channel_1_300_0_2_1",
    "channel_1_300_0_30003_0", "channel2_5_200_4_4_3", "laps", "traps", "startTimestamp", "isInvalid",
    "primaryGpsDeviceIndex", "devices2", "selector", "9223372036854775807", "2147483647",
)  # fmt: skip

_TAGS = (
    "gpx", "trk", "trkseg", "trkpt", "rte", "rtept", "wpt", "name", "desc", "type", "metadata", "bounds",
    "link", "time", "extensions", "ele", "lat", "lon", "gpx:trkpt", "GPX", "x:y:z", "_", "a", "xml:space",
    "0bad", "é", "trkpt lat='48.1' lon='11.5'", "trkpt lat='0' lon='0'", "trkpt lat='91' lon='1'",
    "trkpt lon='1'", "wpt lat='1'", "gpxtpx:TrackPointExtension", "gpxtpx:hr", "gpxtpx:cad", "gpxtpx:atemp",
    "gpxtpx:speed", "ns3:speed", "magvar", "geoidheight", "ageofdgpsdata", "dgpsid", "cmt", "src", "sym",
    "fix", "none", "2d", "3d", "dgps", "pps", "xmlns", "xmlns:gpxtpx", "http://www.topografix.com/GPX/1/0",
    "http://www.topografix.com/GPX/1/1", "http://www.garmin.com/xmlschemas/TrackPointExtension/v1",
    "osmand:speed", "#text", "@lat", "t", "t_ns", "text", "x_text", "value", "{a}b", "2024-05-04T10:00:00Z",
    "2024-05-04T10:00:00", "2024-05-04T10:00:00.5+02:00", "2262-04-11T23:47:16.854775807Z",
    "1677-09-21T00:12:43Z", "0001-01-01T00:00:00Z", "48.5", "-11,5",
)  # fmt: skip


_IGC_RECORDS = (
    "AXXX001", "HFDTE040525", "HFDTEDATE:311299,02", "HFDTE000000", "HFDTM219DATUM:ED50", "HFALGALTGPS:GEO",
    "HFPLTPILOT:x", "HFFTYFRTYPE:A,B", "I00", "I013638FXA", "I023638SIU3941FXA", "I013699ABC", "I0536",
    "J010809ABC", "J00", "K000001", "E000002PEV", "E235959", "LXXX", "G0", "B0000000000000N00000000EV",
    "B2359592127267S01220736WA0011800120", "I033637LAD3839LOD4042TDS", "-0001", "\r", "\r\n", "\n", "HFDTE",
)  # fmt: skip


_JSON_PIECES = (
    "{", "}", "[", "]", ",", ":", '"', "\\", "\n", "\x1e", "[[", "]]", "},{", "}\n{", "null", "true",
    "NaN", "-Infinity", '"\\ud800"', '"\\u0000"', '"type":"FeatureCollection"', '"type":"Feature"',
    '"features":[', '"geometry":{', '"type":"LineString"', '"type":"MultiLineString"', '"type":"Point"',
    '"coordinates":[', '"properties":{', '"coordTimes":[', '"times":[', '"columns":[', '"data":[',
    '"units":{', '"km/h"', "[1,2],", '{"t":1,"lat":2,"lon":3}', '"NomCircuit":"x"', '"FL":[1,2,3,4]',
    '"date":"04/05/2025"', '"timestamp":"235959.9"', '"pointgps":[48.1,11.5]', '"vitesse":-1',
    '"cap":360', "#x", "%", '"a.b":',
)  # fmt: skip

_TCX_TAGS = (
    "TrainingCenterDatabase", "Activities", "Activity", "Lap", "Track", "Trackpoint", "Courses",
    "Course", "CoursePoint", "MultiSportSession", "FirstSport", "NextSport", "Transition", "Folders",
    "Time", "Position", "LatitudeDegrees", "LongitudeDegrees", "AltitudeMeters", "DistanceMeters",
    "HeartRateBpm", "Value", "Cadence", "SensorState", "Extensions", "TPX", "ns3:TPX", "ns3:Speed",
    "ns3:RunCadence", "ns3:Watts", "TotalTimeSeconds", "Calories", "Intensity", "Creator", "Name",
    "Version", "VersionMajor", "Id", "Sport", "Lap StartTime='2024-05-04T10:00:00Z'", "StartTime",
    "xsi:type", "Device_t", "Application_t", "255", "0", "2024-05-04T10:00:00Z", "2024-05-04T10:00:00",
    "x:y:z", "xmlns", "xmlns:ns3", "1e99", "48.5", "-1",
    "http://www.garmin.com/xmlschemas/ActivityExtension/v2",
)  # fmt: skip

_KML_TAGS = (
    "kml", "Document", "Folder", "Placemark", "gx:Track", "Track", "gx:MultiTrack", "when", "gx:coord",
    "coord", "gx:angles", "ExtendedData", "SchemaData", "gx:SimpleArrayData", "gx:value", "value",
    "TimeStamp", "Point", "coordinates", "LineString", "altitudeMode", "absolute", "clampToGround",
    "relativeToGround", "NetworkLink", "name", "Data", "LookAt", "MultiGeometry", "Update", "Change",
    "gx:SimpleArrayData name='hr'", "gx:SimpleArrayData name='#text'", "gx:SimpleArrayData name='@x'",
    "6.5 50.25 7", "6.5,50.25,7", "0 0 0", "181 91", "2024-05-04T10:00:00Z", "2024", "2024-05-04",
    "xmlns", "xmlns:gx", "x:y", "heartrate", "cadence", "http://www.google.com/kml/ext/2.2",
    "http://www.opengis.net/kml/2.2", "http://earth.google.com/kml/2.1",
)  # fmt: skip


def csv_words() -> tuple[str, ...]:
    """Return header words, units, words for nothing, and cells."""
    quantities = (word for entry in QUANTITIES.values() for word in (entry.name, *entry.words))
    columns = (str(column) for dialect in BUILT_IN for column in dialect.columns)
    return _short((*quantities, *columns, *UNITS, *NULL_WORDS, *_CELLS, *NUMBERS))


def gpx_words() -> tuple[str, ...]:
    """Return tags, attributes, namespaces and texts."""
    return _short((*_TAGS, *leaves._IN_POINT, *leaves._IN_EXTENSIONS, *NUMBERS))


def igc_words() -> tuple[str, ...]:
    """Return records, definitions, codes and cells."""
    return _short((*_IGC_RECORDS, *MEANINGS, *NUMBERS))


def nmea_words() -> tuple[str, ...]:
    """Return addresses, times, dates, positions and letters of fields."""
    return _short((*_FIELDS, *NUMBERS))


def rcz_words() -> tuple[str, ...]:
    """Return names of members, keys and numbers that mean something to the RCZ parser."""
    return _MEMBERS


def json_words() -> tuple[str, ...]:
    """Return pieces of documents, names and values."""
    quantities = (f'"{word}":' for entry in QUANTITIES.values() for word in (entry.name, *entry.words[:3]))
    return _short((*_JSON_PIECES, *quantities, *NUMBERS, *(f'"{cell}"' for cell in _CELLS)))


def tcx_words() -> tuple[str, ...]:
    """Return tags, attributes, namespaces and texts of TCX."""
    return _short((*_TCX_TAGS, *NUMBERS))


def kml_words() -> tuple[str, ...]:
    """Return tags, attributes, namespaces and texts of KML."""
    return _short((*_KML_TAGS, *NUMBERS))


def _short(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if len(word) <= _LONGEST))


def dictionary(words: Iterable[str]) -> str:
    """Return words as a dictionary of libFuzzer, every byte escaped."""
    lines = ("".join(f"\\x{byte:02X}" for byte in word.encode()) for word in words if word)
    return "".join(f'"{line}"\n' for line in lines)


def vbo_words() -> tuple[str, ...]:
    """Return names of columns and sections, stamps and gates, and odd numbers."""
    return (
        *_SECTIONS,
        *vbo.RECEIVER,
        *vbo.CHANNELS,
        *vbo.SENSORS["imu_accel"],
        *vbo.SENSORS["imu_gyro"],
        *NUMBERS,
    )
