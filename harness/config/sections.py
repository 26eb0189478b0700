"""The sections of a spec: what each may say, checked field by field.

`harness.spec` reads a file into them. Everything counts towards the store's keys, except what sits
under `runtime`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from harness.config.engines import ANSWERING, BASELESS, ENGINES, REMOTE, WEIGHTLESS
from harness.config.section import MOST_TOKENS, Section
from harness.config.teachers import (
    JUDGES,
    TEACHERS,
    Judge,
    Teacher,
    TemplateTeacher,
    in_key,
    plain_address,
    plain_extra,
    variable_name,
)
from harness.core import Paid, Timed

MOST_WEIGHT = 1e6
# Eleven days: no answer is slower.
MOST_SECONDS = 1e6
# Fewer replicates cannot tell how steady times are.
LEAST_REPLICATES = 4
BUILTIN = "builtin:"

# No machine or table is larger: beyond lie slips of the key, and numbers that packages break on in
# ways of their own.
MOST_ROWS = 10**9
MOST_AT_ONCE = 2**16
MOST_SEED = 2**31 - 1
MOST_SAMPLES = 1024
# LoRA bears large batches less well than full fine-tuning does (Schulman et al., "LoRA Without
# Regret", Thinking Machines Lab, 2025); up to 32 rows it loses nothing.
AUTO_ROWS = 32
# More questions than this take longer to answer than a checkpoint's score is worth.
MOST_PROBED = 512

Tracker = Literal["tensorboard", "mlflow", "swanlab", "trackio", "wandb"]

if TYPE_CHECKING:  # a type checker cannot follow a table
    Engine = str
else:
    Engine = Literal[ANSWERING]


class SuiteSection(BaseModel):
    """Which benchmark; its other keys are options of that suite, checked by `chosen_suite`."""

    model_config = ConfigDict(extra="allow", frozen=True)
    name: str = "timetable"


def _or_its_name(field: dict[str, Any]) -> None:
    """A teacher or a judge may be written as its engine's name alone."""
    field["anyOf"].append({"type": "string"})


class Distill(Section):
    """Where training data comes from.

    Programs compute every gold answer. `way` is what the teacher does: `reword` puts question and
    answer into other words, `answer` answers the questions of a row, `ask` invents questions in a
    form that is run as a program. Whatever it returns is checked, and rejected where it is wrong.
    Where a suite comes from texts, `answer` answers its questions, and `extract` finds what the
    speakers of a novel say.

    `samples`: exactly how many rows, all that there are where absent. `quotas`: the share of each
    family; families that are not named share what is left evenly. `phrasings`: how many wordings
    of each question to start from, drawn anew for each; `null` is all that there are.
    `per_request`: most questions in one request; of a novel about as many exchanges, at 150
    characters each.
    `attempts`: how often a rejected question is asked for at most. `prompt`: a file of your own
    instead of the one that ships with Podium.
    """

    teacher: Teacher = Field(default=TemplateTeacher(), json_schema_extra=_or_its_name)
    way: Literal["reword", "answer", "ask", "extract"] = "reword"
    phrasings: int | None = Field(default=12, ge=1, le=MOST_ROWS)
    samples: int | None = Field(default=None, ge=1, le=MOST_ROWS)
    quotas: dict[str, float] = Field(default_factory=dict)
    per_request: int = Field(default=8, ge=1, le=100)
    attempts: int = Field(default=2, ge=1, le=10)
    prompt: Path | None = None
    seed: int = Field(default=0, ge=0, le=MOST_SEED)

    @field_validator("quotas")
    @classmethod
    def _are_shares(cls, quotas: dict[str, float]) -> dict[str, float]:
        for family, share in quotas.items():
            if not 0 <= share <= 1:
                raise ValueError(f"{family}: a share lies between 0 and 1, not {share:g}")
        if sum(quotas.values()) > 1 + 1e-9:
            raise ValueError(f"the shares sum to {sum(quotas.values()):g}, more than 1")
        return quotas

    @model_validator(mode="after")
    def _asks_for_what_there_is(self) -> Distill:
        if self.quotas and self.samples is None:
            raise ValueError("quotas are shares of samples: say how many samples")
        if self.way == "ask" and self.samples is None and self.asks:
            raise ValueError("way ask goes on for ever: say how many samples")
        return self

    @property
    def asks(self) -> bool:
        """Whether anyone is asked: not where the suite's templates are the teacher."""
        return not isinstance(self.teacher, TemplateTeacher)

    def in_key(self) -> dict[str, Any]:
        """What counts towards a key; of a prompt of one's own its content does."""
        teacher = in_key(TEACHERS, self.teacher)
        return {**self.model_dump(mode="json", exclude={"prompt"}), "teacher": teacher}


