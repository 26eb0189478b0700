"""One request and what comes back, over `requests`; the only place that knows the key.

Every text that leaves here is scrubbed, and no foreign error gets past.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.errors import UsageError
from harness.models.response_cache import Reply
from harness.store.secret import Scrubber, Secret

from .charset import text_of
from .complaint import Complaint, read_complaint
from .deadline import Line, Watch
from .events import FirstToken, is_over
from .failure import Caller, Failure
from .reply import NoReply, read_reply
from .text import load, one_line
from .timing import http_date, retry_after_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import PreparedRequest, Response

    from .connection import Adapter

CHAT, PLAIN = "chat/completions", "completions"
_CONNECT_S = 10.0
_PIECE = 65_536
_LONGEST_BODY = 32 * 2**20
# Of a stream of events, this much tells whether it is over.
_END = 64
# How long to wait for the end of a body whose last event has come.
_REST_S = 0.05


@dataclass(frozen=True, slots=True)
class _Came:
    """What came back; `kind` is its content type, `cut` why its body is not whole.

    `took_s` is when all of it had come, and `first_s` when the first token of a stream had, both in
    seconds since the request was sent.
    """

    status: int
    kind: str
    body: bytes
    cut: str
    retry_after_s: float | None
    took_s: float
    first_s: float | None = None


class Exchange:
    """Posts to one address, from any number of threads, each with a connection of its own.

    Proxies and certificates are those of the environment, except that this machine is never asked
    through a proxy; a netrc file does not count.

    Args:
        address: the part before `/chat/completions`, or `/completions` for plain text.
        key: sent with each request; `None` for none.
        key_env: the variable that it came from.
        timeout_s: how long an exchange may take, from the request to the last byte.

    Raises:
        UsageError: the address is none.
    """

    def __init__(
        self, address: str, key: Secret | None, key_env: str | None, timeout_s: float
    ) -> None:
        import requests

        url = f"{address.rstrip('/')}/"
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.reveal()}"
        try:
            self._chat, self._plain = (
                requests.Request("POST", url + path, headers).prepare() for path in (CHAT, PLAIN)
            )
            self._listing = requests.Request("GET", f"{url}models", headers).prepare()
        except requests.RequestException as error:
            raise UsageError(f"{address}: no address that can be asked: {error}") from None
        self._caller = Caller(urlsplit(url).netloc, key_env)
        self._scrubber = Scrubber([] if key is None else [key])
        self._timeout_s = timeout_s
        self._watch = Watch(timeout_s)
        with requests.Session() as session:
            settings = session.merge_environment_settings(url, {}, True, None, None)
        self._ways: dict[str, Any] = dict(settings)
        if is_loopback(urlsplit(url).hostname or ""):
            self._ways["proxies"] = {}
        self._local = threading.local()
        self._opened: set[tuple[Adapter, Line]] = set()

    def post(self, body: bytes, digest: str, *, plain: bool = False) -> Reply | Failure:
        """Send a request and wait for its reply.

        Args:
            body: JSON.
            digest: a provider that knows `Idempotency-Key` never bills it twice.
            plain: whether it is plain text to go on from, and no conversation.
        """
        began = time.perf_counter()
        came = self._send(self._request(self._plain if plain else self._chat, body, digest), began)
        if isinstance(came, Failure):
            return came
        read = self._read(came)
        if isinstance(read, Reply):
            return replace(read, e2e_s=came.took_s, ttft_s=came.first_s)
        return read

    def models(self) -> list[str] | Failure:
        """The names of the models that the address lists; none where it lists nothing of the kind.

        See https://platform.openai.com/docs/api-reference/models/list.
        """
        came = self._send(self._listing.copy(), time.perf_counter())
        if isinstance(came, Failure):
            return came
        if came.status >= 300:
            failed = self._read(came)
            return failed if isinstance(failed, Failure) else []
        listed = load(text_of(came.body, came.kind))
        rows = listed.get("data") if isinstance(listed, dict) else None
        rows = rows if isinstance(rows, list) else []
        named = [row.get("id") for row in rows if isinstance(row, dict)]
        return [name for name in named if isinstance(name, str) and name]

    def close(self) -> None:
        """Close this thread's connection."""
        connection: tuple[Adapter, Line] | None = getattr(self._local, "connection", None)
        if connection is not None:
            _close(connection)
            self._opened.discard(connection)
            del self._local.connection

    def close_all(self) -> None:
        """Close the connections of all threads, none of which may ask any more."""
        while self._opened:
            _close(self._opened.pop())

    def _send(self, request: PreparedRequest, began: float) -> _Came | Failure:
        """Send a request and take what comes back, as long as it may take."""
        adapter, line = self._connection()
        self._watch.begin(line)
        try:
            with adapter.send(
                request, timeout=(min(_CONNECT_S, self._timeout_s), self._timeout_s), **self._ways
            ) as response:
                return self._came(response, line, began)
        except _foreign() as error:
            return self._unanswered(error, line)
        finally:
            self._watch.end(line)
            if line.broken:
                self.close()

    def _connection(self) -> tuple[Adapter, Line]:
        connection: tuple[Adapter, Line] | None = getattr(self._local, "connection", None)
        if connection is None:
            from .connection import Adapter

            line = Line()
            connection = self._local.connection = (Adapter(line), line)
            self._opened.add(connection)
        return connection

    def _request(self, template: PreparedRequest, body: bytes, digest: str) -> PreparedRequest:
        request = template.copy()
        request.headers["Idempotency-Key"] = digest
        request.prepare_body(body, None)
        return request

    def _came(self, response: Response, line: Line, began: float) -> _Came:
        status, kind = response.status_code, str(response.headers.get("Content-Type", ""))
        # A redirect is not followed, whatever it says.
        first = FirstToken(began)
        body, cut = (b"", "") if 300 <= status < 400 else self._body(response, kind, line, first)
        took_s = time.perf_counter() - began
        if "event-stream" in kind and not cut:
            _read_out(response)
        return _Came(status, kind, body, cut, _retry_after_s(response), took_s, first.at_s)

    def _read(self, came: _Came) -> Reply | Failure:
        if 300 <= came.status < 400:
            return self._caller.redirected(came.status)
        if came.status >= 400:
            complaint = read_complaint(text_of(came.body, came.kind), self._scrubber)
            return self._caller.refused(came.status, complaint, came.retry_after_s)
        said = read_reply(came.body, self._scrubber, came.kind)
        if came.cut and not (isinstance(said, Reply) and "event-stream" in came.kind):
            said = NoReply("cut", came.cut)
        if isinstance(said, Complaint):
            return self._caller.complained(said, came.retry_after_s)
        return self._caller.unread(said) if isinstance(said, NoReply) else said

    def _body(
        self, response: Response, kind: str, line: Line, first: FirstToken
    ) -> tuple[bytes, str]:
        """The body as far as it came, and why it is not whole."""
        pieces: list[bytes] = []
        size = 0
        try:
            for piece in _pieces(response, kind):
                pieces.append(piece)
                if "event-stream" in kind:
                    first.hear(piece)
                size += len(piece)
                if size > _LONGEST_BODY:
                    return b"".join(pieces), f"the reply is longer than {_LONGEST_BODY:,} bytes"
        except _foreign():
            took = f"the reply took longer than {self._timeout_s:g} s"
            return b"".join(pieces), took if line.broken else "the reply is cut short"
        late = line.broken and f"the reply took longer than {self._timeout_s:g} s"
        return b"".join(pieces), late or ""

    def _unanswered(self, error: Exception, line: Line) -> Failure:
        import requests
        from urllib3.exceptions import NewConnectionError

        host = self._caller.host
        if line.broken:
            return Failure("slow", f"{host} gives no answer within {self._timeout_s:g} s")
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


