"""Settings of the service: from the environment, from keywords, and refused by the name of what is wrong."""

from __future__ import annotations

import attrs
import pytest

from telemparse.errors import CallError
from telemparse.service import ServiceSettings
from telemparse.service.variables import SERVICE_VARIABLES


def test_the_environment_fills_what_the_call_does_not_say():
    environ = {
        "TELEMETRY_SERVICE_PORT": "9000", "TELEMETRY_SERVICE_HOST": "::1", "TELEMETRY_SERVICE_RATE": "2.5",
        "TELEMETRY_SERVICE_METRICS": "On", "TELEMETRY_SERVICE_PAGES": "0", "TELEMETRY_SERVICE_BURST": " ",
    }  # fmt: skip
    found = ServiceSettings.from_env(environ, host="0.0.0.0", port=None)  # noqa: S104  (it is said, not listened at)
    assert found == ServiceSettings(host="0.0.0.0", port=9000, rate_per_s=2.5, metrics=True, pages=False)  # noqa: S104


def test_an_empty_environment_is_the_defaults():
    assert ServiceSettings.from_env({}) == ServiceSettings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TELEMETRY_SERVICE_PORT", "http"),
        ("TELEMETRY_SERVICE_METRICS", "perhaps"),
        ("TELEMETRY_SERVICE_RATE", "often"),
    ],
)
def test_a_text_that_means_nothing_is_refused_with_its_variable(name, text):
    with pytest.raises(CallError, match=name):
        ServiceSettings.from_env({name: text})


@pytest.mark.parametrize(
    "wrong", [{"port": -1}, {"port": 65_536}, {"rate_per_s": 0}, {"threads": -1}, {"header_s": float("inf")}]
)
def test_a_value_that_cannot_be_right_is_refused_with_its_name(wrong):
    with pytest.raises(CallError, match=next(iter(wrong))):
        ServiceSettings(**wrong)


def test_every_setting_has_a_variable_of_its_own():
    fields = [each.field for each in SERVICE_VARIABLES]
    assert sorted(fields) == sorted(field.name for field in attrs.fields(ServiceSettings))
    assert len({each.name for each in SERVICE_VARIABLES}) == len(fields)
