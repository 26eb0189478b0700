"""The ledger of a sweep: an Optuna study, in a file beside the runs or in a shared database.

What a trial is about is written in one step and before it begins, so a kill loses no more than
work that the store has not finished; the next process takes up whose owner is gone.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from harness.errors import InputError, RunError, need
from harness.store.diff import differences
from harness.store.files import make_folder
from harness.store.processes import started
from harness.store.secret import scrubbed
from harness.sweep.given import as_given
from harness.sweep.request import Request
from harness.sweep.suggest import calm
from harness.sweep.trials import Evaluation

if TYPE_CHECKING:
    from optuna.storages import RDBStorage
    from optuna.study import Study
    from optuna.trial import FrozenTrial, Trial

FILE = "study.sqlite3"
# Raised when what is kept of a trial, or how the next is chosen, changes.
FORMAT = 1
# An owner on another machine that has not been heard of for so long is gone.
_SILENT_S = 300.0
_BEAT_S = 30.0
_TRIES = 2
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A trial as the ledger has it.

    Args:
        number: from 0.
        state: `running`, `complete`, `pruned` or `fail`, as Optuna has them.
        batch: with which it was chosen.
        labels: its recipe; `None` before it was chosen.
        rounds: what was found, round by round.
        violations: by constraint, how far beyond it is.
        owner: who is at it.
        beat: when that was last heard of, in seconds since 1970.
    """

    number: int
    state: str
    batch: str
    labels: Mapping[str, Any] | None
    rounds: Sequence[Evaluation]
    violations: Mapping[str, float]
    owner: Mapping[str, Any]
    beat: float

    @property
    def is_finished(self) -> bool:
        """Whether nothing more is done about it."""
        return self.state != "running"

    @property
    def last(self) -> Evaluation:
        """What was found in its last round."""
        return self.rounds[-1] if self.rounds else Evaluation()

    @property
    def is_whole(self) -> bool:
        """Whether it was trained for all of its epochs."""
        return self.state == "complete"

    @property
    def keeps_to(self) -> bool:
        """Whether it keeps to every constraint."""
        return all(value <= 0 for value in self.violations.values())


class Ledger:
    """All that is known of the trials of a sweep.

    Args:
        study: Optuna's.
        where: the database, as errors name it.
        shared: whether other machines may have it open.
    """

    def __init__(self, study: Study, where: str, *, shared: bool) -> None:
        self.study, self.where, self.shared = study, where, shared
        self.me = {"host": os.uname().nodename, "pid": os.getpid(), "started": started(os.getpid())}

    def trials(self) -> list[Kept]:
        """Every trial, in order."""
        with reaching(self.where):
            return [_kept(trial) for trial in self.study.get_trials(deepcopy=False)]

    def claim(self, batch: str) -> int:
        """Begin a trial of a batch; return its number."""
        from optuna.trial import TrialState, create_trial

        token = uuid.uuid4().hex
        about = {"batch": batch, "owner": self.me, "token": token, "beat": time.time()}
        with reaching(self.where):
            self.study.add_trial(create_trial(state=TrialState.RUNNING, user_attrs=about))
            found = self.study.get_trials(deepcopy=False)
        return next(one.number for one in found if one.user_attrs.get("token") == token)

    def adopt(self, numbers: Sequence[int]) -> None:
        """Take over trials whose owner is gone."""
        for number in numbers:
            self._note(number, "owner", self.me)
            self._note(number, "beat", time.time())

    @contextmanager
    def at_it(self, numbers: Sequence[int]) -> Iterator[None]:
        """Say now and then that somebody is at these trials, to those who share the study."""
        if not self.shared:
            yield
            return
        done = threading.Event()

        def beat() -> None:
            while not done.wait(_BEAT_S):
                with suppress(RunError):  # who writes results learns what is wrong
                    for number in numbers:
                        self._note(number, "beat", time.time())

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def choose(self, number: int, labels: Mapping[str, Any], request: Request) -> None:
        """Write down the recipe of a trial: first as a whole, then field by field for Optuna."""
        self._note(number, "labels", dict(labels))
        with self._writing(labels):
            trial = self._trial(number)
            for axis in request.space.axes:
                if axis.key in labels and axis.key not in trial.params:
                    axis.suggest(trial)

    def note_round(self, number: int, at: int, found: Evaluation) -> None:
        """Write down what was found of a trial in a round."""
        with self._writing():
            trial = self._trial(number)
            trial.set_user_attr(f"round-{at}", found.as_json())
            if found.value is not None:
                trial.report(found.value, at)

    def finish(
        self, number: int, state: str, value: float | None, violations: Mapping[str, float]
    ) -> None:
        """End a trial as `complete`, `pruned` or `fail`; one that somebody ended stays so."""
        import optuna

        with self._writing():
            trial = self._trial(number)
            for key, beyond in violations.items():
                if key not in trial.constraints:
                    trial.set_constraint(key, beyond)
            ending = optuna.trial.TrialState[state.upper()]
            values = value if state == "complete" else None
            self.study.tell(number, values, ending, skip_if_finished=True)

    def is_left(self, one: Kept) -> bool:
        """Whether the owner of a trial is gone."""
        if one.owner.get("host") == self.me["host"]:
            pid, begun = one.owner.get("pid"), one.owner.get("started")
            return not isinstance(pid, int) or started(pid) != begun
        return time.time() - one.beat > _SILENT_S

    @contextmanager
    def _writing(self, labels: Mapping[str, Any] = MappingProxyType({})) -> Iterator[None]:
        """Write of a trial; what somebody else has ended meanwhile stays as it is."""
        from optuna.exceptions import UpdateFinishedTrialError

        ended = suppress(UpdateFinishedTrialError)
        with reaching(self.where), as_given(self.study, labels), calm(), ended:
            yield

    def _trial(self, number: int) -> Trial:
        from optuna.trial import Trial

        frozen = self.study.get_trials(deepcopy=False)[number]
        return Trial(self.study, frozen._trial_id)

    def _note(self, number: int, key: str, value: object) -> None:
        with self._writing():
            self._trial(number).set_user_attr(key, value)


