"""Which modules are changed, and which tests have to notice."""

from __future__ import annotations

import attrs

__all__ = ["TARGETS", "Target"]


@attrs.frozen
class Target:
    """One module and its tests.

    Args:
        module: file below src/telemparse.
        tests: files or folders below tests, those that notice soonest first.
        without: pytest expression (`-k`) of tests that only cost time here, or empty.
    """

    module: str
    tests: tuple[str, ...]
    without: str = ""


# What runs in child processes (isolation.py, confinement.py) stays out: a test of it takes seconds, and
# most of its promises are about what the system does to a process.
_CHILDREN = "(child or hangs or wherever_it_would_run) and not (test_serving or did_not_leave)"

TARGETS = (
    Target("parsing.py", ("test_parsing.py",), _CHILDREN),
    Target("detection.py", ("test_serving.py", "test_classification.py"), _CHILDREN),
    Target("confined_detection.py", ("test_serving.py", "test_classification.py"), _CHILDREN),
    Target("classification.py", ("test_classification.py",), _CHILDREN),
    Target("inquiry.py", ("test_inquiry.py", "test_classification.py"), _CHILDREN),
    Target("flows.py", ("test_flows.py", "test_parsing.py"), _CHILDREN),
    Target("border.py", ("test_border.py",)),
    Target("extension/card.py", ("extension/test_card.py", "extension/test_catalog.py")),
    Target("extension/catalog.py", ("extension/test_catalog.py",)),
    Target("extension/faults.py", ("extension/test_catalog.py",)),
    Target("extension/installation.py", ("extension/test_catalog.py",)),
    Target("extension/samples.py", ("extension/test_catalog.py",)),
    Target("extension/column_specs.py", ("extension/test_csv_dialect.py",)),
    Target("extension/csv_dialect.py", ("extension/test_csv_dialect.py",)),
    Target("extension/csv_rules.py", ("extension/test_csv_rules.py", "extension/test_csv_dialect.py")),
    Target("extension/csv_shapes.py", ("extension/test_csv_dialect.py",)),
    Target("extension/declarations.py", ("extension/test_csv_dialect.py",)),
    Target("extension/grouping.py", ("extension/test_grouping.py",)),
    Target("extension/hookspecs.py", ("extension/test_catalog.py",)),
    Target("extension/model_pattern.py", ("extension/test_csv_dialect.py",)),
    Target("extension/protocol.py", ("extension/test_catalog.py",)),
    # The kit is tried by the tests of each room; the gallery of liars runs all of it and takes too long here.
    Target("testing/kit.py", ("testing/test_kit.py",)),
    Target("testing/deadlines.py", ("testing/test_deadlines.py",)),
    Target("testing/runs.py", ("testing/test_runs.py",)),
    Target("testing/decorators.py", ("testing/test_decorators.py",)),
    Target("testing/encoding.py", ("testing/test_encoding.py",)),
    Target("testing/subject.py", ("testing/test_kit_subject.py", "testing/test_subject.py")),
    Target("testing/readings.py", ("testing/test_kit_subject.py", "testing/test_readings.py")),
    Target("testing/checks/damage.py", ("testing/test_kit_damage.py",)),
    Target("testing/checks/declarations.py", ("testing/test_kit_tables.py",)),
    Target("testing/checks/detection.py", ("testing/test_kit_detection.py",)),
    Target("testing/checks/movement.py", ("testing/test_kit_plausibility.py",)),
    Target("testing/checks/plausibility.py", ("testing/test_kit_plausibility.py",)),
    Target("testing/checks/round_trips.py", ("testing/test_kit_round_trips.py",)),
    Target("testing/checks/steadiness.py", ("testing/test_kit_steadiness.py",)),
    Target("testing/checks/tables.py", ("testing/test_kit_tables.py", "testing/test_kit_damage.py")),
    Target("testing/checks/weight.py", ("testing/test_kit_weight.py",)),
    Target("testing/child.py", ("testing/test_kit_weight.py",)),
)
