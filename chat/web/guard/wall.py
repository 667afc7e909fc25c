"""All that stands before the routes, put together."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware

from chat.settings import Settings
from chat.web.guard.bodies import Bodies
from chat.web.guard.changing import check_changes_set
from chat.web.guard.headers import SecurityHeaders
from chat.web.guard.origins import Hosts, Origins, is_local, listed_origins
from chat.web.guard.rates import Rates

TOLD = ("Retry-After", "WWW-Authenticate", "X-Request-ID")  # headers that listed sites may read
REMEMBER = 600  # seconds that a browser needn't ask again whether it may ask


def add_guard(app: Starlette, settings: Settings) -> None:
    """Have nobody reach the routes of ``app`` but who may. Paths must come without a prefix.

    Raises SettingError for settings that would leave it open.
    """
    listed = listed_origins(settings.origins)
    check_changes_set(settings)
    # From the inside outwards.
    app.add_middleware(Bodies)
    if settings.questions_per_minute:
        app.add_middleware(Rates, questions=settings.questions_per_minute, listed=listed)
    app.add_middleware(
        CORSMiddleware,  # without any site, too: then Gradio adds none of its own
        allow_origins=sorted(listed),
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=TOLD,
        max_age=REMEMBER,
    )
    app.add_middleware(Origins, listed=listed)
    if is_local(settings.host):
        app.add_middleware(Hosts, listed=listed)
    app.add_middleware(SecurityHeaders)
