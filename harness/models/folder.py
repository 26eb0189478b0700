"""A model folder: what must be in it before any engine is started, and what must not.

Everything here reads names, small JSON files and the headers of weights: no heavy package is
loaded, so a plan can say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.models.settings import check_settings, read_object
from harness.models.tensors import check_safetensors
from harness.store.files import list_files

# What an engine reads of a model folder; a card or a licence beside it decides nothing.
MODEL_FILES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken")
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
# Any of them is a vocabulary that a tokenizer can be made of.
_VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt", "*.model", "*.tiktoken")
_LAYER = re.compile(r"(?:^|\.)(?:layers|h|blocks)\.(\d{1,6})\.")
_SHOWN = 3  # names in a sentence


def check_model_folder(folder: Path, *, code_unread: bool = False) -> None:
    """Refuse a folder that is no whole model, or that would run a stranger's code.

    Weights load from safetensors only; pickles, Python files and `auto_map` are refused, and so is
    whatever an index or a link leads to outside the folder.

    Args:
        folder: the model.
        code_unread: whether Python files and `auto_map` may lie there, for no engine loads the
            folder itself, but what is made of its weights; see `harness.models.native`.

    Raises:
        InputError: one sentence saying what is missing or refused.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such model folder")
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder}: not a model folder: config.json is missing")
    _check_links(folder)
    config = check_settings(folder, code_unread=code_unread)
    code = sorted(path.name for path in folder.glob("*.py"))
    if code and not code_unread:
        raise InputError(f"{folder}: holds code ({code[0]}), which is never run: remove it")
    if (folder / "adapter_config.json").exists():
        raise InputError(
            f"{folder}: holds an adapter (adapter_config.json), which would change the model "
            "unseen: merge it into its base, or move it away"
        )
    headers = {path: check_safetensors(path) for path in weight_files(folder)}
    _check_index(folder, headers)
    _check_layers(folder, config, {name for header in headers.values() for name in header})
    if not any(path.is_file() for pattern in _VOCABULARIES for path in folder.glob(pattern)):
        raise InputError(f"{folder}: no tokenizer: tokenizer.json is missing")


def weight_files(folder: Path) -> list[Path]:
    """The files that hold a model's weights, in order: every engine reads the same ones.

    Raises:
        InputError: there are none, or it is not said which of several count.
    """
    single, there = folder / WEIGHTS, sorted(folder.glob("*.safetensors"))
    if (folder / INDEX).exists():
        named = sorted({folder / name for name in read_index(folder).values()})
        if single.exists() and named != [single]:
            raise InputError(
                f"{folder}: holds {WEIGHTS} and an index of other files, so engines would not "
                "read the same weights: remove one of them"
            )
        return named
    if not there:
        pickled = [p.name for p in sorted(folder.iterdir()) if p.suffix in PICKLES]
        found = f" ({', '.join(pickled)} is refused: a pickle can run code)" if pickled else ""
        raise InputError(f"{folder}: no weights: *.safetensors is missing{found}")
    if single not in there:
        raise InputError(
            f"{folder}: {there[0].name} is no {WEIGHTS}, and {INDEX}, which names such files, is "
            "missing"
        )
    if len(there) > 1:
        other = next(path.name for path in there if path != single)
        raise InputError(
            f"{folder}: {other} lies beside {WEIGHTS}, so engines would not read the same "
            "weights: move it away"
        )
    return [single]


def read_index(folder: Path) -> dict[str, str]:
    """The file of each tensor, by name, as the index says.

    Raises:
        InputError: it is no index, or names what is no safetensors file of this folder.
    """
    path = folder / INDEX
    files = read_object(path).get("weight_map")
    if not isinstance(files, dict) or not files:
        raise InputError(f"{path}: its weight_map names no tensors")
    for tensor, name in files.items():
        if not isinstance(name, str) or Path(name).name != name or name.startswith("."):
            raise InputError(f"{path}: {tensor} lies in {name!r}, which is outside the folder")
        if not name.endswith(".safetensors"):
            raise InputError(f"{path}: {tensor} lies in {name}, which is no safetensors file")
    missing = sorted({name for name in files.values() if not (folder / name).is_file()})
    if missing:
        raise InputError(f"{path}: names {few(missing)}, which is missing")
    return files


def _check_index(folder: Path, headers: Mapping[Path, Mapping[str, Any]]) -> None:
    """Refuse an index whose tensors do not lie where it says."""
    if not (folder / INDEX).exists():
        return
    files = read_index(folder)
    lost = sorted(name for name, file in files.items() if name not in headers[folder / file])
    if lost:
        raise InputError(
            f"{folder / INDEX}: {few(lost)} is not in the file that it names: the weights are "
            "not whole"
        )


def _check_layers(folder: Path, config: Mapping[str, Any], names: set[str]) -> None:
    """Refuse weights without a single tensor of some layer, which would be drawn at random."""
    layers = _count(config, ("num_hidden_layers", "n_layer", "num_layers"))
    there = {int(found[1]) for name in names for found in [_LAYER.search(name)] if found}
    if layers is None or not there:
        return  # the loader's own report decides
    lost = [str(number) for number in range(layers) if number not in there]
    if lost:
        raise InputError(
            f"{folder}: the weights hold nothing of layer {few(lost)} of {layers} that "
            "config.json has"
        )


def _count(config: Mapping[str, Any], fields: tuple[str, ...]) -> int | None:
    text = config.get("text_config")
    places = [text, config] if isinstance(text, dict) else [config]
    found = (place.get(field) for place in places for field in fields)
    return next((value for value in found if isinstance(value, int)), None)


def few(names: Sequence[str]) -> str:
    """Some of the names, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _check_links(folder: Path) -> None:
    """Refuse files that a link leads to from outside: they could change unseen.

    The cache of a hub keeps its files in `blobs` beside the snapshots that link to them.
    """
    home = folder.resolve()
    allowed = [home]
    if home.parent.name == "snapshots":
        allowed.append(home.parent.parent / "blobs")
    for path in _read_by_engines(folder):
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise InputError(f"{path}: leads nowhere") from error
        if not any(real.is_relative_to(place) for place in allowed):
            raise InputError(f"{path}: is a link that leads out of the model folder: copy it")


def _read_by_engines(folder: Path) -> Iterator[Path]:
    for name in list_files(folder):
        if any(Path(name).match(pattern) for pattern in MODEL_FILES):
            yield folder / name
