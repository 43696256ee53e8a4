"""The description of the interface: what it says of each operation is what the operation does."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
import schemathesis.specs.openapi.checks  # registers its checks
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from service_servers import PREFIX

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

# A value may fit the description and mean nothing here: a cursor of another list, a lap that nobody drove.
# And what is asked without a key is asked elsewhere.
_EXCLUDED = [CHECKS.get_one(name) for name in ("positive_data_acceptance", "ignored_auth")]
_NOWHERE = "00000000-0000-4000-8000-000000000000"


def checked(looked_at, examples):
    """Ask every operation that the description lists so many times, and return how often it was asked."""
    running, session_id = looked_at
    headers = {"Authorization": f"Bearer {running.key()}"}
    begun = httpx.post(f"{running.url}{PREFIX}/uploads", json={"file_name": "a"}, headers=headers)
    known = {"session_id": session_id, "upload_id": begun.json()["id"], "level": "L0", "stream": "gnss_pvt"}
    how = settings(
        max_examples=examples, derandomize=True, deadline=None, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    asked = 0

    def ask(case):
        nonlocal asked
        asked += 1
        changes = case.operation.method.upper() in ("DELETE", "POST", "PUT")
        if case.path_parameters and asked % 2:
            # Else hardly one of them would name anything. All tests look at the session: it stays as it is.
            ids = {**known, "session_id": _NOWHERE} if changes else known
            case.path_parameters = {
                name: ids.get(name, value) for name, value in case.path_parameters.items()
            }
        answer = case.call(base_url=running.url, headers=headers)
        case.validate_response(answer, excluded_checks=_EXCLUDED)

    schema = schemathesis.openapi.from_url(f"{running.url}/openapi.json")
    for found in schema.get_all_operations():
        how(given(case=found.ok().as_strategy())(ask))()
    return asked


@pytest.mark.slow
def test_every_operation_answers_as_it_is_described(looked_at):
    assert checked(looked_at, 8) >= 100


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_every_operation_answers_as_it_is_described_for_long(looked_at):
    assert checked(looked_at, 500) >= 5000


def test_every_operation_tells_of_errors_headers_and_keys(looked_at):
    running, _id = looked_at
    document = httpx.get(f"{running.url}/openapi.json").json()
    assert set(document["components"]["securitySchemes"]) == {"api_key", "page_cookie"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            responses = operation["responses"]
            for status, response in responses.items():
                assert "X-Request-ID" in response["headers"], (path, method, status)
                if int(status) >= 400 and path.startswith(PREFIX):
                    shape = response["content"]["application/json"]["schema"]
                    assert shape == {"$ref": "#/components/schemas/ErrorAnswer"}, (path, method, status)
            if path.startswith(PREFIX):
                assert operation["security"] == [{"api_key": []}, {"page_cookie": []}]
                assert {"401", "429", "500", "503"} <= set(responses)
            if method == "post":
                assert "idempotency-key" in {each["name"] for each in operation["parameters"]}
    assert "HTTPValidationError" not in document["components"]["schemas"]
