"""Settings: what the environment says, what callers say, and what cannot be right."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from telemparse.errors import CallError
from telemparse.runner.settings import Settings
from telemparse.runner.variables import VARIABLES

TEXTS = {
    "database_url": "postgresql://user@host/name", "parquet_path": "/data/telemetry",
    "object_storage_bucket": "telemetry", "object_storage_endpoint": "http://localhost:9000",
    "object_storage_access_key": "key", "object_storage_secret_key": "secret",
    "object_storage_region": "eu-central-1", "object_storage_prefix": "runs", "job_queue_table": "jobs",
    "max_file_size_bytes": "1000", "parser_timeout_s": "12.5", "stage_timeout_s": "30",
    "max_memory_bytes": "2147483648", "lease_s": "15", "max_attempts": "5", "backoff_s": "1,2.5,3",
    "poll_s": "0.5", "keep_raw": "yes", "level_l1": "ds_50hz", "level_l2": "ds_5hz",
    "quality_table": "/etc/penalties.json", "tracks": "/etc/tracks", "tenant_id": "team", "driver_id": "anna",
}  # fmt: skip


def test_every_setting_has_one_variable_and_the_other_way_round():
    fields = [field.name for field in attrs.fields(Settings)]
    assert sorted(variable.field for variable in VARIABLES) == sorted(fields)
    assert sorted(TEXTS) == sorted(fields)


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_a_variable_fills_its_setting_and_an_empty_one_does_not(variable):
    text = TEXTS[variable.field]
    found = getattr(Settings.from_env({variable.name: text}), variable.field)
    assert found != getattr(Settings(), variable.field)
    assert str(found).lower() in {text, str(variable.read(text)).lower()}
    assert Settings.from_env({variable.name: "  "}) == Settings()


def test_what_a_caller_says_goes_before_the_environment():
    environ = {"TELEMETRY_TENANT": "team", "TELEMETRY_DRIVER": "anna"}
    found = Settings.from_env(environ, driver_id="berta", keep_raw=None)
    assert (found.tenant_id, found.driver_id, found.keep_raw) == ("team", "berta", False)


@pytest.mark.parametrize(
    "environ",
    [
        {"TELEMETRY_PARSER_TIMEOUT_SEC": "soon"},
        {"TELEMETRY_PARSER_TIMEOUT_SEC": "-1"},
        {"TELEMETRY_PARSER_TIMEOUT_SEC": "nan"},
        {"TELEMETRY_MAX_FILE_SIZE_BYTES": "1e9"},
        {"TELEMETRY_KEEP_RAW": "perhaps"},
        {"TELEMETRY_JOB_BACKOFF_SEC": "1,,2"},
        {"TELEMETRY_JOB_BACKOFF_SEC": "-1"},
        {"TELEMETRY_JOB_QUEUE_TABLE": "jobs; DROP TABLE jobs"},
        {"TELEMETRY_PARSER_MEMORY_BYTES": "1000"},
        {"TELEMETRY_LEVEL_L1": "canonical"},
        {"TELEMETRY_LEVEL_L2": "2 Hz"},
        {"TELEMETRY_TENANT": "../up"},
        {"TELEMETRY_DRIVER": "a b"},
        {"TELEMETRY_PARQUET_PATH": "here", "TELEMETRY_OBJECT_STORAGE_BUCKET": "there"},
    ],
    ids=str,
)
def test_a_value_that_cannot_be_right_is_refused(environ):
    with pytest.raises(CallError):
        Settings.from_env(environ)


def test_secrets_do_not_show():
    settings = Settings(object_storage_access_key="AKIA", object_storage_secret_key="hush")  # noqa: S106  (a word)
    assert "AKIA" not in repr(settings)
    assert "hush" not in repr(settings)


def test_an_embedded_runner_keeps_everything_in_one_folder(tmp_path):
    settings = Settings.embedded(tmp_path, driver_id="anna")
    assert settings.parquet_path == tmp_path
    assert Path(settings.database_url.removeprefix("sqlite:///")).parent == tmp_path
    assert settings.driver_id == "anna"
    assert not settings.is_postgres
