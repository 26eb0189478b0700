"""Whom a spec asks besides its model, a teacher or a judge: one form for each kind of engine."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails

from harness.config.engines import FAKE, LOCAL, TEACHING
from harness.config.section import MOST_TOKENS, Section
from harness.store.secret import strings

_KEYS = ("key", "token", "auth")
_PARTS_OF_KEYS = ("apikey", "accesskey", "accesstoken", "authorization", "bearer", "credential",
                  "password", "privatekey", "secret")  # fmt: skip
_PORT = "must name a host, and a port from 1 to 65535 or none"
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")

if TYPE_CHECKING:  # a type checker cannot follow a table
    LocalEngine = str
    FakeEngine = str
else:
    LocalEngine = Literal[LOCAL]
    FakeEngine = Literal[FAKE]


class _Form(Section):
    """One form; `needs` says what it cannot do without."""

    needs: ClassVar[str] = ""


class TemplateTeacher(_Form):
    """The suite's own templates: embedded, without a model or a network."""

    engine: Literal["template"] = "template"


class ApiTeacher(_Form):
    """Any OpenAI-compatible address.

    `address` is the part before `/chat/completions`, `model` the name that it knows. `key_env`
    names the environment variable that holds the key; the key itself stands nowhere. `extra` joins
    the body of each request.
    """

    needs: ClassVar[str] = "an address and a model"
    engine: Literal["api"]
    model: str = Field(min_length=1)
    address: str
    key_env: str | None = None
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=1024, ge=1, le=MOST_TOKENS)
    extra: dict[str, Any] = Field(default_factory=dict)

    @field_validator("key_env", mode="before")
    @classmethod
    def _names_a_variable(cls, value: object) -> object:
        return variable_name(value)

    @field_validator("extra")
    @classmethod
    def _holds_no_key(cls, extra: dict[str, Any]) -> dict[str, Any]:
        return plain_extra(extra)

    @field_validator("address")
    @classmethod
    def _is_plain(cls, address: str) -> str:
        return plain_address(address)


class ApiJudge(ApiTeacher):
    """Greedy, where nothing is said."""

    temperature: float = Field(default=0.0, ge=0, le=2)


class LocalTeacher(_Form):
    """A model on this machine, answering greedily. `model` is its folder."""

    needs: ClassVar[str] = "a model: a folder, or builtin:tiny-qwen2"
    engine: LocalEngine
    model: str = Field(min_length=1)
    max_tokens: int = Field(default=1024, ge=1, le=MOST_TOKENS)
    max_length: int = Field(default=4096, ge=16, le=MOST_TOKENS)
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"

    @model_validator(mode="after")
    def _leaves_room(self) -> LocalTeacher:
        if self.max_tokens >= self.max_length:
            raise ValueError(no_room(self.max_tokens, self.max_length))
        return self


class FakeTeacher(_Form):
    """No model: `skill` is the share of right answers."""

    engine: FakeEngine
    skill: float = Field(default=1.0, ge=0, le=1)


TEACHERS = (TemplateTeacher, ApiTeacher, LocalTeacher, FakeTeacher)
JUDGES = (TemplateTeacher, ApiJudge, LocalTeacher, FakeTeacher)
Forms = Sequence[type[_Form]]


def _read_judge(written: object) -> object:
    judge = _read(JUDGES, written)
    if isinstance(judge, TemplateTeacher):
        raise ValueError("engine template knows references only: it cannot judge")
    return judge


def _read(forms: Forms, written: object) -> object:
    """Read the form of the engine that is named; an engine's name alone will do.

    A spec of an old run folder says what other forms hold, too: it passes where it says nothing.

    Raises:
        ValidationError: there is no such engine, or it has no such field.
        ValueError: a field that it needs is missing.
    """
    said = {"engine": written} if isinstance(written, str) else written
    if not isinstance(said, dict):  # read already; or no mapping, as pydantic says
        return said if isinstance(said, _Form) else TemplateTeacher.model_validate(said)
    engine = said.get("engine", "template")
    form = _form(engine, forms)
    if form is None:
        raise _wrong("engine", engine, "literal_error", expected=f"{TEACHING}")
    own, unsaid = form.model_fields, _unsaid(forms)
    for name in (name for name in said if name not in own):
        if name not in unsaid:
            raise _wrong(name, said[name], "extra_forbidden")
        if said[name] != unsaid[name]:
            owners = ", ".join(e for f in forms if name in f.model_fields for e in _engines(f))
            problem = ValueError(f"means nothing to engine {engine}: it belongs to {owners}")
            raise _wrong(name, said[name], "value_error", error=problem)
    if any(said.get(name) is None for name, field in own.items() if field.is_required()):
        raise ValueError(f"engine {engine} needs {form.needs}")
    return form.model_validate({name: value for name, value in said.items() if name in own})


