"""The pages in a real browser, served by the real server: what one sees, and what one can do with it."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from service_servers import ANNA, BERT
from telemparse.testing.simulate import simulate, write_vbo

pytestmark = pytest.mark.slow

_NARROW, _WIDE = 360, 1280


@pytest.fixture(scope="module")
def kart(site, vbo):
    """Return the id of a session that is READY; tests of it change nothing."""
    return site.ready(vbo)


def shown(page):
    """Wait for the data of a session page."""
    page.locator(".laps tbody tr[data-lap]").first.wait_for()
    page.locator("#traces .chart canvas").first.wait_for()
    page.locator("#traces [aria-busy]").wait_for(state="detached")


def severe(page):
    found = Axe().run(page).response["violations"]
    return [
        (each["id"], each["nodes"][0]["target"])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def painted(page):
    return page.evaluate("document.querySelector('.map-box canvas').toDataURL()")


def repainted(page, before):
    """Wait until the map shows something else."""
    # The policy of the pages lets no condition be polled inside of them.
    for _look in range(600):
        if painted(page) != before:
            return
        page.wait_for_timeout(50)
    pytest.fail("the map is what it was")


def read_out(page):
    return page.locator("#traces .read-out").text_content()


def test_a_wrong_key_is_told_and_a_right_one_opens_what_was_wanted(site, kart):
    with site.opened(f"/sessions/{kart}", signed_in=False, may_say=["401"]) as page:
        page.get_by_label("API key").fill("tp_wrong")
        page.get_by_role("button", name="Sign in").click()
        assert "KEY_UNKNOWN" in page.get_by_role("alert").text_content()
        page.get_by_label("API key").fill(site.secret)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site.url}/sessions/{kart}")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{site.url}/login")
        page.goto(site.url)
        assert page.url == f"{site.url}/login"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [_NARROW, _WIDE])
def test_everybody_can_use_the_pages_and_nothing_runs_over_the_edge(site, kart, width, scheme):
    with site.opened(signed_in=False, width=width, scheme=scheme) as page:
        assert severe(page) == []
    with site.opened(width=width, scheme=scheme, may_say=["404"]) as page:
        page.locator(f"tr[data-session='{kart}']").wait_for()
        assert severe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(f"{site.url}/sessions/{kart}")
        shown(page)
        for box in page.locator("input[data-lap]").all()[1:3]:
            box.check()
        page.locator("#comparison .chart canvas").first.wait_for()
        page.get_by_role("button", name="line").first.click()
        page.get_by_label("Add a channel").select_option(index=1)
        page.locator("#traces [aria-busy]").wait_for(state="detached")
        assert severe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Delete").click()
        assert severe(page) == []
        page.goto(f"{site.url}/sessions/00000000-0000-0000-0000-000000000000")
        assert severe(page) == []


def test_the_cursor_of_the_traces_shows_the_place_and_that_of_the_map_the_time(site, kart):
    with site.opened(f"/sessions/{kart}") as page:
        shown(page)
        before, box = painted(page), page.locator("#traces .u-over").first.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
        expect(page.locator("#traces .read-out")).to_contain_text("speed")
        repainted(page, before)
        page.mouse.move(2, 2)
        expect(page.locator("#traces .read-out")).to_have_text("")
        map_box = page.locator(".map-box").bounding_box()
        for step in range(1, 60):
            page.mouse.move(map_box["x"] + map_box["width"] * step / 60, map_box["y"] + map_box["height"] / 2)
            if read_out(page):
                break
        assert "km/h" in read_out(page)


def test_the_arrow_keys_move_the_cursor_and_the_map(site, kart):
    with site.opened(f"/sessions/{kart}") as page:
        shown(page)
        page.get_by_role("group", name="Traces over time").focus()
        page.keyboard.press("Home")
        first = read_out(page)
        page.keyboard.press("ArrowRight")
        assert first.startswith("0:00.0")
        assert read_out(page) not in ("", first)
        page.get_by_role("group", name="Track map").focus()
        before = painted(page)
        page.keyboard.press("+")
        page.keyboard.press("ArrowLeft")
        repainted(page, before)


def test_zooming_fetches_the_window_and_no_more_points_than_pixels_show(site, kart):
    with site.opened(f"/sessions/{kart}") as page:
        shown(page)
        box = page.locator("#traces .u-over").first.bounding_box()
        with page.expect_response(lambda it: "/timeseries" in it.url and "from_s" in it.url) as waited:
            page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40, steps=5)
            page.mouse.up()
        document = json.loads(waited.value.body())
        assert document["begin_s"] > 0
        assert all(len(each["values"]) <= 2 * box["width"] + 2 for each in document["series"])
        with page.expect_response(lambda it: "/timeseries" in it.url and "from_s" not in it.url):
            page.get_by_role("button", name="Show the whole recording").click()


def test_two_laps_give_the_time_between_them_corners_and_both_ways(site, kart):
    with site.opened(f"/sessions/{kart}") as page:
        shown(page)
        numbers = [
            box.get_attribute("data-lap")
            for box in page.locator("tr:not(.not-valid) input[data-lap]").all()[:3]
        ]
        for number in numbers:
            page.get_by_label(f"Compare lap {number}", exact=True).check()
        part = page.locator("#comparison")
        part.locator(".chart canvas").nth(1).wait_for()
        # The third choice let the first one go.
        assert not page.get_by_label(f"Compare lap {numbers[0]}", exact=True).is_checked()
        assert set(numbers[1:]) == set(
            part.locator("h2").text_content().replace("Lap ", "").split(" against lap ")
        )
        assert " s \u00b1 " in part.locator(".verdict").text_content()
        assert part.get_by_role("table", name="Corners").get_by_role("row").count() > 3
        assert "Lap" in page.locator(".legend").text_content()
        part.get_by_role("group", name="Both laps").focus()
        page.keyboard.press("ArrowRight")
        assert "km/h" in part.locator(".read-out").text_content()
        part.get_by_role("button", name="Close").click()
        assert part.is_hidden()
        assert page.locator("input[data-lap]:checked").count() == 0


def test_a_name_of_markup_is_shown_as_text(site, fixtures_dir):
    name = "<img src=x onerror=document.title='taken'><script>1</script>"
    session_id = site.ready(fixtures_dir / "csv_racebox.csv", name=name)
    with site.opened() as page:
        assert page.locator(f"tr[data-session='{session_id}'] a").text_content() == name
        page.goto(f"{site.url}/sessions/{session_id}")
        page.locator("#quality h2").wait_for()
        assert page.locator("h1").text_content() == name
        assert page.locator("img").count() == 0
        assert page.title() == f"{name} \u00b7 telemparse"


def test_a_failure_is_told_with_code_message_and_hint(site, fixtures_dir):
    session_id = site.ready(fixtures_dir / "noise.bin")
    with site.opened(f"/sessions/{session_id}") as page:
        card = page.locator("#failure")
        card.wait_for()
        words = card.text_content()
        failure = site.pipeline.session(session_id).failure
        assert all(each and each in words for each in (failure.code, failure.message, failure.hint))
        with page.expect_response(lambda it: it.url.endswith("/retry")) as waited:
            card.get_by_role("button", name="Try again").click()
        assert waited.value.status == 202
        page.locator("#failure").wait_for()


def test_search_and_status_narrow_the_list(site, kart, fixtures_dir):
    other = site.ready(fixtures_dir / "csv_iblue.csv", name="evening run")
    with site.opened() as page:
        page.locator(f"tr[data-session='{kart}']").wait_for()
        page.get_by_label("Search by name").fill("EVENING")
        page.locator(f"tr[data-session='{kart}']").wait_for(state="detached")
        assert page.locator(f"tr[data-session='{other}']").count() == 1
        page.get_by_label("Status").select_option("Processing")
        page.get_by_text("No session fits.").wait_for()
        assert page.url.endswith("?search=EVENING&status=PROCESSING")


def test_a_session_of_somebody_else_is_missing_like_one_that_never_was(site, fixtures_dir):
    foreign = site.pipeline.submit(fixtures_dir / "csv_mtk.csv", owner=BERT.tenant_id, driver=BERT.driver_id)
    words = []
    for session_id in (foreign, "00000000-0000-0000-0000-000000000000"):
        with site.opened(f"/sessions/{session_id}", may_say=["404"]) as page:
            words.append(page.locator("main").text_content())
    assert words[0] == words[1]
    assert "There is no such session" in words[0]


def test_the_line_moved_by_keys_times_the_laps_anew(site, tmp_path):
    place = tmp_path / "other.vbo"
    place.write_bytes(write_vbo(simulate("kart", seed=8, laps=3, gnss="m9", rate_hz=10)))
    session_id = site.ready(place)
    before = site.pipeline.session(session_id)
    with site.opened(f"/sessions/{session_id}") as page:
        shown(page)
        page.locator("#gate button").click()
        page.get_by_role("button", name="First end of the start/finish line").focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Shift+ArrowLeft")
        handle = page.get_by_role("button", name="Second end of the start/finish line").bounding_box()
        page.mouse.move(handle["x"] + 13, handle["y"] + 13)
        page.mouse.down()
        page.mouse.move(handle["x"] + 23, handle["y"] + 13, steps=3)
        page.mouse.up()
        page.get_by_role("button", name="Reprocess with this line").click()
        expect(page.locator("#device .id")).not_to_have_text(before.run_id, timeout=60_000)
        expect(page.locator("#meta .status")).to_have_text("Ready", timeout=60_000)
        page.locator("#gate").get_by_text("user defined").wait_for()
        shown(page)
    after = site.pipeline.session(session_id, ANNA)
    assert after.run_id != before.run_id
    assert after.stages["detect_laps"].facts["gate_source"] == "user_defined"


def test_deletion_asks_before_it_happens(site, fixtures_dir):
    session_id = site.ready(fixtures_dir / "csv_columbus.csv", name="to go")
    with site.opened(f"/sessions/{session_id}") as page:
        page.locator("#files table").first.wait_for()
        page.get_by_role("button", name="Delete").click()
        dialog = page.get_by_role("dialog", name="Delete this session?")
        dialog.get_by_role("button", name="Keep it").click()
        assert site.pipeline.session(session_id).status == "READY"
        page.get_by_role("button", name="Delete").click()
        dialog.get_by_role("button", name="Delete").click()
        page.wait_for_url(f"{site.url}/")
        assert page.locator(f"tr[data-session='{session_id}']").count() == 0
    assert site.pipeline.session(session_id).status == "DELETED"
