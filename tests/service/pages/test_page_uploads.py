"""Recordings dropped into the list of sessions, in a real browser."""

from __future__ import annotations

import base64

import pytest

pytestmark = pytest.mark.slow

_DROP = """([name, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name));
  for (const kind of ["dragover", "drop"])
    document.querySelector("#drop-zone").dispatchEvent(
      new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


def test_a_dropped_recording_becomes_ready_with_map_laps_and_traces(site, recording):
    with site.opened() as page:
        puts = []
        page.on("request", lambda it: puts.append(it.headers) if it.method == "PUT" else None)
        encoded = base64.b64encode(recording.read_bytes()).decode()
        page.evaluate(_DROP, [recording.name, encoded])
        line = page.locator(".upload", has_text=recording.name)
        line.get_by_role("link", name="Open the session").wait_for()
        page.locator("#sessions tbody tr", has_text=recording.name).get_by_text("Ready").wait_for()
        line.get_by_role("link", name="Open the session").click()
        page.locator(".laps tbody tr[data-lap]").nth(3).wait_for()
        page.locator("#traces .chart canvas").first.wait_for()
        colours = page.evaluate("""() => {
          const canvas = document.querySelector(".map-box canvas"), pen = canvas.getContext("2d");
          const pixels = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          return new Set(pixels).size;
        }""")
        assert colours > 20
        assert page.locator(".legend").text_content().startswith("lap ")
        assert puts[0]["content-digest"].startswith("sha-256=:")


def test_more_files_than_a_session_may_have_are_one_each(site):
    with site.opened() as page:
        for count in (501, 2):
            files = [
                {"name": f"{number}.csv", "mimeType": "text/csv", "buffer": b"a"} for number in range(count)
            ]
            page.locator("#file-input").set_input_files(files)
            assert page.get_by_text(f"{count} files: what are they?").is_visible()
            assert page.get_by_label("One session of all").is_enabled() == (count == 2)
            assert page.get_by_label("One session a file").is_checked()
            page.get_by_role("button", name="Forget them").click()


def test_several_files_are_one_session_each_or_one_of_all(site, fixtures_dir):
    files = [fixtures_dir / "csv_nul_padded.csv", fixtures_dir / "csv_tab.tsv"]
    with site.opened() as page:
        page.locator("#file-input").set_input_files(files)
        assert page.get_by_text("2 files: what are they?").is_visible()
        page.get_by_role("button", name="Upload").click()
        page.locator(".upload.done").nth(1).wait_for()
        links = page.get_by_role("link", name="Open the session")
        assert len({link.get_attribute("href") for link in links.all()}) == 2
        page.reload()
        page.locator("#file-input").set_input_files(
            [fixtures_dir / "csv_pipe.csv", fixtures_dir / "csv_crlf.csv"]
        )
        page.get_by_label("One session of all").check()
        page.get_by_role("button", name="Upload").click()
        page.locator(".upload.done").nth(1).wait_for()
        assert len({link.get_attribute("href") for link in links.all()}) == 1


def test_a_file_without_bytes_is_told_and_can_be_removed(site, fixtures_dir):
    with site.opened() as page:
        page.locator("#file-input").set_input_files(fixtures_dir / "empty.csv")
        line = page.locator(".upload.failed")
        assert "ARTIFACT_EMPTY" in line.text_content()
        line.get_by_role("button", name="Remove").click()
        assert page.locator("#uploads").is_hidden()


def test_a_file_that_the_server_refuses_says_why(site, fixtures_dir):
    with site.opened(may_say=["422"]) as page:
        # What arrives is not what the browser took the digest of.
        page.route(
            "**/bytes",
            lambda route: route.continue_(
                headers={**route.request.headers, "content-digest": f"sha-256=:{'A' * 43}=:"}
            ),
        )
        page.locator("#file-input").set_input_files(fixtures_dir / "csv_cr.csv")
        line = page.locator(".upload.failed")
        line.wait_for()
        assert "INTEGRITY_HASH_MISMATCH" in line.text_content()
        page.unroute("**/bytes")
        line.get_by_role("button", name="Try again").click()
        page.locator(".upload.done").wait_for()
