"""Settings of message ingest: from the environment, from keywords, refused by the name of what is wrong."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from telemparse.errors import CallError
from telemparse.live import LiveSettings
from telemparse.live.variables import LIVE_VARIABLES


def test_the_environment_fills_what_the_call_does_not_say():
    environ = {
        "TELEMETRY_LIVE_PATH": "/data/live", "TELEMETRY_LIVE_PORT": "9000", "TELEMETRY_LIVE_METRICS": "On",
        "TELEMETRY_LIVE_BATCH_SEC": "0.5", "TELEMETRY_LIVE_RAW_DAYS": "0", "TELEMETRY_LIVE_CONSUMERS": " ",
    }  # fmt: skip
    found = LiveSettings.from_env(environ, port=1, host=None)
    assert found == LiveSettings(
        path=Path("/data/live"), port=1, metrics=True, batch_s=0.5, raw_days=0.0
    )  # fmt: skip
    assert LiveSettings.from_env({}) == LiveSettings()


def test_the_queue_lies_in_the_folder_unless_it_is_named():
    assert LiveSettings(path="/data/live").queue == "sqlite:////data/live/queue.sqlite"
    assert LiveSettings(queue_url="sqlite:///a.sqlite").queue == "sqlite:///a.sqlite"


def test_keys_come_with_commas_and_are_never_shown():
    settings = LiveSettings(api_key="the-first-secret, the-second-secret")
    assert settings.api_keys == ("the-first-secret", "the-second-secret")
    assert "secret" not in repr(settings)
    assert LiveSettings().api_keys == ()


@pytest.mark.parametrize(
    "key", ["short", "the-first-secret,", "with a blank inside it", "ümläüt-ümläüt-ümläüt"]
)
def test_a_key_that_is_none_is_refused_without_repeating_it(key):
    with pytest.raises(CallError) as caught:
        LiveSettings(api_key=key)
    assert "api_key" in str(caught.value)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [("TELEMETRY_LIVE_PORT", "http"), ("TELEMETRY_LIVE_METRICS", "perhaps"),
     ("TELEMETRY_LIVE_BATCH_SEC", "soon")],
)  # fmt: skip
def test_a_text_that_means_nothing_is_refused_with_its_variable(name, text):
    with pytest.raises(CallError, match=name):
        LiveSettings.from_env({name: text})


@pytest.mark.parametrize(
    "wrong",
    [{"port": -1}, {"port": 65_536}, {"batch_messages": 0}, {"batch_s": float("nan")}, {"raw_days": -1},
     {"consumers": -1}, {"visibility_s": float("inf")}, {"rotate_bytes": True}],
)  # fmt: skip
def test_a_value_that_cannot_be_right_is_refused_with_its_name(wrong):
    with pytest.raises(CallError, match=next(iter(wrong))):
        LiveSettings(**wrong)


def test_every_setting_has_a_variable_of_its_own():
    fields = [each.field for each in LIVE_VARIABLES]
    assert sorted(fields) == sorted(field.name for field in attrs.fields(LiveSettings))
    assert len({each.name for each in LIVE_VARIABLES}) == len(fields)
