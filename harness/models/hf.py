"""transformers, one padded batch at a time: slower than vLLM, and everywhere."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from harness.core import Model, Output, Sample
from harness.errors import InputError, RunError
from harness.models import Engine, EngineRequest
from harness.models.adapter import check_adapter
from harness.models.chat import load_tokenizer, most_tokens, prompt_or_error
from harness.models.decoding import apart
from harness.models.ends import cut_at_end, cut_at_stop, end_tokens, special_stops, stops
from harness.models.foreign import told
from harness.models.generation import write
from harness.models.hardware import device_name, release_memory
from harness.models.likelihood import Row, chosen, scorable
from harness.models.loading import check_model, load_network
from harness.models.quiet import quiet

BATCH = 32
# Logits of one pass over candidates: rows x tokens x vocabulary, at most so many.
_LOGITS = 2**28
# What to lower where it runs out.
_MEMORY = "generate.max_tokens, or shorten the questions"


def open_engine(request: EngineRequest) -> HfEngine:
    """Load the base.

    Raises:
        InputError: the folder is no model that transformers can load.
    """
    if request.base is None:
        raise InputError("engine hf needs a base model")
    check_model(request.base)
    with quiet():
        return _load(request.base, request)


def _load(base: Path, request: EngineRequest) -> HfEngine:
    import torch

    tokenizer = load_tokenizer(base)  # quicker than the weights, so what is wrong is told sooner
    dtype = "auto" if request.dtype == "auto" else getattr(torch, request.dtype)
    network = load_network(base, dtype)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with told(f"{base}: cannot be moved to {device}", RunError, memory="model.dtype to bfloat16"):
        network = network.to(device)
    return HfEngine(network.eval(), tokenizer, end_tokens(base, tokenizer), request)


def over(network: Any, base: Path, request: EngineRequest) -> HfEngine:
    """An engine over a network that is loaded already, such as a base in 4 bits.

    Raises:
        InputError: the tokenizer of its folder cannot be read.
    """
    tokenizer = load_tokenizer(base)
    return HfEngine(network.eval(), tokenizer, end_tokens(base, tokenizer), request)


@dataclass
class HfEngine(Engine):
    """A loaded base, wrapped by peft once an adapter is asked for."""

    network: Any
    tokenizer: Any
    ends: tuple[int, ...]
    request: EngineRequest

    def __exit__(self, *error: object) -> None:
        self.network = None
        release_memory()

    def model(self, adapter: Path | None = None) -> Model:
        """The base, or the base with an adapter."""
        return HfModel(self, adapter)

    @contextmanager
    def active(self, adapter: Path | None) -> Iterator[Any]:
        """The network with exactly this adapter active; the bare base for `None`."""
        from peft import PeftModel

        wrapped = isinstance(self.network, PeftModel)
        if adapter is None:
            with self.network.disable_adapter() if wrapped else nullcontext():
                yield self.network
            return
        name = f"adapter{list(self.request.adapters).index(adapter)}"
        if not wrapped or name not in self.network.peft_config:
            check_adapter(adapter)
        with told(f"{adapter}: peft cannot load it", InputError, reading=True):
            if not wrapped:
                self.network = PeftModel.from_pretrained(self.network, adapter, adapter_name=name)
            elif name not in self.network.peft_config:
                self.network.load_adapter(adapter, adapter_name=name)
            self.network.set_adapter(name)
        yield self.network.eval()

    def signature(self) -> dict[str, str]:
        """Engine, version, device and mode."""
        import torch
        import transformers

        return {
            "engine": f"transformers {transformers.__version__}",
            "device": device_name(),
            "mode": "eager",
            "torch": str(torch.__version__),
        }


@dataclass(frozen=True, slots=True)
class HfModel:
    """One base or adapter."""

    engine: HfEngine
    adapter: Path | None

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Answer in batches of the given order; a lone sample is timed."""
        waiting = iter(samples)
        size = BATCH // 2 if self.engine.request.less else BATCH
        while batch := list(itertools.islice(waiting, size)):
            alone = len(batch) == 1
            written = self._written([s for s in batch if not s.candidates], alone=alone)
            chosen = self._chosen([s for s in batch if s.candidates], alone=alone)
            yield from (next(chosen if sample.candidates else written) for sample in batch)

    def _written(self, samples: Sequence[Sample], *, alone: bool) -> Iterator[Output]:
        began = time.perf_counter()  # template and tokenizer are part of the wait
        watch = FirstToken()
        request = self.engine.request
        prompts = [prompt_or_error(self.engine.tokenizer, sample, request) for sample in samples]
        askable = [
            (sample, prompt)
            for sample, prompt in zip(samples, prompts, strict=True)
            if isinstance(prompt, list)
        ]
        answers = self._batch([s for s, _ in askable], [p for _, p in askable], watch)
        for error in (None if isinstance(prompt, list) else prompt for prompt in prompts):
            answer = next(answers) if error is None else error
            yield watch.timed(answer, began) if alone and error is None else answer

    def _batch(
        self, samples: Sequence[Sample], prompts: Sequence[list[int]], watch: FirstToken
    ) -> Iterator[Output]:
        import torch

        if not samples:
            return
        ids, mask = self._padded(prompts, behind=False)
        most = [most_tokens(sample, self.engine.request) for sample in samples]
        ends = _Ends(self.engine.tokenizer, ids.shape[1], list(map(self._stops, samples)), most)
        with (
            torch.inference_mode(),
            self.engine.active(self.adapter) as network,
            told("transformers could not answer", RunError, memory=_MEMORY),
        ):
            settings = {
                "max_new_tokens": max(most), "eos_token_id": list(self.engine.ends),
                "pad_token_id": self._pad(), **self._sampling(samples[0].draw),
            }  # fmt: skip
            full = write(
                network, ids, mask, settings, stopping_criteria=[ends], logits_processor=[watch]
            )
        for sample, prompt, row, length in zip(samples, prompts, full, ends.lengths, strict=True):
            answer = row[ids.shape[1] :].tolist()
            yield self._output(sample, len(prompt), answer[:length])

    def _sampling(self, draw: int) -> dict[str, Any]:
        """How the next batch is drawn; its seed is set anew, so that a batch draws the same."""
        import torch

        how = self.engine.request.decoding
        if how.temperature == 0:
            return {"do_sample": False}
        torch.manual_seed((how.seed or 0) + draw)
        return {
            "do_sample": True, "temperature": how.temperature, "top_p": how.top_p,
            "top_k": how.top_k or 0,
        }  # fmt: skip

    def _chosen(self, samples: Sequence[Sample], *, alone: bool) -> Iterator[Output]:
        """The likeliest candidate of each sample, all of them scored together."""
        began = time.perf_counter()
        tokenizer, limit = self.engine.tokenizer, self.engine.request.max_length
        asked = [scorable(tokenizer, sample, limit) for sample in samples]
        rows = [row for found in asked if isinstance(found, list) for row in found]
        with told("transformers could not score candidates", RunError, memory=_MEMORY):
            scores = map(Row.weighed, rows, *self._scored([row.ids for row in rows]))
        for sample, found in zip(samples, asked, strict=True):
            if not isinstance(found, list):
                yield found
                continue
            own = list(itertools.islice(scores, len(found)))
            took = time.perf_counter() - began if alone else None
            yield chosen(sample, own, sum(len(row.ids) for row in found), took)

    def logprobs(self, rows: Sequence[Sequence[int]]) -> list[list[float]]:
        """The log-likelihood of each token after the first."""
        return self._scored(rows)[0]

    def _scored(self, rows: Sequence[Sequence[int]]) -> tuple[list[list[float]], list[list[bool]]]:
        """The log-likelihood of each token after the first, and whether it is the likeliest one.

        Rows of like length share a pass.
        """
        import torch

        found: list[list[float]] = [[] for _ in rows]
        greedy: list[list[bool]] = [[] for _ in rows]
        waiting = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        if not rows:
            return found, greedy
        with torch.inference_mode(), self.engine.active(self.adapter) as network:
            vocabulary = int(network.config.get_text_config().vocab_size)
            while waiting:
                cells = len(rows[waiting[-1]]) * vocabulary
                size = max(1, min(BATCH, _LOGITS // cells))
                waiting, places = waiting[:-size], waiting[-size:]
                told_of = self._logprobs(network, [rows[i] for i in places])
                for place, (logprobs, top) in zip(places, told_of, strict=True):
                    found[place], greedy[place] = logprobs, top
        return found, greedy

    def _logprobs(
        self, network: Any, rows: Sequence[Sequence[int]]
    ) -> Iterator[tuple[list[float], list[bool]]]:
        """One pass; what pads a row stands behind it, where no token of it can look."""
        ids, mask = (t.to(network.device) for t in self._padded(rows, behind=True))
        logits = network(input_ids=ids, attention_mask=mask, use_cache=False).logits
        for place, row in enumerate(rows):
            # One row at a time: in float32 all of them would take as much memory again.
            logprobs = logits[place, : len(row) - 1].float().log_softmax(-1)
            own = ids[place, 1 : len(row)]
            told = logprobs.gather(-1, own[:, None]).squeeze(-1)
            yield told.tolist(), (logprobs.argmax(-1) == own).tolist()

    def _pad(self) -> int:
        tokenizer = self.engine.tokenizer
        pad = tokenizer.pad_token_id
        return int(tokenizer.eos_token_id if pad is None else pad)

    def _padded(self, rows: Sequence[Sequence[int]], *, behind: bool) -> tuple[Any, Any]:
        """Ids and attention mask of shape (batch, longest row), padded behind or before."""
        import torch

        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), self._pad(), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for place, row in enumerate(rows):
            start = 0 if behind else longest - len(row)
            ids[place, start : start + len(row)] = torch.tensor(list(row))
            mask[place, start : start + len(row)] = 1
        return ids, mask

    def _output(self, sample: Sample, prompt: int, answer: list[int]) -> Output:
        stop = self._stops(sample)
        answer, ended = cut_at_end(answer, (*self.engine.ends, *stop.tokens))
        said = answer[:-1] if ended else answer  # not every end token counts as special
        text = self.engine.tokenizer.decode(said, skip_special_tokens=True)
        text, stopped = cut_at_stop(text, stop.strings)
        reason: Literal["stop", "length"] = "stop" if ended or stopped else "length"
        output = Output(sample.id, text, reason, prompt, len(answer))
        return apart(output, thinking=bool(self.engine.request.decoding.thinking))

    def _stops(self, sample: Sample) -> _Stops:
        strings = stops(sample, self.engine.request.decoding)
        return _Stops(strings, special_stops(self.engine.tokenizer, strings))


class _Stops(NamedTuple):
    """What ends an answer besides the model's own end tokens."""

    strings: tuple[str, ...]
    tokens: tuple[int, ...]


class _Ends:
    """Ends each row of a batch at its own stop strings and number of tokens.

    Args:
        tokenizer: of the model.
        begin: where answers begin, in tokens.
        stop: what ends each row.
        most: most tokens of each row's answer.
    """

    def __init__(
        self, tokenizer: Any, begin: int, stop: Sequence[_Stops], most: Sequence[int]
    ) -> None:
        self.tokenizer, self.begin, self.stop = tokenizer, begin, stop
        # How many tokens each row's answer has, once it has ended here; else as many as it may.
        self.lengths = list(most)

    def __call__(self, ids: Any, scores: Any, **_: Any) -> Any:  # noqa: ARG002 - torch tensors
        """Whether each row has ended, of shape (batch,)."""
        import torch

        length = ids.shape[1] - self.begin
        for place, stop in enumerate(self.stop):
            if length < self.lengths[place] and self._stopped(ids[place], stop):
                self.lengths[place] = length
        return torch.tensor([length >= most for most in self.lengths], device=ids.device)

    def _stopped(self, row: Any, stop: _Stops) -> bool:
        """Whether a row, prompt and answer, has just come to what ends it."""
        if stop.tokens and int(row[-1]) in stop.tokens:
            return True
        if not stop.strings:
            return False
        # A string as long as n characters lies within its last n tokens and a few before.
        begin = max(self.begin, len(row) - max(map(len, stop.strings)) - 8)
        text = self.tokenizer.decode(row[begin:], skip_special_tokens=True)
        return any(string in text for string in stop.strings)


@dataclass
class FirstToken:
    """A logits processor that changes nothing and notes when the first scores were there."""

    at: float | None = None

    def timed(self, output: Output, began: float) -> Output:
        """An answer that has just come, with its times since it was asked, in seconds."""
        ttft = None if self.at is None else self.at - began
        return replace(output, e2e_s=time.perf_counter() - began, ttft_s=ttft)

    def __call__(self, input_ids: Any, scores: Any) -> Any:  # noqa: ARG002 - torch tensors
        """Note the time of the first call."""
        if self.at is None:
            self.at = time.perf_counter()
        return scores
