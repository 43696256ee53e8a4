"""Plugins that never come back: a child process ends them, and what they had yielded is kept."""

from __future__ import annotations

import pytest

from rogues import ENDLESS_IMPORT, PARSE, RECORDING, cards

pytestmark = pytest.mark.slow

ENDLESS_DETECTOR = """
    def detect(sniffs):
        while True:
            pass
"""
ENDLESS_PARSER = (
    PARSE.replace("def parse(", "def rows_of(")
    + """
    def parse(artifacts, options):
        yield from rows_of(artifacts, options)
        while True:
            pass
"""
)


def test_an_endless_import_ends_with_the_deadline_for_it_is_never_tried_in_the_calling_process(site):
    site.install_good()
    site.install("endless", ENDLESS_IMPORT)
    facts = site.run(f"""
        options = telemparse.ParseOptions(isolation="process", timeout_s=1, parser="good")
        detected = telemparse.detect({RECORDING!r}, options)
        parsed = telemparse.parse({RECORDING!r}, options, on_error="return")
        answer(codes=[[issue.code for issue in issues] for issues in (detected.issues, parsed.errors)])
    """)
    assert facts == {"codes": [["PARSER_TIMEOUT"], ["PARSER_TIMEOUT"]]}


def test_an_endless_detector_ends_with_the_deadline(site):
    site.install_good()
    site.install("endless", cards('[card("endless")]'), endless_detect=ENDLESS_DETECTOR)
    facts = site.run(f"""
        options = telemparse.ParseOptions(isolation="process", timeout_s=2)
        detected = telemparse.detect({RECORDING!r}, options)
        parsed = telemparse.parse({RECORDING!r}, options, on_error="return")
        answer(codes=[[issue.code for issue in issues] for issues in (detected.issues, parsed.errors)])
    """)
    assert facts == {"codes": [["PARSER_TIMEOUT"], ["PARSER_TIMEOUT"]]}


def test_an_endless_parse_ends_with_the_deadline_and_its_rows_are_kept(site):
    site.install_good(ENDLESS_PARSER)
    facts = site.run(f"""
        options = telemparse.ParseOptions(isolation="process", timeout_s=10)
        result = telemparse.parse({RECORDING!r}, options, on_error="return")
        answer(
            codes=[issue.code for issue in result.errors],
            parser=result.provenance.parser_id,
            rows=result.streams["gnss_pvt"]["lat_deg"].to_pylist(),
        )
    """)
    assert facts == {"codes": ["PARSER_TIMEOUT"], "parser": "good", "rows": [48.5, 48.6]}
