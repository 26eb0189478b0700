"""One request and what comes back, over `requests`; the only place that knows the key.

Every text that leaves here is scrubbed, and no foreign error gets past.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.errors import UsageError
from harness.responses import Reply
from harness.secret import Scrubber, Secret

from .failure import Caller, Failure, one_line
from .reply import read_message, read_reply
from .timing import http_date, retry_after_s

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

_CONNECT_S = 10.0
_PIECE = 65_536
_LONGEST_BODY = 32 * 2**20


class Exchange:
    """Posts to one address, from any number of threads, each with a connection of its own.

    Proxies and certificates are those of the environment, except that this machine is never asked
    through a proxy; a netrc file does not count.

    Args:
        address: the part before `/chat/completions`.
        key: sent with each request; `None` for none.
        key_env: the variable that it came from.
        timeout_s: the longest wait for a reply.

    Raises:
        UsageError: the address is none.
    """

    def __init__(
        self, address: str, key: Secret | None, key_env: str | None, timeout_s: float
    ) -> None:
        import requests

        url = f"{address.rstrip('/')}/chat/completions"
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.reveal()}"
        try:
            self._template = requests.Request("POST", url, headers).prepare()
        except requests.RequestException as error:
            raise UsageError(f"{address}: no address that can be asked: {error}") from None
        self._caller = Caller(urlsplit(url).netloc, key_env)
        self._scrubber = Scrubber([] if key is None else [key])
        self._timeout_s = timeout_s
        with requests.Session() as session:
            self._ways = session.merge_environment_settings(url, {}, True, None, None)
        if is_loopback(urlsplit(url).hostname or ""):
            self._ways["proxies"] = {}
        self._local = threading.local()

    def post(self, body: bytes, digest: str) -> Reply | Failure:
        """Send a request and wait for its reply.

        Args:
            body: JSON.
            digest: a provider that knows `Idempotency-Key` never bills it twice.
        """
        import requests

        began = time.monotonic()
        try:
            with self._session().send(
                self._request(body, digest), allow_redirects=False,
                timeout=(min(_CONNECT_S, self._timeout_s), self._timeout_s), **self._ways,
            ) as response:  # fmt: skip
                return self._read(response, began + self._timeout_s)
        except requests.RequestException as error:
            return self._unanswered(error)

    def close(self) -> None:
        """Close this thread's connection."""
        session: Session | None = getattr(self._local, "session", None)
        if session is not None:
            session.close()
            del self._local.session

    def _session(self) -> Session:
        session: Session | None = getattr(self._local, "session", None)
        if session is None:
            import requests
            from requests.adapters import HTTPAdapter

            session = self._local.session = requests.Session()
            session.trust_env = False  # what counts of the environment goes with each request
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=1))
        return session

    def _request(self, body: bytes, digest: str) -> PreparedRequest:
        request = self._template.copy()
        request.headers["Idempotency-Key"] = digest
        request.prepare_body(body, None)
        return request

    def _read(self, response: Response, deadline: float) -> Reply | Failure:
        status = response.status_code
        if 300 <= status < 400:
            return self._caller.redirected(status)
        body, cut = self._body(response, deadline)
        if status >= 400:
            return self._caller.refused(
                status, read_message(body, self._scrubber), _retry_after_s(response)
            )
        reply = cut or read_reply(body, self._scrubber)
        if isinstance(reply, str):
            return Failure("broken", f"{self._caller.host}: {reply}", billed=True)
        return reply

    def _body(self, response: Response, deadline: float) -> tuple[bytes, str]:
        """The body as far as it came, and why it is not whole."""
        import requests

        pieces: list[bytes] = []
        size = 0
        try:
            for piece in response.iter_content(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > _LONGEST_BODY:
                    return b"".join(pieces), f"the reply is longer than {_LONGEST_BODY:,} bytes"
                if time.monotonic() > deadline:
                    return b"".join(pieces), f"the reply took longer than {self._timeout_s:g} s"
        except requests.RequestException:
            return b"".join(pieces), "the reply is cut short"
        return b"".join(pieces), ""

    def _unanswered(self, error: Exception) -> Failure:
        import requests
        from urllib3.exceptions import NewConnectionError

        host = self._caller.host
        if isinstance(error, requests.exceptions.SSLError):
            reason = one_line(self._scrubber.clean(_innermost(error)))
            return Failure("final", reason, error=UsageError(f"{host} has no safe line: {reason}"))
        if isinstance(error, requests.ConnectTimeout):
            return Failure("unreachable", f"{host} cannot be reached within {_CONNECT_S:g} s")
        if isinstance(error, requests.Timeout):
            return Failure("slow", f"{host} gives no answer within {self._timeout_s:g} s")
        reason = one_line(self._scrubber.clean(_innermost(error)))
        cause = getattr(error.args[0], "reason", None) if error.args else None
        if isinstance(error, requests.exceptions.ProxyError) or isinstance(
            cause, NewConnectionError
        ):
            return Failure("unreachable", f"{host} cannot be reached: {reason}")
        return Failure("broken", f"{host} broke off: {reason}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _retry_after_s(response: Response) -> float | None:
    # Against the other side's own clock, where it tells it: ours may be wrong.
    theirs = http_date(response.headers.get("Date", ""))
    now = time.time() if theirs is None else theirs
    return retry_after_s(response.headers.get("Retry-After"), now)


def _innermost(error: BaseException) -> str:
    """What the operating system says, below all that libraries say around it."""
    found = str(error)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            found = cause.strerror
        cause = cause.__cause__ or cause.__context__
    return found
