"""Nothing public is undocumented, and the pages that follow from the code follow from this code."""

from __future__ import annotations

import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa
import typer.main

import telemparse
from telemparse import kernels
from telemparse.cli.app import app
from telemparse.extension import csv_dialect, hookspecs
from telemparse.live.metrics import LiveMetrics
from telemparse.live.refusals import MESSAGES as LIVE_MESSAGES
from telemparse.live.settings import LiveSettings
from telemparse.live.variables import LIVE_VARIABLES
from telemparse.model.codes import CODES
from telemparse.runner.metrics import Metrics
from telemparse.runner.settings import Settings
from telemparse.runner.tables import tables
from telemparse.runner.variables import VARIABLES
from telemparse.schemas import KNOWN_CHANNELS, SCHEMAS, QualityFlag
from telemparse.service.problems import MESSAGES
from telemparse.service.series.refusals import REFUSALS
from telemparse.service.settings import ServiceSettings
from telemparse.service.variables import SERVICE_VARIABLES

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROOT = DOCS.parent
GENERATED = ("schemas.md", "codes.md", "cli.md", "confusion.md", "penalties.md", "settings.md", "http.md")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    subprocess.run([sys.executable, str(DOCS / "generate.py"), str(folder)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_current(name: str, written: Path) -> None:
    fresh = (written / name).read_text(encoding="utf-8")
    assert text(f"reference/{name}") == fresh, "run: python docs/generate.py"


def test_every_code_has_a_heading_in_the_reference() -> None:
    headings = set(re.findall(r"^## (\w+)$", text("reference/codes.md"), re.MULTILINE))
    assert headings == set(CODES)


def test_every_stream_and_field_stands_in_the_reference() -> None:
    sections = re.split(r"^## ", text("reference/schemas.md"), flags=re.MULTILINE)[1:]
    by_name = {section.splitlines()[0].partition(".&lt;")[0]: section for section in sections}
    missing = [
        (stream, field.name)
        for stream, schema in SCHEMAS.items()
        for field in schema
        if f"| `{field.name}` |" not in by_name.get(stream, "")
    ]
    assert missing == []
    assert [name for name in KNOWN_CHANNELS if f"| `{name}` |" not in by_name["channels"]] == []
    assert [flag.name for flag in QualityFlag if f"`{flag.name}`" not in by_name["quality_flags"]] == []


def commands(group, prefix=""):
    """Yield the full names of all commands of a group and of the groups in it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}"


def test_every_command_has_a_heading_in_the_reference() -> None:
    headings = re.findall(r"^## telemparse ([\w -]+)$", text("reference/cli.md"), re.MULTILINE)
    assert "jobs retry" in headings
    assert sorted(headings) == sorted(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(
    ("settings", "variables"),
    [(Settings, VARIABLES), (ServiceSettings, SERVICE_VARIABLES), (LiveSettings, LIVE_VARIABLES)],
)
def test_every_setting_has_a_variable_and_every_variable_a_row_in_the_reference(settings, variables) -> None:
    page = text("reference/settings.md")
    assert {variable.field for variable in variables} == {field.name for field in attrs.fields(settings)}
    missing = [each.name for each in variables if f"| `{each.name}` | `{each.field}` |" not in page]
    assert missing == []


def test_every_code_of_the_service_stands_in_the_reference() -> None:
    errors = text("reference/http.md").partition("## Errors")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| \d+ \| `(\w+)` \|", errors, re.MULTILINE)) == {*MESSAGES, *REFUSALS}


def test_every_variable_that_the_code_or_a_page_names_is_one_of_the_settings() -> None:
    places = [*(ROOT / "src").rglob("*.py"), *DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "Dockerfile"]
    named = {
        name
        for place in places
        for name in re.findall(r"\bTELEMETRY_[A-Z0-9_]*[A-Z0-9]", place.read_text(encoding="utf-8"))
    }
    assert named == {variable.name for variable in (*VARIABLES, *SERVICE_VARIABLES, *LIVE_VARIABLES)}


def test_every_table_and_column_of_the_runner_stands_in_the_reference() -> None:
    sections = dict(
        re.findall(r"^### (\w+)$\n(.*?)(?=^###|\Z)", text("reference/settings.md"), re.MULTILINE | re.DOTALL)
    )
    told = tomllib.loads((DOCS / "tables.toml").read_text(encoding="utf-8"))
    known = attrs.asdict(tables(), recurse=False, filter=lambda _field, value: isinstance(value, sa.Table))
    assert set(sections) == {table.name for table in known.values()}
    assert told.keys() == known.keys()
    for name, table in known.items():
        columns = {column.name for column in table.columns}
        assert told[name]["columns"].keys() == columns
        assert [column for column in columns if f"| `{column}` |" not in sections[table.name]] == []


def test_every_metric_stands_in_the_runbook_and_alerts_name_no_other() -> None:
    section = text("how-to/runbook.md").partition("## Metrics and alerts")[2].partition("\n## ")[0]
    families = Metrics().registry.collect()
    known = {family.name + "_total" * (family.type == "counter") for family in families}
    assert set(re.findall(r"^\| `(telemetry_\w+)", section, re.MULTILINE)) == known
    named = {re.sub(r"_(bucket|count)$", "", name) for name in re.findall(r"telemetry_\w+", section)}
    assert named == known


def test_every_metric_of_messages_stands_in_their_guide() -> None:
    section = text("how-to/live.md").partition("## Watch it")[2].partition("\n## ")[0]
    families = LiveMetrics().registry.collect()
    known = {family.name + "_total" * (family.type == "counter") for family in families}
    assert set(re.findall(r"^\| `(telemetry_\w+)", section, re.MULTILINE)) == known


def test_every_code_that_the_guide_of_messages_names_is_one_of_an_answer_or_of_the_registry() -> None:
    variables = {variable.name for variable in LIVE_VARIABLES}
    codes = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", text("how-to/live.md"))) - variables
    assert codes > {"QUEUE_UNAVAILABLE", "MESSAGE_INVALID"}
    assert codes <= {*CODES, *LIVE_MESSAGES}


@pytest.mark.parametrize(
    "name",
    [
        "how-to/pipeline.md",
        "how-to/runbook.md",
        "how-to/service.md",
        "how-to/untrusted-files.md",
        "how-to/session-store.md",
        "how-to/lap-features.md",
    ],
)
def test_every_code_that_a_guide_names_is_in_the_registry(name: str) -> None:
    variables = {variable.name for variable in (*VARIABLES, *SERVICE_VARIABLES, *LIVE_VARIABLES)}
    codes = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", text(name))) - variables
    assert codes
    assert codes <= set(CODES)


def test_every_hook_is_told_to_plugin_authors() -> None:
    hooks = [name for name in hookspecs.__all__ if name.startswith("telemparse_")]
    page = text("plugins/writing-a-parser.md")
    assert hooks
    assert [hook for hook in hooks if f"| `{hook}` |" not in page] == []


def test_every_public_name_stands_in_the_api_reference() -> None:
    page = text("reference/api.md")
    documented = {target.rpartition(".")[2] for target in re.findall(r"^::: ([\w.]+)$", page, re.MULTILINE)}
    errors = {"TelemparseError"}  # the page shows the whole module of errors
    assert set(telemparse.__all__) - errors <= documented


def test_every_value_of_a_csv_dialect_stands_in_the_api_reference() -> None:
    page = text("reference/api.md")
    classes = [name for name in csv_dialect.__all__ if inspect.isclass(getattr(csv_dialect, name))]
    assert classes
    assert [name for name in classes if f"::: telemparse.extension.csv_dialect.{name}\n" not in page] == []


def test_every_kernel_stands_in_its_reference() -> None:
    # Rooms behind the reader of points, which hands out all that a plugin needs of them.
    parts = ("blocks", "expat", "places", "plan", "record", "scopes", "stencils", "walk")
    modules = {module.name for module in pkgutil.iter_modules(kernels.__path__)}
    public = modules - {f"xml_{part}" for part in parts}
    page = text("reference/kernels.md")
    assert set(re.findall(r"^::: telemparse\.kernels\.(\w+)$", page, re.MULTILINE)) == public


def test_every_page_is_in_the_navigation() -> None:
    navigation = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")]
    assert [page for page in pages if f": {page}" not in navigation] == []
