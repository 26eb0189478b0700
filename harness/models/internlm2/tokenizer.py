"""A fast tokenizer out of InternLM2's sentencepiece model, compared with sentencepiece itself.

Sentencepiece's BPE joins, again and again, the two neighbours whose joint piece has the best score;
the tokenizers package joins the pair of the lowest rank. Pairs ranked by the scores of what they
make give the same tokens. Special tokens stand in `tokenizer_config.json` by their numbers, under
which sentencepiece has placeholders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError, need
from harness.models.foreign import told
from harness.models.settings import read_object

MODEL = "tokenizer.model"
CONFIG = "tokenizer_config.json"
_LARGEST = 64 * 2**20  # bytes; InternLM2's has 1.5 MB
# Kinds of pieces in sentencepiece's file format.
_NORMAL, _UNKNOWN, _CONTROL, _OWN, _UNUSED = 1, 2, 3, 4, 5
_BPE = 2
_SPACE = "▁"
_SPECIAL = ("unk_token", "bos_token", "eos_token", "pad_token")
_DEFAULTS = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "</s>"}
# Texts on which both must agree: two languages, digits, all kinds of white space, rare characters.
PROBES = (
    "K1234次列车几点开车？", "07:25 开，候车厅 3，检票口 12A。", "How many? It's 99.5%!",
    "—…“”《》", " 前后有空格 ", "a  b   c", "\n", "一\n\n二\r\n\t三", "", " ", "\uff11\uff12\uff21",
    "àéîöü ñ ß", "🚄🚉👍🏽", "ꙮ𠮷龘", '{"a": [1, 2]}\n', "x" * 40, "答案：" * 10, "0000123456789",
    "\u00a0\u3000\u200b",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pieces:
    """A sentencepiece model as its file says it: each piece with its score and kind, by number."""

    names: tuple[str, ...]
    scores: tuple[float, ...]
    kinds: tuple[int, ...]
    unknown: str
    bytes_for_rare: bool
    space_before: bool
    charsmap: bytes


def convert_tokenizer(source: Path) -> tuple[str, dict[str, Any]]:
    """The text of `tokenizer.json`, and the content of `tokenizer_config.json`.

    Raises:
        InputError: the sentencepiece model cannot be read, is of another kind, or the tokenizer
            made of it disagrees with it.
        MissingDependency: sentencepiece is not installed.
    """
    settings = _settings(source)
    pieces, processor = _read(source / MODEL)
    added = _added(source, settings, pieces)
    tokenizer = _build(source / MODEL, pieces, added, settings)
    check_equal(source / MODEL, processor, tokenizer)
    return str(tokenizer.to_str(pretty=False)), _configuration(settings)


def _settings(source: Path) -> dict[str, Any]:
    """`tokenizer_config.json`, and what the authors' class fills in."""
    path = source / CONFIG
    settings = {**_DEFAULTS, **(read_object(path) if path.is_file() else {})}
    for name in _SPECIAL:
        token = settings[name]
        settings[name] = token.get("content") if isinstance(token, dict) else token
    return settings


