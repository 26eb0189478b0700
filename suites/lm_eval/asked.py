"""lm-eval's requests to samples: a document a sample, whatever is asked of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.core import Candidate, Gold, Message, Sample
from harness.errors import InputError, SpecError, did_you_mean
from harness.models.foreign import told
from suites.lm_eval.tasks import FEWSHOT_SEED, silenced


@dataclass(frozen=True, slots=True)
class Ways:
    """How tasks are asked; see `suites.lm_eval.Options`."""

    num_fewshot: int | None = None
    limit: float | None = None
    metric: str | None = None
    chat: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one task.

    Args:
        samples: one a document, in order.
        docs: the documents.
        metric: the metric that is the score.
        filter: the filter that the answers go through for it.
        shots: how many examples stand before each question.
        chat: whether questions are conversations.
    """

    samples: Sequence[Sample]
    docs: Sequence[Mapping[str, Any]]
    metric: str
    filter: str
    shots: int
    chat: bool

    @property
    def title(self) -> str:
        """The metric and filter as lm-eval names them, and the number of examples."""
        return f"{self.metric},{self.filter}, {self.shots}-shot"


def ask(task: Any, ways: Ways) -> Asked:
    """Have a task build its requests.

    Args:
        task: a `lm_eval.api.task.Task`.
        ways: how it is asked.

    Raises:
        SpecError: the metric is none of the task's.
        InputError: the task is of a kind that cannot be asked.
    """
    name = str(task.task_name)
    _refuse(task, ways)
    metric = _metric(task, ways.metric)
    cannot = f"suite.tasks: {name}: lm-eval cannot build its questions"
    with silenced(), told(cannot, InputError, reading=True):
        shots = _set_shots(task, ways.num_fewshot)
        task.build_all_requests(
            limit=_limit(task, ways.limit), apply_chat_template=ways.chat,
            fewshot_as_multiturn=ways.chat,  # as lm-eval does where nobody says otherwise
            chat_template=_as_json if ways.chat else None,
        )  # fmt: skip
        groups = [list(g) for _, g in itertools.groupby(task.instances, lambda i: i.doc_id)]
        samples = [_sample(task, group, ways) for group in groups]
    docs = [group[0].doc for group in groups]
    return Asked(samples, docs, metric, str(task._filters[0].name), shots, ways.chat)


def teach(task: Any) -> Iterator[Sample]:
    """The task's training documents, where it has any that it does not ask: question and target."""
    config = task.config
    asked = config.test_split if task.has_test_docs() else config.validation_split
    if not task.has_training_docs() or config.training_split == asked:
        return
    with silenced():
        for number, doc in enumerate(task.training_docs()):
            question, target = task.doc_to_text(doc), _target(task, doc)
            if isinstance(question, str) and target:
                yield Sample(
                    id=f"{task.task_name}-train-{number}",
                    messages=(Message("user", question),),
                    gold=Gold("free", target),
                    reference=target,
                    family=str(task.task_name),
                    row=f"{task.task_name}-train-{number}",
                    template="",
                    split="train",
                )


def _refuse(task: Any, ways: Ways) -> None:
    """Refuse what would be asked in another way than lm-eval asks it."""
    from lm_eval.api.task import ConfigurableTask

    name, kind = task.task_name, task.OUTPUT_TYPE
    reasons = {
        "it is written in Python, and no task file": type(task) is not ConfigurableTask,
        "it runs code that a model writes": getattr(task, "UNSAFE_CODE", False),
        "it shows pictures or sound": getattr(task, "MULTIMODAL", False),
        "it scores whole texts (loglikelihood_rolling)": kind == "loglikelihood_rolling",
        f"it asks each question {task.config.repeats} times (repeats), and Podium asks once": (
            task.config.repeats not in (None, 1)
        ),
        "it draws its answers at random (do_sample), and Podium asks once": _draws(task),
        "apply_chat_template is for tasks that write an answer (generate_until)": (
            ways.chat and kind != "generate_until"
        ),
        "apply_chat_template is not for tasks that begin the answer (gen_prefix)": (
            ways.chat and bool(task.config.gen_prefix)
        ),
    }
    reason = next((words for words, applies in reasons.items() if applies), None)
    if reason is not None:
        raise InputError(f"suite.tasks: {name} cannot be asked: {reason}")


