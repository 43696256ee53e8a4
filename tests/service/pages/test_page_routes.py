"""Addresses of the pages as a client without a browser sees them: headers, forms, files, what is refused."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile

import httpx
import pytest

from service_servers import serving
from telemparse.service.pages.static_files import FOLDER, static_files


@pytest.fixture
def site(embedded):
    with serving(embedded, pages=True, failed_keys=3) as running:
        yield running


@pytest.fixture
def client(site):
    with httpx.Client(base_url=site.url) as opened:
        yield opened


def signed_in(client, site):
    answer = client.post("/login", data={"api_key": site.key()})
    assert answer.status_code == 303
    return answer


def test_the_cookie_is_for_the_server_alone(client, site):
    cookie = signed_in(client, site).headers["set-cookie"]
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    # Plain http on the loopback has no other way.
    assert "secure" not in cookie.lower()
    elsewhere = client.post("/login", data={"api_key": site.key()}, headers={"Host": "telemetry.example"})
    assert "secure" in elsewhere.headers["set-cookie"].lower()


def test_pages_forbid_whatever_does_not_come_from_the_server(client, site):
    signed_in(client, site)
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=|https?://", page.text) is None


def test_whoever_is_not_signed_in_comes_back_after_it_but_nowhere_else(client, site):
    session = "/sessions/00000000-0000-0000-0000-000000000000"
    assert client.get("/").headers["location"] == "/login"
    assert client.get(session).headers["location"] == f"/login?next={session}"
    for wanted, given in [
        (session, session),
        ("//evil.example/", "/"),
        ("/sessions/../x", "/"),
        ("/login", "/"),
    ]:
        answer = client.post("/login", data={"api_key": site.key(), "next": wanted})
        assert answer.headers["location"] == given


def test_a_form_of_another_site_signs_nobody_in(client, site):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = client.post("/login", data={"api_key": site.key()}, headers=headers)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_wrong_keys_have_to_wait(client):
    statuses = [client.post("/login", data={"api_key": "tp_guess"}).status_code for _ in range(5)]
    assert statuses[:3] == [401, 401, 401]
    assert statuses[-1] == 429
    answer = client.post("/login", data={"api_key": "tp_guess"})
    assert int(answer.headers["retry-after"]) > 0
    assert "KEYS_TRIED" in answer.text


def test_signing_out_needs_the_token_of_the_page_and_ends_the_session(client, site):
    signed_in(client, site)
    page = client.get("/").text
    assert client.post("/logout", data={"csrf_token": "guess"}).status_code == 403
    assert client.get("/").status_code == 200
    kept = client.cookies["telemparse_session"]
    token = re.search(r'name="csrf_token" value="(\w+)"', page)[1]
    assert client.post("/logout", data={"csrf_token": token}).headers["location"] == "/login"
    assert client.get("/", headers={"Cookie": f"telemparse_session={kept}"}).headers["location"] == "/login"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"api_key=" + b"x" * 5000, "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 415),
        (b"&".join(b"f%d=1" % number for number in range(20)), "application/x-www-form-urlencoded", 400),
        (b"\xff=1", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_of_ours_is_refused(client, body, kind, status):
    assert client.post("/login", content=body, headers={"Content-Type": kind}).status_code == status


def test_files_are_kept_for_ever_under_the_name_of_their_release(client):
    files = static_files()
    answer = client.get(f"{files.prefix}/js/session-page.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    for path in (
        "/static/0000000000000000/js/api.js",
        f"{files.prefix}/js/none.js",
        f"{files.prefix}/%2e%2e/routes.py",
    ):
        assert client.get(path).status_code == 404


def test_modules_import_what_is_there_and_nothing_from_elsewhere():
    for script in (FOLDER / "js").glob("*.js"):
        for place in re.findall(r'from "([^"]+)"', script.read_text(encoding="utf-8")):
            assert place.startswith("./")
            assert (script.parent / place).is_file()


@pytest.mark.slow
def test_the_wheel_has_templates_scripts_and_licences(root, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=root, check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition("service/pages/")[2] for name in archive.namelist()}
    assert {f"static/{path}" for path in static_files().files} <= names
    assert {"templates/base.html", "templates/session.html", "static/vendor/uplot-1.6.32/LICENSE"} <= names