class Augment(Section):
    """Rows that are added to the accepted ones, each kind as a share of them: 0.2 is a fifth more.

    `frames`: the question in the polite words around it that people use. `synonyms`: other
    spellings of the values that it names. `typos`: slips that a traveller makes. `turns`: a
    second question about the same row, as a follow-up.
    """

    frames: float = Field(default=0.0, ge=0, le=10)
    synonyms: float = Field(default=0.0, ge=0, le=10)
    typos: float = Field(default=0.0, ge=0, le=10)
    turns: float = Field(default=0.0, ge=0, le=10)
    seed: int = Field(default=0, ge=0, le=MOST_SEED)


class Replay(Section):
    """Conversations of one's own file that are learned beside the suite's, against forgetting.

    `file`: in any format that `podium data` reads. `share`: how many, as a share of the accepted
    rows: 0.2 is a fifth more.
    """

    file: Path
    share: float = Field(default=0.2, gt=0, le=10)
    seed: int = Field(default=0, ge=0, le=MOST_SEED)


class Dataset(Section):
    """How accepted rows become training data.

    `deduplicate` drops equal questions; a question with two different answers is an error.
    `near_duplicates`: how alike, from 0 to 1, two wordings of one question may be before the later
    one is dropped; null keeps all. `leak`: how alike a training question may be to a test phrasing,
    values apart, before it is dropped; an equal one always is, and both are counted. With null
    nothing is dropped, as when a tutorial's numbers are to be repeated.
    """

    deduplicate: bool = True
    near_duplicates: float | None = Field(default=0.95, gt=0, le=1)
    leak: float | None = Field(default=0.9, gt=0, le=1)
    augment: Augment = Augment()
    replay: Replay | None = None
    shuffle_seed: int = Field(default=0, ge=0, le=MOST_SEED)


class ModelSection(Section):
    """Which model answers, and in what engine.

    `base`: a folder, or `builtin:tiny-qwen2`. `skill`: share of right answers of the `fake` engine.
    `engine_args`: arguments of vLLM's engine, by its own names. `base_url`, `model`, `key_env` and
    `extra` are whom engine `api` asks: the part of an address before `/chat/completions`, the name
    that it knows the model by, the environment variable that holds the key, and what joins the body
    of each request.
    """

    base: str | None = Field(default=f"{BUILTIN}tiny-qwen2", min_length=1)
    engine: Engine = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    max_length: int = Field(default=1024, ge=16, le=MOST_TOKENS)
    skill: float = Field(default=1.0, ge=0, le=1)
    engine_args: dict[str, Any] = Field(default_factory=dict)
    base_url: str | None = None
    model: str | None = Field(default=None, min_length=1)
    key_env: str | None = None
    extra: dict[str, Any] = Field(default_factory=dict)

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, base_url: str | None) -> str | None:
        return None if base_url is None else plain_address(base_url)

    @field_validator("key_env", mode="before")
    @classmethod
    def _names_a_variable(cls, value: object) -> object:
        return variable_name(value)

    @field_validator("extra")
    @classmethod
    def _holds_no_key(cls, extra: dict[str, Any]) -> dict[str, Any]:
        return plain_extra(extra)

    @model_validator(mode="after")
    def _base_where_needed(self) -> ModelSection:
        if self.base is None and self.engine not in BASELESS:
            raise ValueError(f"engine {self.engine} needs a base model")
        return self

    @model_validator(mode="after")
    def _asks_somebody(self) -> ModelSection:
        """An address where one is asked, and none where weights are loaded."""
        if self.engine in REMOTE:
            if self.base_url is None or self.model is None:
                raise ValueError("engine api needs base_url, an address, and model, its name there")
        elif self.engine not in WEIGHTLESS:  # those ignore what stands at the top of the file
            for name in ("base_url", "model", "key_env", "extra"):
                if getattr(self, name):
                    raise ValueError(f"{name}: means nothing to engine {self.engine}: write "
                                     "engine: api to ask an address")  # fmt: skip
        kind = ENGINES.get(self.engine)
        if self.engine_args and kind is not None and kind.needs_base and not kind.takes_args:
            raise ValueError(
                f"engine_args: are vLLM's, and engine {self.engine} takes none: write engine: "
                "vllm or server, or leave them out"
            )
        return self


