"""Each alert as one POST of a JSON document."""

from __future__ import annotations

import json
import time
from threading import Thread
from typing import TYPE_CHECKING

from lakekit.domain.alert import Alert, document
from lakekit.ports.telemetry import Alerts
from lakekit_webhook.options import Options

if TYPE_CHECKING:
    from requests import PreparedRequest, Session

PATIENCE = 2.0
"""Seconds for a connection, and for an answer to begin."""
LIMIT = 5.0
"""Seconds for one alert, with all that `PATIENCE` does not bound: looking up the name, an answer that drips."""
BUDGET = 10.0
"""Seconds that all alerts of a run may take; no other is begun after them."""

_AGAIN = (429, 500, 502, 503, 504)
"""What a receiver answers when it may take the alert the second time."""


class WebhookAlerts(Alerts):
    """An alert has arrived when the receiver answers 2xx. It is sent once more where no connection came about, or the
    receiver says that it could not; never after an answer that did not come, as the receiver may have taken it. A
    redirection is not followed: it could lead the token elsewhere."""

    def __init__(self, options: Options) -> None:
        self._url = options.url
        self._token = options.token
        self._spent = 0.0

    def send(self, alert: Alert) -> str:
        """Post one alert, and wait for the answer `LIMIT` seconds at most."""
        if self._spent >= BUDGET:
            return "not tried, as earlier alerts took too long"
        began = time.monotonic()
        session, body, told = _session(), json.dumps(document(alert)).encode(), list[str]()
        # A thread of a pool would keep the process from ending while it waits.
        thread = Thread(target=lambda: told.append(self._post(session, body)), name="lakekit-alert", daemon=True)
        thread.start()
        thread.join(LIMIT)
        self._spent += time.monotonic() - began
        return told[0] if told else f"no answer within {LIMIT:g} seconds"

    def _post(self, session: Session, body: bytes) -> str:
        try:
            with session:
                answer = session.post(
                    self._url,
                    data=body,
                    headers={"Content-Type": "application/json"},
                    auth=self._signed,
                    timeout=PATIENCE,
                    allow_redirects=False,
                    stream=True,  # nobody reads the answer's body, however long it is
                )
                return "" if 200 <= answer.status_code < 300 else f"the receiver answers {answer.status_code}"
        except Exception as error:  # noqa: BLE001  # requests lets some of urllib3's through
            return type(error).__name__  # its text has the address

    def _signed(self, request: PreparedRequest) -> PreparedRequest:
        """As `auth`, even where there is no token: without one, requests sends what ~/.netrc says of the host."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}".encode()
        return request


def _session() -> Session:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3 import Retry

    again = Retry(
        total=1,
        read=False,
        redirect=False,
        other=0,
        status_forcelist=_AGAIN,
        allowed_methods=None,
        respect_retry_after_header=False,
        raise_on_status=False,
    )
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=again))
    session.mount("http://", HTTPAdapter(max_retries=again))
    return session