def _configuration(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What transformers and vLLM need besides `tokenizer.json`."""
    kept = (*_SPECIAL, "additional_special_tokens", "chat_template", "model_max_length")
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        **{name: settings[name] for name in kept if settings.get(name) is not None},
    }


def _read(path: Path) -> tuple[Pieces, Any]:
    """The pieces, and sentencepiece's own tokenizer of them."""
    if not path.is_file():
        raise InputError(f"{path}: is missing, so no tokenizer can be made")
    if path.stat().st_size > _LARGEST:
        raise InputError(f"{path}: is larger than {_LARGEST // 2**20} MB")
    sentencepiece = need("sentencepiece", "train")
    data = path.read_bytes()
    with told(f"{path}: sentencepiece cannot read it", InputError, reading=True):
        processor = sentencepiece.SentencePieceProcessor(model_proto=data)
    proto = parse(data)  # sentencepiece itself has read it
    _check(path, proto)
    return Pieces(
        names=tuple(piece.piece for piece in proto.pieces),
        scores=tuple(piece.score for piece in proto.pieces),
        kinds=tuple(piece.type for piece in proto.pieces),
        unknown=proto.trainer_spec.unk_piece,
        bytes_for_rare=proto.trainer_spec.byte_fallback,
        space_before=proto.normalizer_spec.add_dummy_prefix,
        charsmap=proto.normalizer_spec.precompiled_charsmap,
    ), processor


def parse(data: bytes) -> Any:
    """A sentencepiece model as the message that its file is: pieces and settings."""
    from sentencepiece import sentencepiece_model_pb2 as messages

    return messages.ModelProto.FromString(data)


def _check(path: Path, proto: Any) -> None:
    """Refuse what the tokenizer made of it would do otherwise."""
    normal = proto.normalizer_spec
    for wrong, what in (
        (proto.trainer_spec.model_type != _BPE, "is no BPE model"),
        (normal.remove_extra_whitespaces, "takes white space away"),
        (not normal.escape_whitespaces, "does not mark spaces"),
        (proto.trainer_spec.treat_whitespace_as_suffix, "marks spaces behind words"),
        (_passes_unused(proto.pieces), "joins pieces that it does not use"),
    ):
        if wrong:
            raise InputError(f"{path}: {what}, which InternLM2's does not, so it is not converted")


def _passes_unused(pieces: Any) -> bool:
    """Whether two pieces make an unused one, which sentencepiece takes apart again in the end."""
    joined = {piece.piece for piece in pieces if piece.type in (_NORMAL, _UNUSED)}
    return any(
        name[:at] in joined and name[at:] in joined
        for name in (piece.piece for piece in pieces if piece.type == _UNUSED)
        for at in range(1, len(name))
    )


def _added(source: Path, settings: Mapping[str, Any], pieces: Pieces) -> dict[int, str]:
    """Special tokens that the settings write over placeholders, or add behind them, by number."""
    listed = settings.get("added_tokens_decoder")
    found: dict[int, str] = {}
    if isinstance(listed, dict):
        for number, token in listed.items():
            content = token.get("content") if isinstance(token, dict) else None
            if not str(number).isdecimal() or not isinstance(content, str) or not content:
                raise InputError(f"{source / CONFIG}: added_tokens_decoder is damaged at {number}")
            found[int(number)] = content
    elif (source / "added_tokens.json").is_file():
        content = read_object(source / "added_tokens.json")
        found = {number: name for name, number in content.items() if isinstance(number, int)}
    behind = sorted(number for number in found if number >= len(pieces.names))
    if behind != list(range(len(pieces.names), len(pieces.names) + len(behind))):
        raise InputError(f"{source / CONFIG}: token {behind[0]} leaves a gap behind {MODEL}")
    return found


def _build(
    path: Path, pieces: Pieces, added: Mapping[int, str], settings: Mapping[str, Any]
) -> Any:
    """The fast tokenizer."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    every = {**dict(enumerate(pieces.names)), **added}
    if len(set(every.values())) != len(every):
        raise InputError(f"{path}: two tokens have one name")
    vocabulary = {every[number]: number for number in range(len(pieces.names))}
    tokenizer = Tokenizer(
        models.BPE(
            vocabulary, list(merges(pieces, added)), unk_token=every[pieces.kinds.index(_UNKNOWN)],
            fuse_unk=True, byte_fallback=pieces.bytes_for_rare,
        )
    )  # fmt: skip
    before = [normalizers.Prepend(_SPACE)] if pieces.space_before else []
    folded = [normalizers.Precompiled(pieces.charsmap)] if pieces.charsmap else []
    marks = normalizers.Replace(" ", _SPACE)
    tokenizer.normalizer = normalizers.Sequence([*folded, *before, marks])
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace(_SPACE, " "), decoders.ByteFallback(), decoders.Fuse(),
            decoders.Strip(content=" ", left=1),
        ]
    )  # fmt: skip
    _add(path, tokenizer, every, pieces, added)
    _frame(tokenizer, settings)
    return tokenizer


def _add(
    path: Path, tokenizer: Any, every: Mapping[int, str], pieces: Pieces, added: Mapping[int, str]
) -> None:
    """Tell the tokens that are never cut: special ones, and those that sentencepiece was given."""
    from tokenizers import AddedToken

    kinds = enumerate(pieces.kinds)
    whole = {number: kind != _OWN for number, kind in kinds if kind in (_UNKNOWN, _CONTROL, _OWN)}
    whole |= dict.fromkeys(added, True)
    for number, special in sorted(whole.items()):
        name = every[number]
        tokenizer.add_tokens([AddedToken(name, normalized=False, special=special)])
        if tokenizer.token_to_id(name) != number:
            raise InputError(f"{path}: {name!r} cannot be token {number}")


def _frame(tokenizer: Any, settings: Mapping[str, Any]) -> None:
    """What stands around a text that is no conversation: its beginning, and its end if so set."""
    from tokenizers import processors

    begin = [settings["bos_token"]] if settings.get("add_bos_token", True) else []
    end = [settings["eos_token"]] if settings.get("add_eos_token", False) else []
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[*begin, "$A", *end],
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in {*begin, *end}],
    )


def merges(pieces: Pieces, added: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    """The pairs that BPE joins, the best score of what they make first; equal scores in order.

    Args:
        pieces: the sentencepiece model.
        added: tokens that stand in the place of pieces, which nothing is joined to.
    """
    kinds = enumerate(pieces.kinds)
    joined = [number for number, kind in kinds if kind == _NORMAL and number not in added]
    known = {pieces.names[number]: number for number in joined}
    for number in sorted(joined, key=lambda n: (-pieces.scores[n], n)):
        name = pieces.names[number]
        halves = ((name[:at], name[at:]) for at in range(1, len(name)))
        pairs = [(a, b) for a, b in halves if a in known and b in known]
        yield from sorted(pairs, key=lambda pair: (known[pair[0]], known[pair[1]]))


def check_equal(path: Path, processor: Any, tokenizer: Any, texts: Sequence[str] = PROBES) -> None:
    """Refuse a tokenizer that gives other tokens than sentencepiece.

    Raises:
        InputError: it names the first text on which they differ.
    """
    for text in texts:
        theirs = list(processor.encode(text))
        ours = tokenizer.encode(text, add_special_tokens=False).ids
        if ours != theirs:
            raise InputError(
                f"{path}: the tokenizer made of it reads {text!r} otherwise than sentencepiece: "
                "this model is not converted"
            )
