"""Lengths that nobody wrote give way to a model with fewer positions; written ones are refused."""

from __future__ import annotations

from harness.config.section import Section
from harness.config.teachers import no_room
from harness.errors import InputError, SpecError
from harness.models.positions import positions
from harness.models.settings import read_object
from harness.spec import Spec

_FIELD = "max_length"


def fitted(spec: Spec) -> tuple[Spec, tuple[str, ...]]:
    """A spec whose default lengths fit its base, and a sentence for each that gave way.

    What was written stays, for others to refuse; so does everything where the base is not on this
    machine or says nothing of positions.

    Raises:
        SpecError: the model has too few positions for `generate.max_tokens`.
    """
    most = _positions(spec)
    if most is None:
        return spec, ()
    sections: dict[str, Section | None] = {"model": spec.model, "finetune": spec.finetune}
    told = []
    for name, section in sections.items():
        if section is None or not _gives_way(section, most):
            continue
        default = getattr(section, _FIELD)
        spec = spec.model_copy(update={name: section.model_copy(update={_FIELD: most})})
        told.append(
            f"{name}.{_FIELD} is {most:,}, as many as the model has positions, and not {default:,},"
            " the default"
        )
    if told and spec.generate.max_tokens >= most:
        raise SpecError(f"{spec.name}: generate.{no_room(spec.generate.max_tokens, most)}")
    return spec, tuple(told)


def _gives_way(section: Section, most: int) -> bool:
    return getattr(section, _FIELD) > most and _FIELD not in section.model_fields_set


def _positions(spec: Spec) -> int | None:
    """Positions of the base, as its `config.json` has them; what is wrong with it is told later."""
    base = spec.base_path
    try:
        return None if base is None else positions(read_object(base / "config.json"))
    except InputError:
        return None
