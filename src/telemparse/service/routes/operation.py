"""Routes of operation: health, metrics, the description of the interface."""

from __future__ import annotations

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response  # noqa: TC002  (FastAPI reads the annotations)

from telemparse.service.documents import ErrorAnswer, Healthy
from telemparse.service.problems import Problem
from telemparse.service.replies import JSON

__all__ = ["router"]

router = APIRouter(tags=["operation"])
_DEGRADED = 503


@router.get(
    "/health", response_model=Healthy, responses={503: {"model": Healthy}, 500: {"model": ErrorAnswer}}
)
async def show_health(request: Request) -> Response:
    """Say whether the service can work, and nothing more: anybody may ask."""
    ok = await request.app.state.pulse.ok()
    answer = Healthy(status="ok" if ok else "degraded")
    return Response(answer.model_dump_json(), 200 if ok else _DEGRADED, media_type=JSON)


@router.get("/metrics", include_in_schema=False)
async def show_metrics(request: Request) -> Response:
    """Give the metrics, where the settings serve them."""
    service = request.app.state.service
    metrics = service.pipeline.events.metrics
    if not service.settings.metrics or metrics is None:
        raise Problem("PATH_UNKNOWN")
    import prometheus_client as prometheus

    metrics.measure(await run_sync(service.pipeline.queue.depth))
    return Response(prometheus.generate_latest(metrics.registry), media_type=prometheus.CONTENT_TYPE_LATEST)
