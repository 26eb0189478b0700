"""Successive halving: who goes on to the next round, where trainings are longer.

Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization",
2016; in rounds of one batch, as Hyperband has them (Li et al., 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.sweep.suggest import calm

Answers = Mapping[int, float]


def going_on(values: Mapping[int, float], shares: Sequence[float], at: int) -> list[int]:
    """Which trials of a batch go on to the round after the `at`-th, the best first.

    As many as cost about as much there as the round did: three of nine for trainings three times
    as long. One at least; of equals, those with the lower number.

    Args:
        values: by trial, in points.
        shares: of each round.
        at: the round that is finished.
    """
    most = max(1, round(len(values) * shares[at] / shares[at + 1]))
    return sorted(values, key=lambda number: (-values[number], number))[:most]


def is_worse(answers: Answers, best: Answers, p: float) -> bool:
    """Whether Optuna's `WilcoxonPruner` stops a trial, by what each question earned.

    Args:
        answers: of the trial, by question.
        best: of the best trial in the same round before.
        p: the threshold.
    """
    import optuna

    with calm():
        pruner = optuna.pruners.WilcoxonPruner(p_threshold=p)
        study = optuna.create_study(direction="maximize")
        study.add_trial(
            optuna.trial.create_trial(
                value=sum(best.values()) / max(len(best), 1), intermediate_values=dict(best)
            )
        )
        shared = {at: value for at, value in answers.items() if at in best}
        asked = optuna.trial.create_trial(
            state=optuna.trial.TrialState.RUNNING, intermediate_values=shared
        )
        return pruner.prune(study, asked)
