"""Where the runner keeps things: options, the environment, and what is not said."""

from __future__ import annotations

import pytest

from telemparse.cli.runner_arguments import opened, settings_of
from telemparse.errors import CallError


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    for name in ("DATABASE_URL", "PARQUET_PATH", "OBJECT_STORAGE_BUCKET", "OBJECT_STORAGE_PREFIX"):
        monkeypatch.delenv(f"TELEMETRY_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_folder_holds_the_database_and_the_objects(tmp_path):
    settings = settings_of("out", None, None)
    assert settings.database_url == f"sqlite:///{tmp_path / 'out' / 'telemparse.sqlite'}"
    assert settings.parquet_path == tmp_path / "out"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_goes_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TELEMETRY_DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("TELEMETRY_OBJECT_STORAGE_BUCKET", "bucket")
    monkeypatch.setenv("TELEMETRY_OBJECT_STORAGE_PREFIX", "prefix")
    monkeypatch.setenv("TELEMETRY_TENANT", "team")
    settings = settings_of("out", None, None)
    assert settings.parquet_path == tmp_path / "out"
    assert (settings.object_storage_bucket, settings.object_storage_prefix) == (None, "")
    assert settings.tenant_id == "team"


def test_a_storage_option_goes_before_the_other_kind_of_storage_in_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TELEMETRY_DATABASE_URL", "sqlite:///a.sqlite")
    monkeypatch.setenv("TELEMETRY_PARQUET_PATH", "elsewhere")
    settings = settings_of(None, None, "s3://bucket/some/prefix/")
    assert (settings.object_storage_bucket, settings.object_storage_prefix) == ("bucket", "some/prefix")
    assert (settings.database_url, settings.parquet_path) == ("sqlite:///a.sqlite", None)
    monkeypatch.setenv("TELEMETRY_OBJECT_STORAGE_BUCKET", "other")
    monkeypatch.delenv("TELEMETRY_PARQUET_PATH")
    settings = settings_of(None, "sqlite:///b.sqlite", str(tmp_path))
    assert (settings.object_storage_bucket, settings.parquet_path) == (None, tmp_path)
    assert settings.database_url == "sqlite:///b.sqlite"


def test_the_environment_alone_is_enough(monkeypatch, tmp_path):
    monkeypatch.setenv("TELEMETRY_DATABASE_URL", "sqlite:///a.sqlite")
    monkeypatch.setenv("TELEMETRY_PARQUET_PATH", str(tmp_path))
    assert settings_of(None, None, None, keep_raw=True, parser_timeout_s=None).keep_raw


@pytest.mark.parametrize(
    "given",
    [
        (None, None, None),
        (None, "sqlite:///a.sqlite", None),
        (None, None, "folder"),
        ("out", "sqlite:///a.sqlite", None),
        ("out", None, "folder"),
        (None, "sqlite:///a.sqlite", "s3://"),
    ],
)
def test_a_call_that_does_not_say_where_is_refused(given):
    with pytest.raises(CallError):
        settings_of(*given)


def test_who_asks_only_the_database_need_not_name_a_storage():
    settings = settings_of(None, "sqlite:///a.sqlite", None, needs_storage=False)
    assert settings.database_url == "sqlite:///a.sqlite"


def test_a_question_does_not_make_a_database(tmp_path):
    settings = settings_of("out", None, None)
    with pytest.raises(FileNotFoundError, match="there is no such database"), opened(settings):
        pass
    assert list(tmp_path.iterdir()) == []
    with opened(settings, new=True) as pipeline:
        assert pipeline.sessions().sessions == ()
    with opened(settings) as pipeline:
        assert pipeline.jobs() == ()