class Finetune(Section):
    """LoRA over a base in 16, 8 or 4 bits. `targets` names linear layers, or `all-linear`.

    `method: qlora` is LoRA over a base in 4 bits where `bits` says nothing else; `full` learns all
    weights of a small base, and what is said of LoRA alone does not concern it.
    `dora` learns the length of each column beside its direction; `rslora` scales by alpha/√rank.
    `from` goes on from an earlier adapter's folder, whose rank, alpha and kind must be these.
    `batch_size: auto` is 32 rows a step, of which as many are computed at once as are forecast to
    fit; any batch that does not fit is computed in parts, with the same gradients.
    `warmup`: the share of the steps in which the rate rises, before any `schedule`.
    `cut`: what becomes of rows whose answer would lose its end at `max_length`: the training is
    refused, they are left out and counted, or they are trained as they are.
    `gradient_checkpointing`: computes again rather than keeps, for about a third more time;
    `auto` keeps less than 2 GiB at once: a processor computes a larger batch in parts, and again
    only where one row alone would keep more; a GPU computes all of it again.
    `packing`: rows of a batch stand behind one another without padding, and none sees another;
    it pays where FlashAttention is installed.
    `watch`: how often, evenly over the training, the model is asked: what the suite offers for a
    person to read, and `probe` questions in wordings to develop on, which are judged; 0 is never.
    `keep`: the adapter of the `last` step, or of the `best` of these scores, the later of equals.
    `early_stop`: after how many scores without a gain the training ends; null is never.
    """

    model_config = ConfigDict(serialize_by_alias=True)  # `from` is no name in Python

    method: Literal["lora", "qlora", "full"] = "lora"
    bits: Literal[4, 8, 16] | None = None
    rank: int = Field(default=8, ge=1, le=1024)
    alpha: float = Field(default=16, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: str | tuple[str, ...] = Field(default="all-linear", min_length=1)
    dora: bool = False
    rslora: bool = False
    from_: Path | None = Field(default=None, alias="from")
    lr: float = Field(default=1e-4, gt=0)
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    warmup: float = Field(default=0.03, ge=0, lt=1)
    epochs: float = Field(default=3, gt=0, le=10_000)
    batch_size: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] | Literal["auto"] = 8
    accumulate: int = Field(default=1, ge=1, le=MOST_AT_ONCE)
    packing: bool = False
    max_length: int = Field(default=512, ge=8, le=MOST_TOKENS)
    cut: Literal["refuse", "drop", "keep"] = "refuse"
    weight_decay: float = Field(default=0.0, ge=0, le=1000)
    optimizer: Literal["adamw", "adamw_8bit", "paged_adamw_8bit"] = "adamw"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    attn: Literal["auto", "eager", "sdpa", "flash"] = "auto"
    gradient_checkpointing: bool | Literal["auto"] = "auto"
    watch: int = Field(default=4, ge=0, le=100)
    probe: int = Field(default=32, ge=0, le=MOST_PROBED)
    keep: Literal["last", "best"] = "last"
    early_stop: int | None = Field(default=None, ge=1, le=100)
    seed: int = Field(default=0, ge=0, le=MOST_SEED)

    @model_validator(mode="after")
    def _bits_of_its_method(self) -> Finetune:
        if self.method == "qlora" and self.bits == 16:
            raise ValueError("bits: method qlora is over a base in 4 or 8 bits: write method: lora")
        return self

    @model_validator(mode="after")
    def _is_full_or_an_adapter(self) -> Finetune:
        if self.method != "full":
            return self
        asked = {"bits": self.base_bits < 16, "dora": self.dora, "rslora": self.rslora,
                 "from": self.from_ is not None}  # fmt: skip
        for field, is_asked in asked.items():
            if is_asked:
                raise ValueError(f"{field} is of adapters, and method full trains none")
        return self

    @model_validator(mode="after")
    def _steps_are_bounded(self) -> Finetune:
        if self.batch_size == "auto" and self.accumulate > AUTO_ROWS:
            raise ValueError(
                f"accumulate {self.accumulate}: batch_size auto has {AUTO_ROWS} rows a step at "
                "most: leave accumulate out, or write batch_size as a number"
            )
        return self

    @model_validator(mode="after")
    def _has_a_score(self) -> Finetune:
        if self.watch and self.probe:
            return self
        off = "watch" if not self.watch else "probe"
        if self.keep == "best":
            raise ValueError(f"keep best goes by the score of the probe, and {off} is 0")
        if self.early_stop is not None:
            raise ValueError(f"early_stop goes by the score of the probe, and {off} is 0")
        return self

    @property
    def yields(self) -> Literal["adapter", "model"]:
        """What a training leaves behind, by its folder: an adapter, or a whole model's weights."""
        return "model" if self.method == "full" else "adapter"

    @property
    def base_bits(self) -> int:
        """Bits of a number of the frozen base."""
        if self.bits is not None:
            return self.bits
        return 4 if self.method == "qlora" else 16

    def in_key(self) -> dict[str, Any]:
        """What counts towards a key: an adapter's content does, and its folder's name does not.

        A constant rate that rises first is told from one of old, which did not.
        """
        said = self.model_dump(mode="json", exclude={"from_"})
        rises = self.schedule == "constant" and self.warmup > 0
        return {**said, "schedule": "constant_with_warmup"} if rises else said

    @property
    def rows_at_once(self) -> int:
        """Rows of a batch."""
        return AUTO_ROWS // self.accumulate if self.batch_size == "auto" else self.batch_size


