"""The prompts are the public ones: the names of the public files are digests of what is in them."""

from __future__ import annotations

import hashlib

import pytest

from suites.fewclue.prompts import LAYOUTS, TASKS, Asked, Layout, digest, fill

# Suffix of the public prompt file, and what its two data sets print as their version.
PUBLIC: dict[str, tuple[Asked | Layout, str]] = {
    "634f41": (TASKS["bustm"], "5cc669"),
    "f97a97": (TASKS["ocnli_fc"], "51e956"),
    "e53034": (LAYOUTS["e53034"], "96c0e0"),
    "4b16c0": (LAYOUTS["4b16c0"], "f7242e"),
    "9ef540": (LAYOUTS["9ef540"], "912bec"),
    "c08300": (LAYOUTS["c08300"], "98dd6e"),
    "9e8b3d": (LAYOUTS["9e8b3d"], "ef69e7"),
}


@pytest.mark.parametrize("suffix", PUBLIC)
def test_every_character_is_the_public_one(suffix: str) -> None:
    asked, version = PUBLIC[suffix]
    one = digest(asked)
    both = hashlib.sha256(f"{one},{one}".encode()).hexdigest()
    assert (both[:6], one[:6]) == (suffix, version)


def test_the_tutorial_prints_this_version() -> None:
    assert digest(TASKS["ocnli_fc"])[:6] == "51e956"


def test_sentences_stand_as_they_are() -> None:
    odd = "  “{0}” %s \\n大学要实现“双一流 "
    filled = fill("{sentence1}|{sentence2}|{other}", odd, "")
    assert filled == f"{odd}||{{other}}"
