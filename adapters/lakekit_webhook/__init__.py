"""Alerts to an address that takes JSON by HTTP, behind the `Alerts` port."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit_webhook.alerts import WebhookAlerts


@hookimpl
def lakekit_providers() -> Iterable[Provider]:
    """The one adapter of this package."""
    return [Provider(Port.ALERTS, "webhook", _make, modules=("requests",), extra="webhook")]


def _make(context: Context) -> WebhookAlerts:
    from lakekit_webhook.alerts import WebhookAlerts
    from lakekit_webhook.options import read_options

    return WebhookAlerts(read_options(context))
