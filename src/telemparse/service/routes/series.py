"""Routes of series: laps, map, streams, lines over time, and laps compared."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Response  # noqa: TC002  (FastAPI reads the annotations)

from telemparse.service import series
from telemparse.service.answers import answers
from telemparse.service.calls import Call, owned_id  # noqa: TC001  (FastAPI reads the annotations)
from telemparse.service.replies import reply
from telemparse.service.series_documents import (
    ComparisonAnswer,
    LapsAnswer,
    MapAnswer,
    StreamsAnswer,
    TimeSeriesAnswer,
)

__all__ = ["router"]

router = APIRouter(prefix="/sessions/{session_id}", tags=["series"])
ARROW = "application/vnd.apache.arrow.stream"
_FAR_S = 1e12
_LAST_LAP = 2**31 - 1
_ERRORS = answers(404, 409, 422, etag=True)
_ARROW_TOO: dict[int | str, dict[str, Any]] = {
    200: {"content": {ARROW: {"schema": {"type": "string", "format": "binary"}}}}, **_ERRORS
}  # fmt: skip
_Lap = Annotated[int | None, Query(ge=0, le=_LAST_LAP, description="Number of a lap.")]
_Points = Annotated[int, Query(ge=16, le=10_000, description="That a line may have.")]
_Seconds = Annotated[float | None, Query(ge=-_FAR_S, le=_FAR_S, description="Since the origin, seconds.")]


@router.get("/laps", response_model=LapsAnswer, responses=_ERRORS)
def show_laps(call: Call, session_id: str) -> Response:
    """Give the laps of a session."""
    found_id = owned_id(call, session_id)
    return reply(call.request, LapsAnswer(**series.lap_list(call.pipeline, found_id).to_dict()))


@router.get("/map", response_model=MapAnswer, responses=_ERRORS)
async def show_map(call: Call, session_id: str, max_points: _Points = 4000, lap: _Lap = None) -> Response:
    """Give where a session, or a lap of it, went."""

    def drawn() -> Response:
        found_id = owned_id(call, session_id)
        found = series.track_map(call.pipeline, found_id, max_points=max_points, lap=lap)
        return reply(call.request, found.to_json())

    return await run_sync(drawn, limiter=call.service.drawing)


@router.get("/streams", response_model=StreamsAnswer, responses=_ERRORS)
def show_streams(call: Call, session_id: str) -> Response:
    """Give the streams of a session with their columns."""
    found_id = owned_id(call, session_id)
    items: Any = series.streams(call.pipeline, found_id)
    return reply(call.request, StreamsAnswer(session_id=found_id, items=items))


@router.get("/timeseries", response_model=TimeSeriesAnswer, responses=_ARROW_TOO)
async def show_time_series(  # noqa: PLR0917  (FastAPI calls it by names)
    call: Call,
    session_id: str,
    stream: Annotated[str, Query(min_length=1, max_length=255)] = "gnss_pvt",
    columns: Annotated[str | None, Query(max_length=4096, description="Names, with commas.")] = None,
    from_s: _Seconds = None,
    to_s: _Seconds = None,
    lap: _Lap = None,
    max_points: _Points = 2000,
    level: Literal["auto", "L0", "L1", "L2"] = "auto",
    format: Literal["json", "arrow"] = "json",  # noqa: A002  (the word of the interface)
) -> Response:
    """Give columns of a stream in a window or lap, never more points than asked for."""
    names = [name.strip() for name in columns.split(",") if name.strip()] if columns is not None else None

    def drawn() -> Response:
        found = series.time_series(
            call.pipeline, owned_id(call, session_id), stream=stream, columns=names or None, begin_s=from_s,
            end_s=to_s, lap=lap, max_points=max_points, level=level,
        )  # fmt: skip
        if format == "arrow":
            return reply(call.request, found.to_arrow(), ARROW)
        return reply(call.request, found.to_json())

    return await run_sync(drawn, limiter=call.service.drawing)


@router.get("/comparison", response_model=ComparisonAnswer, responses=_ERRORS)
async def show_comparison(
    call: Call,
    session_id: str,
    laps: Annotated[
        str, Query(pattern=r"^[0-9]{1,9}(,[0-9]{1,9}){0,11}$", description="Numbers, with commas.")
    ],
    reference: _Lap = None,
    max_points: _Points = 1000,
) -> Response:
    """Compare laps along the way: delta, corners, sectors."""
    numbers = [int(number) for number in laps.split(",")]

    def compared() -> Response:
        found = series.compare(
            call.service.analyst, call.pipeline, owned_id(call, session_id), laps=numbers,
            reference=reference, max_points=max_points,
        )  # fmt: skip
        return reply(call.request, ComparisonAnswer(**found.to_dict()))

    return await run_sync(compared, limiter=call.service.comparing)