class Generate(Section):
    """How answers are decoded: greedily where nothing is said.

    `temperature` 0 is greedy. `seed` draws the same again where the engine and the batch are the
    same; an address is told it only where it is set. `stop`: texts that end an answer and are no
    part of it. `thinking`: whether the chat template asks for reasoning; absent it is off for
    models of one's own, and as an address has it. `chat_template_kwargs`: further variables of the
    chat template. `samples`: how many answers are drawn to each question; it earns their mean, and
    pass@k and the vote of the majority stand beside the score.
    """

    max_tokens: int = Field(default=64, ge=1, le=MOST_TOKENS)
    temperature: float = Field(default=0.0, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    top_k: int | None = Field(default=None, ge=1, le=MOST_TOKENS)
    seed: int | None = Field(default=None, ge=0, le=MOST_SEED)
    stop: tuple[Annotated[str, Field(min_length=1)], ...] = Field(default=(), max_length=16)
    thinking: bool | None = None
    chat_template_kwargs: dict[str, Any] = Field(default_factory=dict)
    samples: int = Field(default=1, ge=1, le=MOST_SAMPLES)

    @field_validator("chat_template_kwargs")
    @classmethod
    def _are_not_podiums(cls, kwargs: dict[str, Any]) -> dict[str, Any]:
        for name in kwargs:
            if name == "enable_thinking":
                raise ValueError("enable_thinking: write generate.thinking: true or false")
            if name in ("messages", "add_generation_prompt", "tokenize", "conversation"):
                raise ValueError(f"{name}: is Podium's own to set")
        return kwargs

    @model_validator(mode="after")
    def _means_something(self) -> Generate:
        if self.temperature == 0 and (self.top_p < 1 or self.top_k is not None):
            raise ValueError("top_p and top_k mean nothing at temperature 0, which is greedy")
        if self.temperature == 0 and self.samples > 1:
            raise ValueError(
                f"samples: {self.samples} answers would be the same at temperature 0, which is "
                "greedy: write a temperature, such as 0.7, or samples: 1"
            )
        return self

    def decides(self) -> dict[str, Any]:
        """What decides the answers, as a JSON object; `samples` where there are several."""
        return self.model_dump(mode="json", exclude=None if self.samples > 1 else {"samples"})


class Latency(Section):
    """The timed run at concurrency 1: how many test questions, how often, after how many others.

    `replicates` come in pairs, the second of which goes through the entries backwards.
    `reference`: a model that is timed along, in turns with the entries; `score.times: relative`
    goes by it.
    `load`: for information, the same questions arrive by themselves, so often that on average so
    many are under way at once if they take no longer than alone; 0 leaves it out.
    `limit_s`: the end-to-end seconds within which an answer under load counts towards goodput.
    """

    questions: int = Field(default=40, ge=1, le=MOST_ROWS)
    replicates: int = Field(default=LEAST_REPLICATES, ge=LEAST_REPLICATES, le=1000, multiple_of=2)
    warmup: int = Field(default=8, ge=1, le=MOST_ROWS)
    reference: str | None = Field(default=None, min_length=1)
    load: float = Field(default=4.0, ge=0, le=MOST_AT_ONCE)
    limit_s: float = Field(default=1.0, gt=0, le=MOST_SECONDS)
    seed: int = Field(default=0, ge=0, le=MOST_SEED)


class ParitySection(Section):
    """Whether a tuned model is served as it was trained: test questions that each path is asked.

    The adapter on transformers, the adapter on the engine, the merged weights on the engine;
    `parity: null` leaves the check out.
    """

    questions: int = Field(default=24, ge=4, le=1000)
    seed: int = Field(default=0, ge=0, le=MOST_SEED)


class ScoreSection(Section):
    """Changes to the suite's profile. Weights need not sum to one.

    `art`: whose times ART pays for: those of right answers (`correct`), or, to match a score that
    pays for speed by itself, of every answer (`all`).
    `times`: what `t_full` and `t_zero` are compared with: seconds (`absolute`), or how many times
    as long as the model of `latency.reference` an answer took in the same session (`relative`),
    which compares across machines.
    `judge`: the model that open answers are shown to; without one they are judged by rule.
    """

    weights: dict[Literal["AS", "ART", "AE"], float] = Field(default_factory=dict)
    t_full: float | None = Field(default=None, gt=0, le=MOST_SECONDS)
    t_zero: float | None = Field(default=None, gt=0, le=MOST_SECONDS)
    art: Paid | None = None
    times: Timed | None = None
    judge: Judge | None = Field(default=None, json_schema_extra=_or_its_name)

    @model_validator(mode="after")
    def _means_something(self) -> ScoreSection:
        for part, weight in self.weights.items():
            if weight < 0:
                raise ValueError(f"weights.{part} is {weight:g}: a weight cannot be negative")
            if weight > MOST_WEIGHT:
                raise ValueError(f"weights.{part} is {weight:g}: more than {MOST_WEIGHT:g}")
        if len(self.weights) == 3 and not any(self.weights.values()):
            raise ValueError("weights are all 0: a total needs at least one")
        if self.t_full is not None and self.t_zero is not None and self.t_full >= self.t_zero:
            raise ValueError(f"t_full {self.t_full:g} must be less than t_zero {self.t_zero:g}")
        return self

    def in_key(self) -> dict[str, Any]:
        """What counts towards a key."""
        judge = None if self.judge is None else in_key(JUDGES, self.judge)
        return {**self.model_dump(mode="json"), "judge": judge}


class Budget(Section):
    """What one distillation may use up, over all its attempts; it stops cleanly and goes on later.

    Prices are money for a million tokens, in whatever currency `money` is meant.
    """

    calls: int | None = Field(default=None, ge=1)
    tokens: int | None = Field(default=None, ge=1)
    money: float | None = Field(default=None, gt=0)
    prompt_price: float = Field(default=0.0, ge=0)
    output_price: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _can_be_counted(self) -> Budget:
        if self.money is not None and not (self.prompt_price or self.output_price):
            raise ValueError("money cannot be counted without prompt_price or output_price")
        return self


class Runtime(Section):
    """What changes no result: folders, memory, batch shape, pace. Not part of any key.

    `runs` is relative to where Podium is started, unlike the paths of other sections.
    `memory_gib`: vLLM's cache on a processor, where VLLM_CPU_KVCACHE_SPACE does not set it.
    `concurrency` is the most requests at once to a teacher's address, `timeout_s` the longest wait
    for one. `track`: a tool of one's own that is told the loss and the score as a model is trained.
    """

    runs: Path = Path("runs")
    memory_gib: float = Field(default=1.0, gt=0, le=10_000)
    gpu_share: float = Field(default=0.85, gt=0, le=1)
    batch: int = Field(default=256, ge=1, le=MOST_AT_ONCE)
    checkpoints: int = Field(
        default=8, ge=1, le=1000, description="checkpoints during a training run"
    )
    track: Tracker | None = None
    concurrency: int = Field(default=32, ge=1, le=1024)
    timeout_s: float = Field(default=120.0, gt=0, le=86_400)
    budget: Budget = Budget()
