"""`telemparse live simulate`: vehicles that send messages, and what becomes of these."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from telemparse.cli import arguments, live_arguments
from telemparse.cli.exits import Exit, command
from telemparse.cli.terminal import console
from telemparse.errors import CallError

if TYPE_CHECKING:
    from telemparse.live.trial import Load, TrialReport

__all__ = ["simulate"]

_Messages = Annotated[int, typer.Option("--messages", "-n", min=1, metavar="N", help="Messages to send.")]
_Vehicles = Annotated[
    int, typer.Option("--vehicles", min=1, max=100_000, metavar="N", help="That send them.")
]
_Batch = Annotated[int, typer.Option("--batch", min=1, max=1000, metavar="N", help="Messages of a request.")]
_Rate = Annotated[
    float | None,
    typer.Option(
        "--rate", min=0.01, metavar="N", show_default=False,
        help="Messages a second at most; as fast as they are taken when absent.",
    ),
]  # fmt: skip
_Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same drives.")]
_Url = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", show_default=False,
        help="Server to send to; without it the command starts its own, and looks what becomes of all.",
    ),
]  # fmt: skip
_Key = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="KEY", show_default=False,
        help="Key of that server. Else TELEMETRY_LIVE_API_KEY, which no list of processes shows.",
    ),
]  # fmt: skip


@command
def simulate(
    *,
    messages: _Messages = 10_000,
    vehicles: _Vehicles = 20,
    batch: _Batch = 100,
    rate: _Rate = None,
    seed: _Seed = 1,
    url: _Url = None,
    key: _Key = None,
    out: live_arguments.Out = None,
    queue: live_arguments.QueueUrl = None,
    as_json: arguments.Json = False,
) -> Exit:
    """Send messages of simulated vehicles, and check that each is kept and counted exactly once.

    Without --url it starts a server and a consumer as processes of their own, sends all over HTTP, waits for
    the files, aggregates them and compares; without --out in a folder that is gone afterwards. It leaves with
    code 1 when a message is missing or was counted twice. With --url it only sends.
    """
    from telemparse.live import Consumer, serve  # noqa: F401  (a missing extra is named before all else)
    from telemparse.live.trial import Load

    load = Load(messages=messages, vehicles=vehicles, batch=batch, rate=rate, seed=seed)
    report = _tried(load, out, queue) if url is None else _posted(load, url, key)
    if as_json:
        from telemparse.cli.documents import emit

        emit({**attrs.asdict(report), "ok": report.ok, **_rates(report)})
    else:
        _show(report)
    return Exit.OK if report.ok else Exit.UNREADABLE


def _posted(load: Load, url: str, key: str | None) -> TrialReport:
    from telemparse.live.trial import post

    keys = live_arguments.live_settings_of(None, api_key=key).api_keys
    if not keys:
        raise CallError("--url needs the key of that server: --key, or TELEMETRY_LIVE_API_KEY")
    return post(url, keys[0], load)


def _tried(load: Load, out: str | None, queue: str | None) -> TrialReport:
    from telemparse.live.trial import run_trial

    with ExitStack() as held:
        place = out
        if place is None:
            place = held.enter_context(tempfile.TemporaryDirectory(prefix="telemparse-live-"))
        return run_trial(live_arguments.live_settings_of(place, queue), load)


def _rates(report: TrialReport) -> dict[str, float | None]:
    return {"accepted_per_s": report.accepted_per_s, "persisted_per_s": report.persisted_per_s}


def _show(report: TrialReport) -> None:
    from telemparse.cli.display import show_facts

    facts = {
        "sent": f"{report.sent:,} in {report.send_s:.2f} s",
        "accepted": f"{report.accepted:,}, {report.accepted_per_s:,.0f} a second",
    }
    if report.repeated:
        facts["repeated requests"] = f"{report.repeated:,}"
    if report.persisted is not None:
        facts |= {
            "persisted": f"{report.persisted:,}, {report.persisted_per_s or 0:,.0f} a second",
            "duplicates": f"{report.duplicates:,}",
            "aggregated": f"{report.aggregated:,}",
            "latency": "" if report.p50_s is None else
            f"p50 {report.p50_s:.3f} s, p95 of the slowest batch {report.p95_s:.3f} s",
            "batches": f"{report.batches:,}",
        }  # fmt: skip
    facts["each exactly once"] = "yes" if report.ok else "no"
    if report.persisted is None:
        facts["all accepted"] = facts.pop("each exactly once")
    show_facts(console(), facts)
    if report.persisted is not None:
        show_facts(
            console(),
            {
                name: f"{found:,}" if found == sent else f"{found:,} of {sent:,}"
                for name, (sent, found) in report.vehicles.items()
            },
        )