def _close(connection: tuple[Adapter, Line]) -> None:
    adapter, line = connection
    adapter.close()
    line.closed()


def _pieces(response: Response, kind: str) -> Iterator[bytes]:
    """The body as it comes; a stream of events up to the last of them, for it may stay open."""
    if "event-stream" not in kind:
        yield from response.iter_content(_PIECE)
        return
    end = b""
    while piece := response.raw.read1(_PIECE, decode_content=True):
        yield piece
        end = (end + piece)[-_END:]
        if is_over(end.decode("utf-8", "replace")):
            return


def _read_out(response: Response) -> None:
    """Read what follows the last event of a stream, which is nothing but the mark of its end.

    Only then can its connection be used again: else each question of a timing would open one, and
    over TLS that takes longer than many a first token. One that stays open is given up.
    """
    line = getattr(response.raw.connection, "sock", None)
    if line is None:
        return
    line.settimeout(_REST_S)
    with suppress(*_foreign()):
        response.raw.read1(_PIECE, decode_content=True)


def _foreign() -> tuple[type[Exception], ...]:
    """What the libraries below raise for anything that the other side may do."""
    from http.client import HTTPException

    from urllib3.exceptions import HTTPError

    return (OSError, ValueError, HTTPException, HTTPError, ArithmeticError, LookupError,
            AttributeError, EOFError)  # fmt: skip


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