def still_said(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """What a teacher or a judge still says where one of another engine is laid over it."""
    form = _form(above.get("engine"), TEACHERS)
    if form in (None, _form(below.get("engine"), TEACHERS)):
        return below
    foreign = _unsaid(TEACHERS).keys() - form.model_fields.keys()
    return {name: value for name, value in below.items() if name not in foreign}


def _form(engine: object, forms: Forms) -> type[_Form] | None:
    return next((form for form in forms if engine in _engines(form)), None)


def _unsaid(forms: Forms) -> dict[str, Any]:
    """The fields of all forms, as where nothing is said."""
    fields = {name: field for form in forms for name, field in form.model_fields.items()}
    needed = {name: None for name, field in fields.items() if field.is_required()}
    return {n: f.get_default(call_default_factory=True) for n, f in fields.items()} | needed


def _engines(form: type[_Form]) -> tuple[str, ...]:
    return get_args(form.model_fields["engine"].annotation)


def _wrong(field: str, value: object, kind: str, **context: object) -> ValidationError:
    error = InitErrorDetails(type=kind, loc=(field,), input=value, ctx=context)
    return ValidationError.from_exception_data("teacher", [error])


def in_key(forms: Forms, section: _Form) -> dict[str, Any]:
    """What of a section counts towards a key: its own fields, and those that it leaves unsaid."""
    return {**_unsaid(forms), **section.model_dump(mode="json")}


Teacher = Annotated[
    TemplateTeacher | ApiTeacher | LocalTeacher | FakeTeacher,
    BeforeValidator(partial(_read, TEACHERS)),
]
Judge = Annotated[ApiJudge | LocalTeacher | FakeTeacher, BeforeValidator(_read_judge)]


def variable_name(value: object) -> object:
    """A field that names the environment variable of a key.

    Raises:
        ValueError: it is no name of one.
    """
    # The value is never shown: what stands here by mistake is most likely the key itself.
    if value is not None and not (isinstance(value, str) and VARIABLE.fullmatch(value)):
        raise ValueError("must be the name of an environment variable, never the key itself")
    return value


def plain_extra(extra: dict[str, Any]) -> dict[str, Any]:
    """What joins the body of each request.

    Raises:
        ValueError: it holds a key, a field that is not the user's to set, or what is no JSON.
    """
    for where, _ in strings(extra):
        if _is_key(where[-1]):
            name = ".".join(where)
            raise ValueError(f"{name}: no key stands in a spec: name its variable in key_env")
    for name in extra:
        if name in ("messages", "stream"):
            raise ValueError(f"{name}: is not yours to set")
    _refuse_no_json(extra, "")
    return extra


def plain_address(address: str) -> str:
    """An address that holds no secret, without the part that Podium adds.

    Raises:
        ValueError: it is none.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:  # said without any of the address, for it may hold a key
        raise ValueError(_PORT) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no user, password, query or fragment: keys go by key_env")
    if port == 0:  # one that is too large is refused by itself
        raise ValueError(_PORT)
    return address.rstrip("/").removesuffix("/chat/completions")


def _is_key(field: str) -> bool:
    """Whether a field is called as one that holds a key."""
    name = re.sub("[^a-z]", "", field.lower())
    return name in _KEYS or any(part in name for part in _PARTS_OF_KEYS)


def _refuse_no_json(value: object, where: str) -> None:
    """Refuse what the body of a request cannot hold.

    Raises:
        ValueError: a number is not finite, or a key is no text.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where}: must be a finite number")
    items = value.items() if isinstance(value, dict) else ()
    for key, item in items:
        if not isinstance(key, str):
            raise ValueError(f"{where}: the key {key!r} must be text, in quotes")
        _refuse_no_json(item, f"{where}.{key}" if where else key)
    for number, item in enumerate(value if isinstance(value, list) else ()):
        _refuse_no_json(item, f"{where}[{number}]")


def no_room(max_tokens: int, max_length: int) -> str:
    """Why no question can be answered where an answer alone may take all the room."""
    return (
        f"max_tokens {max_tokens} leaves no room for a question in max_length {max_length}, which "
        "bounds both together"
    )
