"""The page in a real browser: no word of complaint, nothing loaded, light, dark, wide, narrow, printed."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from recorded import result
from telemparse.report import describe, write_report
from telemparse.testing.simulate import Gap, simulate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory, chapter):
    half = simulate("rc_offroad", seed=1, laps=1, gnss="m9", rate_hz=5)
    other = describe(result({"gnss_pvt": half.gnss.slice(0, 60)}), label="<b>half</b> a lap " + "x" * 90)
    gaps = [Gap(20.0, 3.0)]
    drive = simulate("rc_offroad", seed=1, laps=2, imu=6, phase_s=None, disturbances=gaps)
    fused = describe(result(drive.tables), label="fused")
    return write_report([chapter, other, fused], tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(scope="module")
def browser(browser_path):
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as play:
        program = play.chromium.launch(executable_path=browser_path, args=quiet)
        yield program
        program.close()


@contextmanager
def opened(browser, place, *, width=1280, **options):
    """Open the page, and see to it that it loads nothing and complains of nothing."""
    seen, said = [], []
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(place.as_uri())
    yield page
    context.close()
    assert seen == [place.as_uri()]
    assert said == []


def colour_of(page, element="body", name="backgroundColor"):
    return page.evaluate(f"getComputedStyle(document.querySelector('{element}')).{name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_runs_over_the_edge(browser, place, width, scheme):
    with opened(browser, place, width=width, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width


_A4_PX = 703  # between margins of 12 mm
_WORDS = {
    "body": ("h1", ".meta", "footer"),
    "section": (".note", ".tag.ok", ".best-tag", "thead th", ".severity", "a"),
}


def test_light_and_dark_differ_and_words_can_be_read_in_both(browser, place):
    shown = {}
    for scheme in ("light", "dark"):
        with opened(browser, place, color_scheme=scheme) as page:
            pairs = [
                (colour_of(page, paper), colour_of(page, words, "color"))
                for paper, several in _WORDS.items()
                for words in several
            ]
            assert min(_contrast(*pair) for pair in pairs) >= 4.5
            shown[scheme] = [colour_of(page), colour_of(page, "section"), *(ink for _paper, ink in pairs)]
    assert all(one != other for one, other in zip(shown["light"], shown["dark"], strict=True))


def _contrast(one, other):
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted(_luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_paper_is_white_and_wide_enough_whatever_the_screen_was(browser, place):
    with opened(browser, place, width=_A4_PX, color_scheme="dark") as page:
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= _A4_PX
        assert colour_of(page) == "rgb(255, 255, 255)"
        assert _contrast("rgb(255, 255, 255)", colour_of(page, "h1", "color")) > 10
        assert len(page.pdf()) > 10_000


def test_without_script_everything_is_there_but_the_read_outs(browser, place):
    with opened(browser, place, java_script_enabled=False) as page:
        for drawing in page.locator("svg[role=img]").all():
            box = drawing.bounding_box()
            assert min(box["width"], box["height"]) > 100
        assert page.locator("path.trace").count() > 3
        assert page.locator(".read-out").first.text_content() == ""


def test_the_pointer_reads_out_speed_and_time_behind_and_shows_the_place(browser, place, chapter):
    with opened(browser, place) as page:
        drawing = page.locator(".chart > svg").first
        drawing.scroll_into_view_if_needed()
        box = drawing.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
        words = page.locator(".read-out").first.text_content()
        best = chapter.traces.laps[0]
        assert words.startswith(f"{chapter.traces.extent / 2:.0f} m")
        assert re.search(rf"lap {best}: \d+ km/h, 0\.00 s", words)
        assert len(re.findall(r"km/h", words)) == len(chapter.traces.laps)
        spot = page.locator(".spot").first
        middle = chapter.map.read_outs.split(" ")[120]
        assert f"{spot.get_attribute('cx')},{spot.get_attribute('cy')}" == middle


def test_the_arrow_keys_do_what_the_pointer_does(browser, place, chapter):
    with opened(browser, place) as page:
        figure = page.locator("figure.traces").first
        figure.focus()
        page.keyboard.press("End")
        output = page.locator(".read-out").first
        assert output.text_content().startswith(f"{chapter.traces.extent:.0f} m")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        assert output.text_content().startswith(f"{chapter.traces.extent * 0.005:.0f} m")
        second = page.locator("figure.traces").nth(1)
        second.focus()
        page.keyboard.press("ArrowRight")
        assert re.match(r"\d+:\d\d", page.locator(".read-out").nth(1).text_content())


def test_the_pointer_reads_out_both_speeds_and_their_difference(browser, place):
    with opened(browser, place) as page:
        part = page.locator("section[aria-labelledby=recording-3-fusion]")
        drawing = part.locator(".chart > svg").first
        drawing.scroll_into_view_if_needed()
        box = drawing.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 60)
        words = part.locator(".read-out").text_content()
        assert re.search(r"· +fused: \d+ km/h +· +receiver alone: \d+ km/h +· +difference: \S+ km/h$", words)
        band = part.locator("rect.band").first.bounding_box()
        page.mouse.move(band["x"] + band["width"] / 2, box["y"] + 60)
        assert re.search(r"· +fused: \d+ km/h$", part.locator(".read-out").text_content())


def test_an_injected_style_or_script_would_not_run(browser, place, tmp_path):
    spoilt = tmp_path / "spoilt.html"
    text = place.read_text(encoding="utf-8")
    extra = "<script>document.title = 'taken'</script><h1 style='color: red'>x</h1>"
    spoilt.write_text(text.replace("</main>", f"{extra}</main>"), encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto(spoilt.as_uri())
    assert page.title().endswith("telemetry report")
    colours = "[...document.querySelectorAll('h1')].map(each => getComputedStyle(each).color)"
    assert "rgb(255, 0, 0)" not in page.evaluate(colours)
    context.close()