def _kept(trial: FrozenTrial) -> Kept:
    attrs = trial.user_attrs
    rounds: list[Evaluation] = []
    while (found := attrs.get(f"round-{len(rounds)}")) is not None:
        rounds.append(Evaluation(**found))
    return Kept(
        number=trial.number,
        state=trial.state.name.lower(),
        batch=str(attrs.get("batch", "")),
        labels=attrs.get("labels"),
        rounds=rounds,
        violations=dict(trial.constraints),
        owner=attrs.get("owner") or {},
        beat=float(attrs.get("beat", 0.0)),
    )


# --- opening -------------------------------------------------------------------------------------


def open_ledger(request: Request) -> Ledger:
    """Open the study of a sweep, or begin it.

    Raises:
        MissingDependency: Optuna, scikit-learn, or the driver of the database, is not installed.
        InputError: the study is of another sweep, or was made by another version.
        RunError: the database cannot be reached.
    """
    for package in ("optuna", "sklearn"):
        need(package, "sweep")
    address = request.settings.storage
    where = str(request.folder / FILE) if address is None else address
    for _ in range(_TRIES if address is not None else 0):
        with suppress(RunError):  # two that make the tables at once get in each other's way
            return _open(request, where)
        time.sleep(_PAUSE_S)
    return _open(request, where)


def _open(request: Request, where: str) -> Ledger:
    import optuna

    with calm(), reaching(where):
        storage = _storage(request, where)
        study = optuna.create_study(
            storage=storage, study_name=request.name, direction="maximize", load_if_exists=True
        )
    _check(study, request, where)
    return Ledger(study, where, shared=request.settings.storage is not None)


def _storage(request: Request, where: str) -> RDBStorage:
    from optuna.storages import RDBStorage

    if request.settings.storage is not None:
        need("psycopg2", "sweep")
        # SQLAlchemy would take another driver where nothing is said.
        driven = where.replace("postgresql://", "postgresql+psycopg2://", 1)
        return RDBStorage(driven, engine_kwargs={"pool_pre_ping": True})
    make_folder(request.folder)
    path = (request.folder / FILE).absolute()
    return RDBStorage(f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": 60}})


def _check(study: Study, request: Request, where: str) -> None:
    """Refuse a study that is another's."""
    mine = {"format": FORMAT, "identity": request.identity}
    with reaching(where):
        attrs, trials = study.user_attrs, len(study.get_trials(deepcopy=False))
        if "podium" not in attrs and not trials:
            study.set_user_attr("podium", mine)
            return
    kept = attrs.get("podium")
    other = "give this one another name, or delete that study"
    if not isinstance(kept, Mapping):
        raise InputError(f"{where}: study {request.name} was not made by podium sweep: {other}")
    if kept.get("format") != FORMAT:
        raise InputError(
            f"{where}: study {request.name} was made by another version of podium sweep "
            f"(format {kept.get('format')!r}, this one has {FORMAT}): {other}"
        )
    changed = differences(kept.get("identity") or {}, request.identity)
    if changed:
        raise InputError(
            f"{where}: study {request.name} searches something else "
            f"({'; '.join(changed[:3])}): {other}"
        )


@contextmanager
def reaching(where: str) -> Iterator[None]:
    """What a database raises, as one sentence.

    Raises:
        RunError: it cannot be reached, or refuses.
        InputError: its tables are of another version of Optuna.
    """
    import sqlalchemy
    from optuna.exceptions import StorageInternalError

    try:
        yield
    except (StorageInternalError, sqlalchemy.exc.SQLAlchemyError) as error:
        cause = error.__cause__ or error
        reason = " ".join(str(getattr(cause, "orig", cause) or cause).split())
        raise RunError(
            f"{scrubbed(where)}: the database refuses: {scrubbed(reason)[:200]}; what is finished "
            "is kept: run the same command again"
        ) from error
    except RuntimeError as error:
        if "version" not in str(error):
            raise
        raise InputError(
            f"{scrubbed(where)}: was made by another version of Optuna: "
            f"{' '.join(str(error).split())[:200]}"
        ) from error