def _draws(task: Any) -> bool:
    """Whether a task's answers are drawn, by lm-eval's reading of its generation settings."""
    from lm_eval.models.utils import normalize_gen_kwargs

    settings = task.config.generation_kwargs
    if settings is None:  # it writes nothing
        return False
    with silenced():
        read = normalize_gen_kwargs(dict(settings))
    return bool(read["do_sample"]) and read.get("temperature", 1.0) > 0


def _metric(task: Any, wanted: str | None) -> str:
    """The metric that is the score: a mean over documents of which more is better."""
    from lm_eval.api.metrics import mean

    means = [
        metric for metric, over in task.aggregation().items()
        if over is mean and task.higher_is_better().get(metric, True)
    ]  # fmt: skip
    if wanted is not None and wanted not in means:
        raise SpecError(
            f"suite.metric: task {task.task_name} has no {wanted!r} that is a mean over documents"
            f"{did_you_mean(wanted, means)}"
        )
    if not means:
        others = ", ".join(task.aggregation())
        raise InputError(
            f"suite.tasks: {task.task_name} cannot be ranked: none of its metrics ({others}) is a "
            "mean over documents of which more is better"
        )
    return means[0] if wanted is None else wanted


def _set_shots(task: Any, wanted: int | None) -> int:
    """Set the number of examples as `lm_eval.simple_evaluate` does: a task's own 0 stays."""
    own = task.get_config("num_fewshot")
    if wanted is not None and own != 0:
        own = wanted
    shots = 0 if own is None else int(own)
    task.set_config(key="num_fewshot", value=shots)
    task.set_fewshot_seed(seed=FEWSHOT_SEED)
    return shots


def _limit(task: Any, limit: float | None) -> int | None:
    from lm_eval.evaluator_utils import get_sample_size

    # lm-eval takes 1.0 for one document, and so does Podium.
    wanted: int | None = get_sample_size(task, limit)
    return wanted


def _as_json(turns: Sequence[Mapping[str, str]], **_: Any) -> str:
    """What stands for a chat template: the engine has its model's own."""
    return json.dumps(list(turns), ensure_ascii=False)


def _sample(task: Any, group: Sequence[Any], ways: Ways) -> Sample:
    """A document's sample, from all that is asked of it."""
    first = group[0]
    name, number = str(task.task_name), first.doc_id
    written = first.request_type == "generate_until"
    right = _target(task, first.doc) if written else _label(task, first.doc)
    context = first.args[0]
    return Sample(
        id=f"{name}-{number}",
        messages=_turns(context) if ways.chat else (Message("user", context),),
        gold=Gold("free" if written else "choice", right),
        reference=right,
        family=name,
        row=f"{name}-{number}",
        template="",  # the prompt is part of the benchmark, no draw from many wordings
        split="test",
        candidates=() if written else tuple(_candidates(group)),
        prompt=context if written and not ways.chat else None,
        **(_ending(first.args[1]) if written else {}),
    )


def _turns(context: str) -> tuple[Message, ...]:
    return tuple(Message(turn["role"], turn["content"]) for turn in json.loads(context))


def _candidates(group: Sequence[Any]) -> Iterator[Candidate]:
    for instance in group:
        context, text = instance.args
        yield Candidate(str(instance.idx), text=text, context=context)


def _ending(generation: Mapping[str, Any]) -> dict[str, Any]:
    """Where an answer ends, by lm-eval's reading of a task's generation settings."""
    from lm_eval.models.utils import normalize_gen_kwargs

    read = normalize_gen_kwargs(dict(generation))
    return {"stop": tuple(read["until"]), "max_tokens": int(read["max_gen_toks"])}


def _target(task: Any, doc: Mapping[str, Any]) -> str:
    """The right answer in words, the first where there are several."""
    target = task.doc_to_target(doc)
    target = target[0] if isinstance(target, list) and target else target
    if isinstance(target, int) and task.config.doc_to_choice is not None:
        choices = task.doc_to_choice(doc)
        return str(choices[target]) if 0 <= target < len(choices) else ""
    return str(target)


def _label(task: Any, doc: Mapping[str, Any]) -> str:
    """The label of the right candidate: its place."""
    if task.OUTPUT_TYPE == "loglikelihood":
        return "0"
    gold = task.doc_to_text(doc) if task.multiple_input else task.doc_to_target(doc)
    gold = gold[0] if isinstance(gold, list) and gold else gold
    choices = task.doc_to_choice(doc)
    return str(choices.index(gold)) if gold in choices else str(gold)
