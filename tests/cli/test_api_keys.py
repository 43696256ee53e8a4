"""`telemparse keys`: made once, listed without the secret, revoked."""

from __future__ import annotations

import json

import pytest

from telemparse.runner.pipeline import Pipeline
from telemparse.runner.settings import Settings


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_a_key_is_printed_once_and_opens_what_is_of_its_owner(call, out):
    made = call("keys", "create", "--out", out, "--owner", "team", "--driver", "anna", "--label", "a laptop")
    assert (made.exit_code, made.stderr) == (0, "")
    secret = made.stdout.strip()
    with Pipeline(Settings.embedded(out)) as pipeline:
        found = pipeline.api_keys.owner_of(secret)
        assert (found.owner.tenant_id, found.owner.driver_id, found.label) == ("team", "anna", "a laptop")

    listed = call("keys", "list", "--out", out)
    assert secret not in listed.stdout
    assert listed.stdout.splitlines()[0].split() == ["key", "owner", "driver", "label", "made", "(UTC)"]
    assert "anna" in listed.stdout.splitlines()[1]


def test_a_key_as_json_tells_all_of_it(call, out):
    made = json.loads(call("keys", "create", "--out", out, "--json").stdout)
    (listed,) = map(json.loads, call("keys", "list", "--out", out, "--json").stdout.splitlines())
    assert made.pop("secret").startswith("tp_")
    assert made == listed
    assert (made["owner"], made["driver"], made["revoked_at"]) == ("default", "default", None)


def test_a_revoked_key_opens_nothing_and_cannot_be_revoked_twice(call, out):
    made = json.loads(call("keys", "create", "--out", out, "--json").stdout)
    revoked = call("keys", "revoke", made["id"], "--out", out)
    assert (revoked.exit_code, revoked.stdout) == (0, f"{made['id']}: revoked\n")
    with Pipeline(Settings.embedded(out)) as pipeline:
        assert pipeline.api_keys.owner_of(made["secret"]) is None
    again = call("keys", "revoke", made["id"], "no key", "--out", out)
    assert again.exit_code == 1
    assert len(again.stderr.splitlines()) == 2
    (listed,) = map(json.loads, call("keys", "list", "--out", out, "--json").stdout.splitlines())
    assert listed["revoked_at"] is not None


def test_without_a_key_the_list_says_how_to_make_one(call, out):
    Pipeline(Settings.embedded(out)).close()
    result = call("keys", "list", "--out", out)
    assert result.stdout == "There is no key; `telemparse keys create` makes one.\n"


def test_an_owner_that_cannot_be_one_is_refused(call, out):
    refused = call("keys", "create", "--out", out, "--owner", "../other")
    assert refused.exit_code == 2
    assert "tenant_id" in refused.stderr
