"""The registry of stable codes: what each one means, how severe it is, what the user can do."""

from __future__ import annotations

import enum
import re
from string import Formatter
from typing import TYPE_CHECKING, Any

import attrs

from telemparse.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CODES", "Code", "Severity"]


class Severity(enum.StrEnum):
    """How much an issue weighs: an error makes a result not `ok`, a warning does not."""

    WARNING = "warning"
    ERROR = "error"


_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


def _stable(_code: Any, _field: Any, value: Any) -> None:
    if not (isinstance(value, str) and _NAME.fullmatch(value)):
        raise CallError(f"a code is a word in capitals, not {value!r}")


def _template(code: Code, field: attrs.Attribute[str], value: str) -> None:
    """Refuse what could fail, or reach into objects, when evidence is filled in."""
    try:
        parts = [part[1:] for part in Formatter().parse(value)]
    except ValueError as error:
        raise CallError(f"{field.name} of {code.code}: {error}") from None
    plain = [name is None or (name.isidentifier() and not (spec or how)) for name, spec, how in parts]
    if not all(plain):
        raise CallError(f"{field.name} of {code.code} may hold plain {{names}} only: {value!r}")


@attrs.frozen
class Code:
    """One stable code.

    Args:
        code: the string that stands in results for ever.
        severity: the default; a parser may lower it where the data is kept.
        message: one sentence with `{evidence}` placeholders; a missing one prints as `?`.
        description: what the code means, for the reference page.
        hint: what the user can do.
        loses_data: rows, samples or columns are absent because of it (`strict` makes it an error).
    """

    code: str = attrs.field(validator=_stable)
    severity: Severity = attrs.field(converter=Severity)
    message: str = attrs.field(validator=_template)
    description: str
    hint: str = attrs.field(validator=_template)
    loses_data: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Names of the evidence that message and hint show, in order."""
        parts = (*Formatter().parse(self.message), *Formatter().parse(self.hint))
        return tuple(dict.fromkeys(name for _text, name, _spec, _conversion in parts if name))


_E, _W = Severity.ERROR, Severity.WARNING

_TABLE = (
    # Finding the parser.
    Code("FORMAT_NOT_RECOGNISED", _E, "no installed parser recognises {artifacts}; nearest: {nearest}",
         "No parser reached the threshold. The evidence lists the best candidates and what they saw.",
         "Install the plugin for this device (`telemparse plugins` lists what is installed), or force a parser with `parser=`.", loses_data=True),
    Code("FORMAT_AMBIGUOUS", _E, "{candidates} claim {artifacts} with the same score {score}",
         "Two or more parsers are equally sure of one artifact and none specializes the other.",
         "Choose one with `parser=`, or break ties with `prefer=`."),
    Code("PLUGIN_LOAD_FAILED", _W, "plugin {plugin} failed at {stage}: {error}",
         "An installed plugin could not be loaded, or broke its contract. It took no part; everything else did.",
         "Update or remove the plugin; `telemparse plugins` shows every fault."),
    # The artifact itself.
    Code("ARTIFACT_EMPTY", _E, "{artifact} holds no data ({bytes} bytes)",
         "The file has no bytes, or nothing but padding.",
         "Copy the recording from the logger again."),
    Code("ARTIFACT_TOO_LARGE", _E, "{artifact} has {bytes} bytes; the limit is {limit}",
         "The file is larger than the `max_bytes` option allows.",
         "Raise `max_bytes` if the file is trusted."),
    Code("ARCHIVE_TOO_LARGE", _E, "{artifact} unpacks to more than {limit} bytes or {ratio}:1",
         "A compressed file expands beyond `max_decompressed_bytes` or the ratio cap. What the archive's header claims is not believed: bytes are counted as they come out.",
         "Unpack a trusted archive yourself, or raise `max_decompressed_bytes`.", loses_data=True),
    Code("ARTIFACT_TRUNCATED", _W, "{artifact} ends in the middle of a record at byte {offset}",
         "The file stops before its structure is complete. Everything before the cut is kept.",
         "Copy the file from the logger again; if it is the same, the recording was cut when power was lost.", loses_data=True),
    Code("INTEGRITY_HASH_MISMATCH", _W, "{artifact} does not match its stored checksum",
         "A checksum stored with the bytes (in an archive or an upload) does not match them.",
         "Transfer the file again; treat the data as doubtful until it matches."),
    # The parser at work.
    Code("PARSER_CRASHED", _E, "parser {parser} crashed: {error}",
         "A parser raised something that is no statement about the data: a bug in the parser. What it had yielded is kept.",
         "Report it to the parser's author with the traceback in the evidence."),
    Code("PARSER_TIMEOUT", _E, "parser did not finish within {timeout_s} s",
         "A parse in a child process passed its deadline and was ended.",
         "Raise `timeout_s` for large recordings; report small files that hang. `telemparse plugins --probe` finds a plugin that hangs while it loads."),
    Code("PARSER_MEMORY_EXCEEDED", _E, "parser ran out of memory: {error}",
         "A parser needed more memory than there is, or than the limit of its child process allows.",
         "Raise `max_memory_bytes`, or use `telemparse.convert`, which streams."),
    Code("NO_STREAMS", _E, "{artifacts} gave no stream at all",
         "The format was recognised but nothing in it could become a canonical stream.",
         "The other issues of the result say why; check that this is a recording and not a settings file."),
    Code("NO_VALID_FIX", _W, "none of {epochs} epochs has a valid position",
         "The receiver never had a fix, so there is no gnss_pvt stream. Other streams are kept.",
         "Record with a clear view of the sky, and wait for the fix before driving off."),
    Code("SCHEMA_VIOLATION", _E, "stream {stream}: {problem}",
         "A parser yielded a batch that does not fit the canonical schema. The batch, rows or values that do not fit are left out.",
         "This is a bug of the parser, not of the file: report it to its author.", loses_data=True),
    # CSV.
    Code("CSV_NO_HEADER", _E, "{artifact} has no header row and no known headerless shape",
         "No line of the head reads as column names, and the shape of the rows fits no headerless dialect.",
         "Name the columns with `columns=` (`--columns t,lat_deg,lon_deg,...`)."),
    Code("CSV_NO_TIME_COLUMN", _E, "no column of {artifact} is a time: {columns}",
         "The header has no column that a clock can be made from, and no declared rate.",
         "Name the time column with `columns=`, for instance `columns={{'Zeit': 't'}}`."),
    Code("CSV_MISSING_LAT_LON", _E, "{artifact} has {present} but not {missing}",
         "One coordinate of two, or no usable column at all. A recording without GNSS is fine and only a warning, as long as it gives some stream, and no finding at all in a vendor's file that has no column of positions.",
         "Names that were looked for: {looked_for}, and such. If other columns of {columns} are the position, name them, for instance `columns={{'Y': 'lat_deg', 'X': 'lon_deg'}}`, or `columns={{'Pos': 'lat_lon'}}` for both in one cell; a recording without positions is fine as it is."),
    Code("CSV_AMBIGUOUS_TIME_FORMAT", _E, "time column {column} can be read as {interpretations}",
         "The values fit several clocks or date orders and nothing in the file decides.",
         "Say which with `columns=`, for instance `columns={{'{column}': 't:dmy'}}`."),
    Code("CSV_AMBIGUOUS_COLUMNS", _E, "columns of {artifact} can be read as {interpretations}",
         "Columns without telling names, or two columns for one quantity with different values.",
         "Name them with `columns=`; the evidence shows what was seen and a mapping to start from."),
    Code("CSV_UNSUPPORTED_ENCODING", _E, "{artifact} is not text in a supported encoding (byte {offset})",
         "The bytes are not UTF-8, UTF-16, latin-1 or cp1252 text.",
         "Export the file again as UTF-8."),
    # GPX and XML.
    Code("GPX_MISSING_TIME", _W, "{count} of {total} track points have no time",
         "Untimed points get interpolated (partly timed track) or counted times (no time at all), flagged on each row.",
         "Export the track with time stamps, or treat the order as the only truth."),
    Code("GPX_NO_TRACK", _E, "{artifact} has no track points ({routes} route points, {waypoints} waypoints)",
         "The file holds a planned route or waypoints, not a recording.",
         "Export the recorded track (trk) rather than the route or the waypoints."),
    Code("XML_MALFORMED", _W, "XML is broken at line {line}: {error}",
         "The document is not well-formed. Complete points before the damage are kept.",
         "Copy or export the file again; the locus says where it breaks.", loses_data=True),
    Code("XML_UNSAFE", _E, "XML declares {what}, which is refused",
         "The document declares a DTD with entities. They can read files or fill the memory, and no recording needs them.",
         "Remove the DOCTYPE if you trust the file."),
    # Other formats.
    Code("NMEA_CHECKSUM_FAILED", _W, "{count} sentences have a wrong checksum and were skipped",
         "Sentences whose checksum does not match are not read; epochs next to them carry flag bit 5.",
         "Check the serial line (baud rate, buffer) if the share is high.", loses_data=True),
    Code("NMEA_NO_DATE", _W, "no sentence carries a date; times are of day only",
         "Only RMC and ZDA carry a date. Without one, time is relative to an unknown day.",
         "Enable RMC on the receiver."),
    Code("UBX_CHECKSUM_FAILED", _W, "{count} frames have a wrong checksum and were skipped",
         "Frames whose Fletcher checksum does not match are not read.",
         "Check the link or the card if the share is high.", loses_data=True),
    Code("FIT_CRC_MISMATCH", _W, "the file's CRC does not match its content",
         "A FIT file ends in a CRC over all of it. Records are still read.",
         "Copy the file from the device again."),
    Code("JSON_MALFORMED", _W, "JSON is broken at byte {offset}: {error}",
         "The document is not valid JSON. Complete records before the damage are kept.",
         "Copy or export the file again.", loses_data=True),
    # Rows, values, clocks.
    Code("ROWS_SKIPPED", _W, "{count} of {total} rows could not be read and were skipped",
         "Rows with the wrong number of cells, or with a cell that is no number where one must be. The evidence names the first three.",
         "Look at the lines that the locus names.", loses_data=True),
    Code("CHANNELS_SKIPPED", _W, "{count} channels could not be read: {channels}",
         "Columns or channels that no type fits. Each is named.",
         "Report the file if the channel matters.", loses_data=True),
    Code("TIME_RELATIVE", _W, "times of {stream} have no date: {time_base}",
         "The clock is relative, of the day, or counted; it starts at 1970-01-01T00:00:00Z and says nothing about the calendar.",
         "Export absolute time, or align the recording with another one."),
    Code("TIME_ZONE_ASSUMED_UTC", _W, "local times of {stream} have no zone; UTC is assumed",
         "The stamps name no offset and no `timezone` option was given.",
         "Pass `timezone='Europe/Berlin'` (`--timezone`)."),
    Code("TIME_NOT_MONOTONIC", _W, "{count} rows of {stream} were out of time order and were moved",
         "Rows came with decreasing times. They are sorted stably; the moved ones carry flag bit 2.",
         "Check the logger's clock; a jump often means a GNSS time correction."),
    Code("TIME_DUPLICATES_DROPPED", _W, "{count} rows with a repeated time were dropped",
         "Alignment needs strictly increasing time; later rows of the same instant are dropped.",
         "Nothing to do if the rows were the same.", loses_data=True),
    Code("VALUE_OUT_OF_RANGE", _W, "{count} values of {column} are out of range and were left out",
         "Values that the unit or the schema does not allow became null; rows whose position or time is impossible are dropped.",
         "Check the column's unit; wrong units are the usual cause.", loses_data=True),
    Code("UNIT_ASSUMED", _W, "unit of {column} is not stated; {unit} is assumed",
         "Neither the header nor the cells name a unit; the format's documented default is used.",
         "Name it with `columns=`, for instance `columns={{'Speed': 'speed:mph'}}`."),
    Code("DATE_UNRELIABLE", _W, "the date of {artifact} is doubtful: {reason}",
         "The file's date contradicts other facts in it, or the format is known to store the export date.",
         "Compare with the day of the event."),
    Code("GATE_STALE", _W, "gate {gate} lies {distance_km} km from the data and is not used",
         "The start/finish line stored in the file belongs to another track.",
         "Give the gate yourself, or use automatic gates."),
    # Analysis.
    Code("GNSS_GAPS_HIGH", _W, "{share_pct} % of the recording has no position, longest gap {longest_s} s",
         "Dropouts of the receiver take a large share of the time.",
         "Mount the antenna with a clear view of the sky."),
    Code("GNSS_JITTER_HIGH", _W, "time steps vary by {jitter_ms} ms around {period_ms} ms",
         "The epochs are not evenly spaced.",
         "Log raw receiver time rather than arrival time."),
    Code("GNSS_TELEPORT_EVENTS", _W, "{count} position jumps faster than {limit_mps} m/s",
         "Positions jump farther than a vehicle can move.",
         "Often multipath or a cold start; the rows are tagged, never removed."),
    Code("GNSS_FIX_POOR", _W, "{share_pct} % of fixes are poor ({reason})",
         "Dilution, satellite count or accuracy estimates are poor for a large share.",
         "Improve the antenna's view of the sky."),
    Code("TIME_ALIGNMENT_DRIFT", _W, "the alignment of two clocks is uncertain: {reason}",
         "Two recordings cannot be put on one clock with the certainty that fusion needs.",
         "Record both with one device, or with a common sync marker."),
    Code("IMU_SATURATION", _W, "{count} samples of {axis} are at the sensor's limit",
         "The sensor clipped; true values were larger.",
         "Use a wider range or a softer mount."),
    Code("IMU_AXIS_MIRRORED", _W, "{column} was taken the other way up",
         "Forces fit the drive and the rates only with one axis reversed: some devices count it downwards.",
         "Nothing to do; tell the makers of the parser, so that it says so."),
    Code("FUSION_DIVERGED", _W, "the filter left its own bounds at {share_pct} % of updates",
         "Innovations are far larger than their covariance; the GNSS-only result is used.",
         "Check the IMU's axes and units."),
    Code("FUSION_SKIPPED_NO_IMU", _W, "no usable IMU: {reason}",
         "Fusion needs at least accelerometer and gyroscope on a common clock.",
         "Record with a 6-axis IMU."),
    Code("FUSION_SKIPPED", _W, "fusion was not tried: {reason}",
         "The samples cannot be what moved with the fixes, or nothing moved; the GNSS-only result is used.",
         "Record some driving; check the IMU's axes and units, and that both recordings are of one drive."),
    Code("MAG_INTERFERENCE", _W, "magnetometer disagrees with course by {deg} degrees",
         "The field is disturbed by the vehicle; the magnetometer is not used.",
         "Mount it away from motors and currents."),
    Code("LAP_DETECTION_UNSTABLE", _W, "the number of laps depends on where the line lies ({counts})",
         "The line was found in the trace, and at other places of the lap there are more or fewer laps.",
         "Give the start/finish line yourself."),
    Code("LAPS_NOT_FOUND", _W, "no laps found: {reason}",
         "There are no positions, the trace does not close on itself, or no gate was crossed.",
         "If laps were driven in these positions, give the start/finish line yourself."),
    Code("GAP_WITHIN_LAP", _W, "lap {lap} has a gap of {gap_s} s",
         "Positions are missing inside the lap; its time is less certain.",
         "See the GNSS quality hints."),
    Code("LAP_DISTANCE_ODD", _W, "lap {lap} is {share_pct} % as long as the usual lap",
         "The way driven is not that of the other laps: a short cut, a car that was carried, another layout, or a crossing that was missed.",
         "Look at the lap on the map; leave it out of comparisons."),
    Code("LOW_CONFIDENCE_CROSSING", _W, "lap {lap} crosses the gate with {sigma_s} s uncertainty",
         "The crossing is poorly determined by the fixes around it.",
         "Put the gate where the car is fast and the sky is open."),
    Code("PIT_AFFECTED", _W, "lap {lap} passes the pit lane",
         "The lap's time includes the pit lane or a stop.",
         "Leave it out of comparisons."),
    Code("TRACK_CATALOGUE_MISMATCH", _W, "catalogue track {track} does not fit the trace",
         "The catalogue's gates and segments do not match where the vehicle went.",
         "Check the layout, or learn the track from a session."),
    # Analysis: comparison and segments.
    Code("LAP_NOT_VALID", _W, "lap {lap} is {validity} and is compared only because it was named",
         "A lap that does not count was named for a comparison. It is shown, and is no best lap.",
         "Its reasons say what is wrong with it."),
    Code("SEGMENTS_NOT_FOUND", _W, "no segments found: {reason}",
         "Corners and straights come from the smoothed motion of valid laps; there was none, or none turned.",
         "See why the laps are not valid, or why the motion could not be smoothed."),
    Code("SEGMENT_UNCONFIRMED", _W, "{segment} is not confirmed: {reason}",
         "A corner that only one lap shows, or that laps show in different places.",
         "Drive more laps; see the GNSS quality hints."),
    # Analysis: quality.
    Code("SIGNAL_ABSENT", _W, "no {signal} to judge: {reason}",
         "A signal that is not there, or a task that nothing there can serve, has no score.",
         "Record it, or export it as well."),
    Code("TIME_BASE_BROKEN", _W, "times of {stream} are no clock: {reason}",
         "Nothing that needs time can be trusted: rows are only counted, share one instant, or most of their times are made up.",
         "Export the recording with its time column, or name the rate of its rows."),
    Code("GNSS_RATE_LOW", _W, "{rate_hz} positions a second are few",
         "Between positions that are far apart nobody knows how the vehicle moved. Positions that repeat while it moves are not new.",
         "Record with 5 Hz or more, 10 Hz for small tracks."),
    Code("GNSS_INTERPOLATED", _W, "{share_pct} % of the positions were interpolated by the device",
         "Rows were made between the receiver's own fixes. They look smooth and hold nothing new.",
         "Export the receiver's own rate."),
    Code("GNSS_ACCURACY_UNKNOWN", _W, "the receiver does not say how good its fixes are ({columns})",
         "Neither a dilution of precision nor an accuracy is recorded, so that poor fixes cannot be told from good ones.",
         "Switch them on in the logger, or choose an export that has them."),
    Code("GNSS_VELOCITY_MISSING", _W, "{share_pct} % of the fixes have no velocity",
         "Speed with course, or velocity, is missing. Measured velocity makes lap times about twice as certain.",
         "Record or export speed and course as well."),
    Code("GNSS_VELOCITY_DOUBTFUL", _W, "positions drift by {drift_m} m in 3 s from the measured velocity",
         "Measured velocity and positions contradict each other, even after lag and scale were corrected.",
         "Check the columns and units of speed and course."),
    Code("IMU_RATE_LOW", _W, "{rate_hz} inertial samples a second are few",
         "A slow inertial sensor misses what it is there for, and folds vibration into what it shows.",
         "Record with 50 Hz or more."),
    Code("IMU_GAPS_HIGH", _W, "inertial samples are missing: {share_pct} % of the time, longest gap {longest_s} s",
         "Orientation cannot be carried over a gap.",
         "Use a faster card, or fewer channels."),
    Code("IMU_IMPLAUSIBLE", _W, "specific force is usually {usual_mps2} m/s2, which is not gravity",
         "At rest and on the average an accelerometer shows gravity. Other values mean another unit, or gravity taken away.",
         "Check the columns and units of the accelerometer."),
    Code("ALIGNMENT_OVERLAP_LOW", _W, "inertial samples cover {share_pct} % of the positions' time ({reason})",
         "Signals that lie beside each other in time, or are stamped by clocks of another kind, cannot be joined.",
         "Align the recordings, or record both with one device."),
    Code("FUSION_UNCERTAIN", _W, "the fused position is uncertain by {sigma_m} m",
         "The pose's own standard deviation is large, or is not given.",
         "Look at the reasons of GNSS and IMU first."),
    # The runner.
    Code("ARTIFACT_DISCARDED", _E, "the bytes of {artifact} are not kept any more",
         "Uploaded files are discarded once their content is canonical, unless the settings keep them.",
         "Hand the file in again."),
    Code("STAGE_TIMEOUT", _E, "stage {stage} did not finish within {timeout_s} s",
         "The stage hung, or the recording is very long; its process was ended.",
         "Process the session again, with a longer deadline if the recording is long."),
    Code("STAGE_CRASHED", _E, "stage {stage} crashed: {error}",
         "The stage raised an exception, or its process ended by itself.",
         "Report it with the evidence."),
    Code("STAGE_MEMORY_EXCEEDED", _E, "stage {stage} ran out of memory: {error}",
         "The stage needed more memory than its process may use.",
         "Process the session again with a higher memory limit."),
    Code("STORAGE_UNAVAILABLE", _E, "the store does not answer for {artifact}: {error}",
         "The store could not be reached, or failed while it was read or written.",
         "Look at the store's health; the job is tried again by itself."),
    Code("STORAGE_FULL", _E, "the store has no room for {artifact}",
         "The disk or the quota of the store is used up.",
         "Make room; the job is tried again by itself."),
    Code("STORAGE_REFUSED", _E, "the store refuses {artifact}: {error}",
         "The process may not write or read there: permissions, a read-only folder, or wrong keys.",
         "Mend permissions or keys; the job is tried again by itself."),
    Code("STORAGE_MISSING", _E, "{artifact} is not in the store",
         "An object that the database names is not there.",
         "Restore it, or hand the files in again."),
    Code("STORAGE_CONFLICT", _E, "{artifact} is in the store with another content",
         "Another attempt, by another version, wrote something else under the same name; it is kept.",
         "Process the session again: a new run has names of its own."),
    Code("WORKER_LOST", _E, "the worker fell silent in each of {attempts} attempts",
         "Workers that did this job were killed or lost their database, and no attempt is left.",
         "Look at the workers' logs and memory, then process the session again."),
    Code("RUN_CANCELLED", _E, "the run was cancelled",
         "Somebody cancelled what was still to be done.",
         "Process the session again."),
    Code("JOB_UNKNOWN", _E, "nobody knows jobs of type {job_type}",
         "The job was put by another version or another program.",
         "Upgrade the workers."),
    Code("INTERNAL_ERROR", _E, "a bug of telemparse: {error}",
         "An exception that nobody foresaw ended the job.",
         "Report it with the evidence."),
    Code("UPLOAD_UNKNOWN", _E, "there is no upload {upload}",
         "Nobody began an upload with this id, it belongs to somebody else, or it was abandoned for so long that it was removed.",
         "Begin the upload again."),
    Code("UPLOAD_WITHOUT_BYTES", _E, "upload {upload} of {artifact} has no bytes yet",
         "The upload was begun, but its bytes have not come, or not all of them.",
         "Send the bytes, and finalise then."),
    Code("UPLOAD_ALREADY_RECEIVED", _E, "upload {upload} of {artifact} has other bytes already",
         "An upload takes bytes once; the same bytes may come again, others may not.",
         "Begin another upload for other bytes."),
    Code("UPLOAD_ALREADY_FINALISED", _E, "upload {upload} belongs to session {session} already",
         "An upload becomes part of one session; it cannot be given other bytes or joined with uploads of another session.",
         "Begin another upload, or finalise the uploads of one session only."),
    Code("UPLOAD_TRUNCATED", _E, "{artifact} came with {bytes} bytes, and {expected} were announced",
         "The number of bytes is not the one that was announced: the transfer was cut, or another file was sent.",
         "Send the bytes again."),
    Code("IDEMPOTENCY_KEY_REUSED", _E, "the idempotency key was used for another request",
         "A key names one request for a day; another one under the same key would get a wrong answer.",
         "Make a new key for every request that is not a repetition."),
    Code("IDEMPOTENCY_IN_PROGRESS", _E, "the request with this idempotency key is being answered",
         "The same request came twice, and the first one is not answered yet.",
         "Wait a moment and repeat the request."),
    Code("DATABASE_UNAVAILABLE", _E, "the database does not answer: {error}",
         "The database could not be reached, is locked, full or read-only.",
         "Look at the database; workers go on by themselves when it is back."),
    Code("DATABASE_SCHEMA_OLD", _E, "the database has schema {found}, older than {known}",
         "The tables are those of an older telemparse.",
         "Stop the workers and run `telemparse db upgrade`."),
    Code("DATABASE_SCHEMA_NEWER", _E, "the database has schema {found}, newer than {known}",
         "A newer telemparse has upgraded the tables, and this one does not know them.",
         "Upgrade telemparse."),
    # The session store.
    Code("STORE_SESSION_UNKNOWN", _E, "the store has no session {session}",
         "Nothing was written under this name, or it was deleted.",
         "Look at the names that the store lists."),
    Code("STORE_LAP_UNKNOWN", _E, "session {session} has no lap {lap_number}",
         "The lap is not among those of the session; lap 0 holds what lies outside laps.",
         "Ask for the laps of the session first."),
    Code("STORE_FILE_DAMAGED", _E, "the file of session {session} cannot be read: {error}",
         "The file is cut off or was changed after it was written: Parquet keeps its index at the end.",
         "Restore the file, or write the session again from its recording."),
    Code("STORE_FILE_FOREIGN", _E, "the file of session {session} is not one of this store: {problem}",
         "The file is Parquet, but lacks what this version of the store writes, or has another version of it.",
         "Keep other files out of the folder, or read it with the version that wrote it."),
    Code("STORE_COLUMNS_CLASH", _E, "the session has columns that cannot be told apart: {columns}",
         "Two columns have one name, or names that differ by capitals only, which databases take for one.",
         "Rename one of them."),
    Code("STORE_UNITS_MIXED", _E, "column {column} of the session is in {unit}, which cannot be converted to {wanted}",
         "A column of the store has one unit, and the one that was given cannot be converted to it.",
         "Give the column in a unit of that kind, or as a channel under another name."),
    Code("STORE_CLOCKS_DIFFER", _E, "the streams of the session have different clocks: {clocks}",
         "Rows of one clock cannot be placed among those of another without knowing how the two lie to each other.",
         "Match the clocks first, or make the session of the streams of one clock."),
    Code("STORE_LAPS_UNPLACED", _W, "{count} laps have no rows in the session: {reason}; laps {laps}",
         "A lap gets the rows between its instants; these laps have no instants, or no samples lie between them.",
         "Nothing is to be done where a device gives only durations; else look for laps in the positions."),
    Code("STORE_LAPS_OVERLAP", _W, "laps overlap by up to {longest_s} s; each ends where the next one begins",
         "The device stamps its laps in whole seconds or with the sample before the line, so that a row would be of two laps.",
         "Nothing is to be done; look for laps in the positions if every sample counts."),
    # Lap features.
    Code("FEATURES_FORBIDDEN", _E, "data leakage: features that are known only after the race: {features}",
         "Such a column would let a model see the outcome that it has to predict.",
         "Drop the columns, or make a contract with other lists if they are known beforehand."),
    Code("FEATURES_UNKNOWN", _W, "features that no list of the contract has: {features}",
         "Nobody has said when these columns are known; they are kept.",
         "Put them into a list of the contract."),
    Code("FEATURE_LISTS_CLASH", _E, "features that are both allowed and forbidden: {features}",
         "A list of the contract says that they are known before the race, and another one that they are not.",
         "Take the names out of one of the lists."),
    Code("FEATURE_FILE_MISSING", _E, "there is no file {artifact}",
         "Nothing of that name, or that fits the pattern, lies at the path.",
         "Compare the path with the folder."),
    Code("FEATURE_COLUMNS_MISSING", _E, "columns that are needed are missing: {columns}",
         "The table has no such columns, or they are named otherwise.",
         "Rename the columns, or name those to be used."),
    Code("FEATURE_COLUMN_REFUSED", _E, "column {column} cannot be used: {problem}",
         "The column has a type or values that the calculation cannot take.",
         "Look at the column, and cast or clean it."),
    Code("FEATURE_WINDOW_INVALID", _E, "{window} is not a window of laps",
         "A window is a number of laps, 1 or more, and the letter l: 10l.",
         "Write windows like 10l, 20l, 50l."),
    Code("FEATURE_LAPS_DUPLICATED", _E, "{count} laps appear twice for the same {by}",
         "With two rows for one lap nobody knows which comes first: several races are mixed, or rows repeat.",
         "Name the columns that tell races apart with by=, or drop the repetitions."),
    Code("FEATURE_METHOD_LEAKS", _E, "method {method} looks at later laps",
         "It fills a gap from what comes after it, so an early lap would know a later one.",
         "Fill forward, or say that leakage does not matter here."),
    Code("FEATURE_DRIVERS_ABSENT", _W, "no rows of drivers {drivers}",
         "The file has no laps of these drivers.",
         "Compare the ids with those of the file."),
    Code("FEATURE_ARTIFACT_DAMAGED", _E, "the artifact {artifact} cannot be read: {error}",
         "The file is not Parquet, is cut off or was changed.",
         "Compute and write it again."),
    # Live messages.
    Code("MESSAGE_INVALID", _E, "message {index} does not fit the schema: {problem}",
         "A message needs a vehicle, an instant with an offset from UTC, and a payload of plain values.",
         "Mend the sender; nothing of the request was taken."),
    Code("MESSAGE_UNDELIVERABLE", _E, "a message was given up at delivery {attempts}: {reason}",
         "The message cannot be read, or consumers ended again and again while they had it; it lies among the dead letters.",
         "Look at the dead letters, mend the cause and send them again."),
    Code("MESSAGES_DUPLICATED", _W, "{count} messages came more than once",
         "A sender repeated a message, or a consumer ended between writing and acknowledging; each is counted once.",
         "Nothing is to be done."),
    Code("MESSAGE_BACKLOG_OLD", _W, "the oldest message waits for {age_s} s",
         "Messages come faster than they are written, or no consumer runs.",
         "Look at the consumers and the disk, or start more consumers."),
    Code("QUEUE_UNAVAILABLE", _E, "the queue does not answer: {error}",
         "The queue could not be reached, is locked, full or read-only; what was not acknowledged was not taken.",
         "Look at the queue; senders repeat by themselves."),
    Code("RAW_UNAVAILABLE", _E, "raw messages cannot be written: {error}",
         "The disk is full, read-only or away; messages stay in the queue.",
         "Make room or mend the disk; the consumer goes on by itself."),
    Code("RAW_LINES_DAMAGED", _E, "{count} lines of {artifact} cannot be read",
         "Lines are cut off, are not JSON or do not fit the schema; the other lines are kept.",
         "Look at the disk: files of messages are written whole."),
    Code("TABLES_UNAVAILABLE", _E, "tables of messages cannot be made: {error}",
         "A file of messages cannot be read, or the disk for their tables is full, read-only or away; tables that are finished stay.",
         "Make room or mend the disk, and run the command again."),
    Code("SIGNAL_KINDS_MIXED", _W, "signal {signal} has values of several kinds: {kinds}",
         "A signal is a number, a text or a flag. Where one name has several kinds, each kind has a column of its own.",
         "Mend the sender, or read the columns behind the name that end in _text and _flag."),
)  # fmt: skip

CODES: Mapping[str, Code] = {entry.code: entry for entry in _TABLE}
