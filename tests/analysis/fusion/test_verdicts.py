"""What is wrong with a fusion is found, whatever it is: never a diverged pose handed out as good."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from telemparse.analysis.fusion.attempts import attempt
from telemparse.analysis.fusion.conditioning import conditioned
from telemparse.analysis.fusion.parameters import FAMILIES, FusionOptions
from telemparse.analysis.fusion.verdicts import verdict
from telemparse.analysis.paths import Path
from telemparse.analysis.smoothing.receptions import reception_of
from telemparse.analysis.smoothing.smoother import motion_of
from telemparse.testing.simulate import simulate


@pytest.fixture(scope="module")
def tried():
    """A fusion that is good, and the motion of its receiver alone."""
    run = simulate("rc_offroad", seed=2, laps=2, imu=6)
    reception = reception_of(Path.of(run.gnss, frame=run.frame))
    motion = motion_of(reception)
    ready = conditioned(run.tables, motion, FAMILIES["generic"])
    return attempt(ready, run.tables, reception, motion, FusionOptions()), motion


def moved(name, amount):
    """Return what adds to a value of the trajectory."""

    def change(found):
        values = getattr(found.trajectory, name)
        return attrs.evolve(
            found, trajectory=attrs.evolve(found.trajectory, **{name: values + np.asarray(amount)})
        )

    return change


def test_a_good_one_is_not_doubted(tried):
    assert verdict(*tried) is None


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (moved("position_m", np.nan), "FUSION_DIVERGED", "not a number"),
        (lambda found: attrs.evolve(found, settled=False), "FUSION_DIVERGED", "no trajectory stands"),
        (lambda found: attrs.evolve(found, factor=5.1), "FUSION_DIVERGED", "'noise_factor': 5.1"),
        (
            lambda found: attrs.evolve(found, innovation_2=found.innovation_2 + 20.0),
            "FUSION_DIVERGED",
            "innovation",
        ),
        (moved("force_bias", (0, 3.0, 0)), "FUSION_DIVERGED", "forces would be off by 3."),
        (moved("rate_bias", (0, 0, -0.5)), "FUSION_DIVERGED", "rates would be off by 0.5"),
        (moved("scale", (0.3, 0, 0)), "FUSION_DIVERGED", "of their size"),
        (moved("offset_s", 0.7), "TIME_ALIGNMENT_DRIFT", "fixes are 7"),
        (moved("velocity_mps", (1.0, 0, 0)), "FUSION_DIVERGED", "apart"),
    ],
    ids=["nan", "moving", "noisy", "surprised", "forces", "rates", "scale", "clocks", "elsewhere"],
)
def test_one_that_is_not_is_doubted_with_a_code_and_why(tried, change, code, words):
    good, motion = tried
    issue = verdict(attrs.evolve(good, found=change(good.found)), motion)
    assert issue is not None
    assert issue.code == code
    evidence = dict(issue.evidence)
    assert words in str(evidence)
