"""The registry of codes is complete, and its templates can always be filled in."""

from __future__ import annotations

import pytest

from telemparse.errors import CallError
from telemparse.model.codes import CODES, Code, Severity

# As the model page lists them; a code once published stays.
PUBLISHED = """
FORMAT_NOT_RECOGNISED FORMAT_AMBIGUOUS ARTIFACT_EMPTY ARTIFACT_TOO_LARGE ARCHIVE_TOO_LARGE
ARTIFACT_TRUNCATED INTEGRITY_HASH_MISMATCH PARSER_CRASHED PARSER_TIMEOUT PARSER_MEMORY_EXCEEDED
PLUGIN_LOAD_FAILED NO_STREAMS NO_VALID_FIX SCHEMA_VIOLATION CSV_NO_HEADER CSV_NO_TIME_COLUMN
CSV_MISSING_LAT_LON CSV_AMBIGUOUS_TIME_FORMAT CSV_AMBIGUOUS_COLUMNS CSV_UNSUPPORTED_ENCODING
GPX_MISSING_TIME GPX_NO_TRACK XML_MALFORMED XML_UNSAFE NMEA_CHECKSUM_FAILED NMEA_NO_DATE
UBX_CHECKSUM_FAILED FIT_CRC_MISMATCH JSON_MALFORMED ROWS_SKIPPED CHANNELS_SKIPPED TIME_RELATIVE
TIME_ZONE_ASSUMED_UTC TIME_NOT_MONOTONIC TIME_DUPLICATES_DROPPED VALUE_OUT_OF_RANGE UNIT_ASSUMED
DATE_UNRELIABLE GATE_STALE GNSS_GAPS_HIGH GNSS_JITTER_HIGH GNSS_TELEPORT_EVENTS GNSS_FIX_POOR
TIME_ALIGNMENT_DRIFT IMU_SATURATION IMU_AXIS_MIRRORED FUSION_DIVERGED FUSION_SKIPPED
FUSION_SKIPPED_NO_IMU MAG_INTERFERENCE
LAP_DETECTION_UNSTABLE LAPS_NOT_FOUND GAP_WITHIN_LAP LOW_CONFIDENCE_CROSSING PIT_AFFECTED
TRACK_CATALOGUE_MISMATCH LAP_DISTANCE_ODD LAP_NOT_VALID SEGMENTS_NOT_FOUND SEGMENT_UNCONFIRMED
SIGNAL_ABSENT TIME_BASE_BROKEN GNSS_RATE_LOW GNSS_INTERPOLATED GNSS_ACCURACY_UNKNOWN GNSS_VELOCITY_MISSING
GNSS_VELOCITY_DOUBTFUL IMU_RATE_LOW IMU_GAPS_HIGH IMU_IMPLAUSIBLE ALIGNMENT_OVERLAP_LOW FUSION_UNCERTAIN
ARTIFACT_DISCARDED STAGE_TIMEOUT STAGE_CRASHED STAGE_MEMORY_EXCEEDED STORAGE_UNAVAILABLE STORAGE_FULL
STORAGE_REFUSED STORAGE_MISSING STORAGE_CONFLICT WORKER_LOST RUN_CANCELLED JOB_UNKNOWN INTERNAL_ERROR
DATABASE_UNAVAILABLE DATABASE_SCHEMA_OLD DATABASE_SCHEMA_NEWER
UPLOAD_UNKNOWN UPLOAD_WITHOUT_BYTES UPLOAD_ALREADY_RECEIVED UPLOAD_ALREADY_FINALISED UPLOAD_TRUNCATED
IDEMPOTENCY_KEY_REUSED IDEMPOTENCY_IN_PROGRESS
STORE_SESSION_UNKNOWN STORE_LAP_UNKNOWN STORE_FILE_DAMAGED STORE_FILE_FOREIGN
STORE_COLUMNS_CLASH STORE_UNITS_MIXED STORE_CLOCKS_DIFFER STORE_LAPS_UNPLACED STORE_LAPS_OVERLAP
FEATURES_FORBIDDEN FEATURES_UNKNOWN
FEATURE_COLUMNS_MISSING FEATURE_COLUMN_REFUSED FEATURE_WINDOW_INVALID FEATURE_LAPS_DUPLICATED
FEATURE_METHOD_LEAKS FEATURE_DRIVERS_ABSENT FEATURE_ARTIFACT_DAMAGED FEATURE_LISTS_CLASH
FEATURE_FILE_MISSING MESSAGE_INVALID
MESSAGE_UNDELIVERABLE MESSAGES_DUPLICATED MESSAGE_BACKLOG_OLD QUEUE_UNAVAILABLE
RAW_UNAVAILABLE RAW_LINES_DAMAGED TABLES_UNAVAILABLE SIGNAL_KINDS_MIXED
"""

LOSING_ROWS = ("ROWS_SKIPPED", "CHANNELS_SKIPPED", "VALUE_OUT_OF_RANGE", "ARTIFACT_TRUNCATED")


def test_the_registry_holds_exactly_the_published_codes():
    assert sorted(CODES) == sorted(PUBLISHED.split())


@pytest.mark.parametrize("entry", CODES.values(), ids=lambda entry: entry.code)
def test_every_code_says_what_it_means_how_severe_it_is_and_what_to_do(entry):
    assert isinstance(entry.severity, Severity)
    assert entry.description.endswith(".")
    assert entry.hint
    assert entry.message
    assert not entry.message.endswith(".")


@pytest.mark.parametrize("entry", CODES.values(), ids=lambda entry: entry.code)
def test_every_placeholder_is_a_plain_name_of_evidence(entry):
    for name in entry.placeholders:
        assert name.isidentifier()
        assert name == name.lower()
        assert f"{{{name}}}" in entry.message + entry.hint


@pytest.mark.parametrize("code", LOSING_ROWS)
def test_codes_that_lose_rows_or_values_say_so(code):
    assert CODES[code].loses_data


def test_placeholders_are_listed_once_and_in_order():
    entry = Code("TOY_ODD", Severity.WARNING, "{b} of {a}, {b}", "Odd.", "see {c} and {{not this}}")

    assert entry.placeholders == ("b", "a", "c")


@pytest.mark.parametrize("template", ["{", "{}", "{0}", "{a.b}", "{a[0]}", "{a:>9}", "{a!r}", "{a b}"])
@pytest.mark.parametrize("field", ["message", "hint"])
def test_a_template_that_could_fail_or_reach_into_objects_is_refused(field, template):
    words = {"message": "fine", "hint": "fine", field: template}

    with pytest.raises(CallError, match=f"{field} of TOY_ODD"):
        Code("TOY_ODD", Severity.WARNING, description="Odd.", **words)


@pytest.mark.parametrize("name", ["", "toy_odd", "TOY ODD", "1TOY", 7, None])
def test_a_code_is_a_word_in_capitals(name):
    with pytest.raises(CallError, match="a word in capitals"):
        Code(name, Severity.WARNING, "odd", "Odd.", "none")
