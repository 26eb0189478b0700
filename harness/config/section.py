"""A mapping that people write in YAML: unknown keys are errors, values never change."""

from __future__ import annotations

from typing import get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

# No model is larger: beyond lie slips of the key.
MOST_TOKENS = 10**7


class Section(BaseModel):
    """A part of a spec or a suite file."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, protected_namespaces=(), allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_number_is_a_boolean(cls, value: object, info: ValidationInfo) -> object:
        refuse_boolean(value, cls.model_fields[str(info.field_name)].annotation)
        return value


def refuse_boolean(value: object, annotation: object) -> None:
    """Refuse true where a number is meant: YAML reads `yes` and `on` as true, pydantic takes it.

    Raises:
        ValueError: the value is a boolean, and the annotation does not name `bool`.
    """
    if isinstance(value, bool) and bool not in (annotation, *get_args(annotation)):
        raise ValueError(f"must not be {str(value).lower()}")
