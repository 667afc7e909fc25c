"""Whether the server works, and how much it has to do: for those who run it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from chat.assistant import Assistant
from chat.web.errors import error_record, error_response
from chat.web.metrics import Metrics
from chat.web.openapi import TOKEN_WANTED
from chat.web.schemas.failures import failures
from chat.web.schemas.library import Alive, Ready
from ingest.errors import WenjinError

PROBE = "问津 Wenjin"  # what is searched for, to see whether searching works


class Plain(Response):
    """Text as Prometheus reads it."""

    media_type = CONTENT_TYPE_LATEST.split(";")[0]


def health_routes(
    assistant: Assistant, metrics: Metrics, check: Callable[[Request], None]
) -> APIRouter:
    """The routes; ``check`` raises what keeps a request from the figures."""
    router = APIRouter(tags=["server"])

    @router.get(
        "/healthz",
        operation_id="health",
        summary="Does the server run? · 存活检查",
        response_model=Alive,
        response_description="It does.",
    )
    async def health() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @router.get(
        "/readyz",
        operation_id="readiness",
        summary="Can it answer? · 就绪检查",
        response_model=Ready,
        response_description="The library can be searched.",
        responses=failures(503),
    )
    def readiness() -> Response:
        """Looks something up in the library, so that what answers is known to work."""
        try:
            assistant.search(PROBE, 1)
        except WenjinError as error:
            return error_response({**error_record(error), "status": 503})
        return JSONResponse({"status": "ready"})

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Figures for Prometheus · 监控指标",
        response_class=Plain,
        response_description="The figures, in Prometheus' format.",
        responses=failures(401, 403),
        openapi_extra=TOKEN_WANTED,
    )
    def figures(request: Request) -> Response:
        """For who asks from the server's own machine, or has the token."""
        check(request)
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router
