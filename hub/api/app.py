"""The web application: every router, its errors, its edge and its description."""

from functools import cache
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.api import drills, incidents, tickets
from hub.api.alarms import alarms, figures, suppressions
from hub.api.estate import devices, estates
from hub.api.http import attachments, problems
from hub.api.http.context import BASE, CONTEXT, Context
from hub.api.http.parameters import refuse_unknown
from hub.api.live import console, events, health, live, snapshot, system_alarms
from hub.api.notices import audience, channels, notices, previews
from hub.api.oncall import callouts, handovers, push_subscriptions, rosters
from hub.api.people import household_contacts, households, session, user_access, users
from hub.api.providers import sms, voice
from hub.api.resident import page, repairs
from hub.api.reviews import reports as review_reports
from hub.api.reviews import reviews
from hub.api.rulebook import backtests, parts

_ROUTERS = (
    session,
    snapshot,
    live,
    events,
    alarms,
    suppressions,
    system_alarms,
    incidents,
    tickets,
    reviews,
    review_reports,
    drills,
    attachments,
    notices,
    previews,
    audience,
    channels,
    voice,
    sms,
    callouts,
    push_subscriptions,
    devices,
    estates,
    households,
    household_contacts,
    users,
    user_access,
    rosters,
    handovers,
    parts,
    backtests,
    figures,
    page,
    repairs,
)


def create_app(context: Context) -> ASGIApp:
    """The web application of the hub whose parts are in `context`."""
    routes = application()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope[CONTEXT] = context
        await routes(scope, receive, send)

    return app


@cache
def application() -> FastAPI:
    """Every route with its description, the same for all hubs."""
    app = FastAPI(
        title="Gatehouse",
        version="1",
        description="Alarms, incidents, tickets and notices of residential estates.",
        openapi_url=f"{BASE}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app)
    for module in _ROUTERS:
        app.include_router(module.router, prefix=BASE, dependencies=[Depends(refuse_unknown)])
    app.include_router(health.router)
    app.include_router(console.router)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The description, with our problem bodies where FastAPI writes its own."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = schema["components"]["schemas"]
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        details = problems.ProblemDetails.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        schemas.update(details.pop("$defs"))
        schemas["ProblemDetails"] = details
        for methods in schema["paths"].values():
            for operation in methods.values():
                if "requestBody" in operation:  # a body that is no JSON at all
                    operation["responses"]["400"] = problems.described(400)[400]
        app.openapi_schema = schema
    return app.openapi_schema
