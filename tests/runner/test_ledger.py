"""The ledger: what a retry reads of a run is what its first worker knew, to the letter."""

from __future__ import annotations

import json

from telemparse.runner import Pipeline
from telemparse.runner.ledger import Ledger
from telemparse.runner.runs import read_run
from telemparse.runner.stages import Stage, StageOutcome, StageState

FILE = "sample_gnss_10hz.csv"


def outcome(**facts):
    issue = {
        "severity": "warning",
        "code": "TIME_GAPS",
        "message": "a\x00b \ud800",
        "evidence": {"zz": 1, "a": 2},
    }
    return StageOutcome(
        state=StageState.DONE, elapsed_s=0.123456789, calls_s=1 / 3, facts=facts, issues=(issue,),
        files=({"name": "pose", "columns": ["t", "lat"], "rate_hz": 9.999999999999998},),
    )  # fmt: skip


def test_stages_come_back_in_their_order_and_to_the_letter(settings, fixtures_dir, sandboxes):
    with Pipeline(settings, sandboxes=sandboxes) as pipeline:
        session = pipeline.session(pipeline.submit(fixtures_dir / FILE))
        database = pipeline.database
        with database.reading() as connection:
            ledger = Ledger(read_run(connection, database, session.run_id))
        # Neither in the order of their letters nor in that of their lengths, which is that of `jsonb`.
        for stage in (Stage.QUALITY, Stage.ARTIFACT_VALIDATE, Stage.DOWNSAMPLE, Stage.TIME_ALIGN):
            ledger.add(stage, outcome(longer=1e-7, b=-0.0, a=[1 << 60, None, {"y": 1, "x": 2}]))
        with database.transaction() as connection:
            ledger.write(connection, database)
        with database.reading() as connection:
            found = read_run(connection, database, session.run_id)

    def text(stages):
        return json.dumps({name: each.to_dict() for name, each in stages.items()})

    assert text(found.stages) == text(ledger.stages)
    assert found.stages[Stage.QUALITY].issues[0]["message"] == "ab ?"
