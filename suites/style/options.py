"""What a spec may say of this suite, and whether it can be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.errors import SpecError
from harness.rows.opening import check_files

HERE = Path(__file__).parent
SLOT = "{style}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a spec may say under `suite:`, besides `name`.

    Args:
        data: rows of `user`, `style` and `assistant`: csv, tsv, xlsx, json, jsonl or parquet.
        styles: the styles that there are; rows of another one are left out.
        split: `grouped` keeps all rows of a user line in one part; `ungrouped` draws row by row,
            as the tutorial does, so that test lines are trained on too. To train on those all the
            same, say `dataset: {leak: null}`.
        prompt: `bare` is the user line alone, and the model chooses the style; `asked` names the
            style in a system turn.
        ask: what that turn says; `{style}` stands for the style.
        seed: of the split and of what is watched.
    """

    data: Path = HERE / "data" / "chats.csv"
    styles: tuple[str, ...] = ("温柔", "毒舌")
    split: Literal["grouped", "ungrouped"] = "grouped"
    prompt: Literal["bare", "asked"] = "bare"
    ask: str = "用“{style}”的风格回复：第一行只写风格，第二行起写回复。"
    seed: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The styles as they are written in replies."""
        return tuple(style.strip() for style in self.styles)


def check(options: Options) -> None:
    """Check options before anything runs; see `Benchmark.check`."""
    check_files(inputs(options))
    names = [style_key(style) for style in options.styles]
    if not names or not all(names):
        raise SpecError("styles: name at least one style, and none that is empty")
    if len(set(names)) < len(names):
        raise SpecError(f"styles: two of {', '.join(options.styles)} are one style")
    if any("\n" in style.strip() for style in options.styles):
        raise SpecError("styles: a style stands on one line")
    if SLOT not in options.ask:
        raise SpecError(f"ask: must say {SLOT} where the style goes")
    if options.seed < 0:
        raise SpecError(f"seed: {options.seed} is below 0")


def inputs(options: Options) -> dict[str, Path]:
    """The files whose contents decide the questions."""
    return {"data": options.data}


def style_key(name: str) -> str:
    """What two spellings of one style share: width, case and blanks around it do not count."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
