"""The description of the door for messages: what it says of each operation is what the operation does."""

from __future__ import annotations

import re

import httpx
import pytest
import schemathesis
import schemathesis.specs.openapi.checks  # registers its checks
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from live_servers import KEY, receiving
from telemparse.live.messages import LAST_CAN_ID

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

# An instant may fit the description and lie in no year that is taken, and a name may be blank.
_EXCLUDED = [CHECKS.get_one(name) for name in ("positive_data_acceptance", "ignored_auth")]


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with receiving(tmp_path_factory.mktemp("described")) as served:
        yield served


def checked(door, examples):
    """Ask every operation that the description lists so many times, and return the statuses."""
    headers = {"X-API-Key": KEY}
    how = settings(
        max_examples=examples, derandomize=True, deadline=None, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    statuses = []

    def ask(case):
        answer = case.call(base_url=door.url, headers=headers)
        case.validate_response(answer, excluded_checks=_EXCLUDED)
        statuses.append(answer.status_code)

    schema = schemathesis.openapi.from_url(f"{door.url}/openapi.json")
    for found in schema.get_all_operations():
        how(given(case=found.ok().as_strategy())(ask))()
    return statuses


@pytest.mark.slow
def test_every_operation_answers_as_it_is_described(door):
    statuses = checked(door, 30)
    assert {200, 202} <= set(statuses)
    assert 500 not in statuses


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_every_operation_answers_as_it_is_described_for_long(door):
    assert 500 not in checked(door, 1000)


def test_the_description_names_keys_errors_and_what_a_message_is(door):
    document = httpx.get(f"{door.url}/openapi.json").json()
    assert set(document["paths"]) == {"/ingest", "/health"}
    ingest = document["paths"]["/ingest"]["post"]
    assert ingest["security"] == [{"bearer": []}, {"header": []}]
    assert set(ingest["responses"]) == {"202", "400", "401", "408", "413", "415", "422", "500", "503"}
    assert "Retry-After" in ingest["responses"]["503"]["headers"]
    message = document["components"]["schemas"]["Message"]
    assert message["required"] == ["timestamp", "vehicle_id", "payload"]


@pytest.mark.parametrize(
    "number", [0, 0x1F0, 0xFFFFFFF, 0x10000000, LAST_CAN_ID, LAST_CAN_ID + 1, 0xFFFFFFFF]
)
def test_the_described_identifiers_are_those_that_are_taken(door, number):
    document = httpx.get(f"{door.url}/openapi.json").json()
    pattern = document["components"]["schemas"]["Message"]["properties"]["can_id"]["anyOf"][1]["pattern"]
    assert bool(re.fullmatch(pattern, f"0x{number:X}")) == (number <= LAST_CAN_ID)
