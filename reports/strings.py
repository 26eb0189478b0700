"""Every word of the reports, in English and Chinese, under equal keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "zh"]


_COMMAS: Mapping[Language, str] = {"en": ", ", "zh": "、"}


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence before it has a language: its key, and what goes into its braces.

    A value may be a tuple of texts, a list in the sentence, or a `Note` itself.
    """

    key: str
    values: Mapping[str, str | tuple[str, ...] | Note] = field(default_factory=dict)


def say(note: Note, language: Language = "en") -> str:
    """The sentence in one language."""
    values = {name: _text(value, language) for name, value in note.values.items()}
    return STRINGS[language][note.key].format(**values)


def _text(value: str | tuple[str, ...] | Note, language: Language) -> str:
    if isinstance(value, Note):
        return say(value, language)
    return value if isinstance(value, str) else _COMMAS[language].join(value)


_EN = {
    "title": "Podium leaderboard",
    "entries": "entries",
    "questions": "questions",
    "language": "中文",
    "skip": "Skip to the leaderboard",
    # Verdict
    "verdict": "Verdict",
    "verdict_none": "No entry has a score yet: nothing could be judged.",
    "verdict_single": "{name} scores {score} on {n} questions. One entry alone ranks nowhere.",
    "verdict_clear": (
        "{name} leads with {score} and is told apart from every other entry; "
        "{second} follows with {second_score}."
    ),
    "verdict_tied": "{name} leads with {score}, but cannot be told apart from {others}.",
    "best_chance": "Chance of being best: {chances}.",
    "pairs": "{apart} of {pairs} pairs can be told apart.",
    "detectable": (
        "With these {n} questions, a difference between two entries shows reliably "
        "from about {points} points on."
    ),
    "lost": "{name} still loses {lost} points: {parts}.",
    "costly": "Its costliest family is {family}: AS {score} over {n} questions.",
    "basis_AS": "Ranked by AS alone, not by the total: {reason}.",
    "reason_weights": "the totals stand over different parts ({left}: {a}; {right}: {b})",
    "reason_signature": "the times do not compare ({field} is {a} for {left}, {b} for {right})",
    # Cautions
    "cautions": "Read with care",
    "stand_in": (
        "The base is the embedded tiny model, a stand-in for speed, no claim about quality: {list}."
    ),
    "unscored": "Answers that could not be scored, and count nowhere: {list}.",
    "unread": "Answers that the checker could not read: {list}.",
    "truncated": "Answers cut off at the token limit: {list}.",
    "unstable": "Times that vary over the replicates: {list}.",
    "untimed": "Not timed, so without ART: {list}.",
    "unclustered": (
        "No questions lie beside the scores, so each question counts as independent "
        "and the intervals are on the narrow side."
    ),
    # What differs
    "differs": "What differs",
    "differs_none": "The specs of all entries are equal.",
    "same": "{count} fields are the same everywhere",
    "field": "field",
    "value": "value",
    # Leaderboard
    "leaderboard": "Leaderboard",
    "find_entry": "Find an entry",
    "rank": "rank",
    "rank_help": "The places that the data cannot rule out at 95%, all pairs considered together",
    "entry": "entry",
    "total": "total",
    "p_best": "P(best)",
    "p_best_help": "Share of resamples in which this entry comes first",
    "AS": "AS",
    "ART": "ART",
    "AE": "AE",
    "AS_long": "answer accuracy",
    "ART_long": "response time",
    "AE_long": "answer efficiency",
    "n": "n",
    "band_help": "Entries between two lines cannot be told apart as a group",
    "untuned": "untuned",
    # Charts
    "chart_total": "Total and its 95% interval",
    "chart_AS": "AS and its 95% interval",
    "chart_total_help": "Each block is one part's weighted share of the total.",
    "share_of": "{part}, weighted",
    "chart_scatter": "Accuracy against {axis}",
    "chart_scatter_help": (
        "Up and to the left is better. The line joins the entries that no other beats on both."
    ),
    "axis_latency": "median seconds per question",
    "axis_tokens": "median tokens per answer",
    "chart_loss": "Training loss",
    "chart_loss_help": "Mean over neighbouring steps; a logarithmic scale.",
    "step": "step",
    "loss": "loss",
    "numbers": "The same numbers as a table",
    "low": "low",
    "high": "high",
    "first_only": "Only the first {count} entries are drawn; the tables hold all.",
    # Formula and raw quantities
    "formula": "How the score is made",
    "formula_own": (
        "The official formulas are not public. This is Podium's own definition, profile {id}."
    ),
    "raw": "Raw quantities",
    "p50": "p50",
    "p95": "p95",
    "ttft": "TTFT",
    "tpot": "TPOT",
    "cv": "variation",
    "tokens_p50": "tokens",
    "tokens_p95": "tokens p95",
    "truncated_short": "cut off",
    "unscored_short": "unscored",
    "unparsed_short": "unparsed",
    "p50_help": "Median end-to-end seconds of one question at concurrency 1",
    "p95_help": "95th percentile of the same",
    "ttft_help": "Median time to the first token",
    "tpot_help": "Median time per further token",
    "cv_help": "Coefficient of variation over replicates, and what it means",
    "tokens_p50_help": "Median tokens of an answer",
    "tokens_p95_help": "95th percentile of the same",
    "truncated_help": "Answers cut off at the token limit",
    "unscored_help": "Answers that could not be scored; they count nowhere",
    "unparsed_help": "Answers that the checker could not read",
    "cv_excellent": "excellent",
    "cv_good": "good",
    "cv_fair": "fair",
    "cv_unstable": "unstable",
    "cv_inconclusive": "inconclusive",
    "trained": "training",
    "trained_help": "Seconds of training",
    # Families
    "families": "Families",
    "families_help": "AS by kind of question. The best of each column is underlined.",
    # Answers
    "answers": "Answers",
    "answers_none": "The run folders hold no questions, so there are no answers to browse.",
    "answers_beside": "The answers take {size}. They are in a file of their own:",
    "answers_first": "Answers of the first {count} entries; each run folder holds its own.",
    "back": "Back to the leaderboard",
    "any_entry": "any entry",
    "any_family": "any family",
    "any_status": "any result",
    "right": "right",
    "partial": "partly right",
    "wrong": "wrong",
    "unparsed": "unparsed",
    "failed": "no answer",
    "split": "entries disagree",
    "search": "Search questions and answers",
    "shown": "{shown} of {all} questions",
    "shown_none": "Nothing matches.",
    "reset": "Clear",
    "open_all": "Open all",
    "close_all": "Close all",
    "gold": "gold",
    "reference": "reference",
    "answer": "answer",
    "result": "result",
    "why": "why",
    "tokens": "tokens",
    "time": "time",
    "cut_off": "cut off at the token limit",
    "family": "family",
    "context": "What the model was given before the question",
    # Foot
    "suite": "suite",
    "signature": "Signature: what these numbers share",
    "created": "runs made",
    "foot": "Made by Podium from run folders. This page asks nothing of any host.",
}

_ZH = {
    "title": "Podium 排行榜",
    "entries": "个参赛项",
    "questions": "道题",
    "language": "English",
    "skip": "跳到排行榜",
    "verdict": "结论",
    "verdict_none": "还没有任何得分：没有可以评判的答案。",
    "verdict_single": "{name} 在 {n} 道题上得 {score}。只有一个参赛项，无从排名。",
    "verdict_clear": (
        "{name} 以 {score} 领先，与其余各项都能区分开；其后是 {second}，{second_score}。"
    ),
    "verdict_tied": "{name} 以 {score} 暂列第一，但与 {others} 无法区分。",
    "best_chance": "位居第一的概率：{chances}。",
    "pairs": "{pairs} 对中有 {apart} 对能区分开。",
    "detectable": "以这 {n} 道题，两项之差大约要到 {points} 分才能可靠地看出来。",
    "lost": "{name} 还丢 {lost} 分：{parts}。",
    "costly": "丢分最多的题型是 {family}：{n} 道题，AS {score}。",
    "basis_AS": "仅按 AS 排名，不按总分：{reason}。",
    "reason_weights": "总分所含的部分不同（{left}：{a}；{right}：{b}）",
    "reason_signature": "耗时不可比（{field}：{left} 为 {a}，{right} 为 {b}）",
    "cautions": "阅读时请留意",
    "stand_in": "底座是内置的微型模型，只求跑得快，不代表任何质量：{list}。",
    "unscored": "无法评分、不计入任何指标的答案：{list}。",
    "unread": "判分器读不懂的答案：{list}。",
    "truncated": "在长度上限处被截断的答案：{list}。",
    "unstable": "重复之间耗时不稳：{list}。",
    "untimed": "没有计时，因此没有 ART：{list}。",
    "unclustered": "得分旁边没有题目，只能把每道题当作独立的，区间因此偏窄。",
    "differs": "差别在哪里",
    "differs_none": "所有参赛项的配置完全相同。",
    "same": "{count} 个字段处处相同",
    "field": "字段",
    "value": "值",
    "leaderboard": "排行榜",
    "find_entry": "查找参赛项",
    "rank": "名次",
    "rank_help": "在 95% 水平上、同时考虑所有两两比较时，数据无法排除的名次",
    "entry": "参赛项",
    "total": "总分",
    "p_best": "P(第一)",
    "p_best_help": "重抽样中它排第一的比例",
    "AS": "AS",
    "ART": "ART",
    "AE": "AE",
    "AS_long": "回答准确率",
    "ART_long": "响应时间",
    "AE_long": "信息效率",
    "n": "题数",
    "band_help": "两条线之间的各项，作为一组无法区分",
    "untuned": "未微调",
    "chart_total": "总分及其 95% 区间",
    "chart_AS": "AS 及其 95% 区间",
    "chart_total_help": "每一块是一个部分加权后对总分的贡献。",
    "share_of": "{part} 加权",
    "chart_scatter": "准确率与{axis}",
    "chart_scatter_help": "越靠左上越好。连线上的各项，没有别的项能在两方面都胜过它。",
    "axis_latency": "每题耗时中位数（秒）",
    "axis_tokens": "答案 token 数中位数",
    "chart_loss": "训练损失",
    "chart_loss_help": "相邻若干步取平均；对数刻度。",
    "step": "步",
    "loss": "损失",
    "numbers": "同样的数字，列成表",
    "low": "下限",
    "high": "上限",
    "first_only": "图中只画前 {count} 项；表中列出全部。",
    "formula": "分数怎么算",
    "formula_own": "官方公式没有公开。这是 Podium 自己的定义，评分方案 {id}。",
    "raw": "原始量",
    "p50": "p50",
    "p95": "p95",
    "ttft": "TTFT",
    "tpot": "TPOT",
    "cv": "变异",
    "tokens_p50": "token 数",
    "tokens_p95": "token 数 p95",
    "truncated_short": "截断",
    "unscored_short": "未评分",
    "unparsed_short": "读不懂",
    "p50_help": "并发为 1 时每题端到端秒数的中位数",
    "p95_help": "同一数量的第 95 百分位",
    "ttft_help": "到第一个 token 的时间的中位数",
    "tpot_help": "其后每个 token 的时间的中位数",
    "cv_help": "重复之间的变异系数，以及它意味着什么",
    "tokens_p50_help": "答案 token 数的中位数",
    "tokens_p95_help": "同一数量的第 95 百分位",
    "truncated_help": "在长度上限处被截断的答案",
    "unscored_help": "无法评分的答案，不计入任何指标",
    "unparsed_help": "判分器读不懂的答案",
    "cv_excellent": "很稳",
    "cv_good": "稳",
    "cv_fair": "尚可",
    "cv_unstable": "不稳",
    "cv_inconclusive": "无法定论",
    "trained": "训练",
    "trained_help": "训练所用秒数",
    "families": "题型",
    "families_help": "各题型的 AS。每列最好的加下划线。",
    "answers": "答案",
    "answers_none": "运行文件夹里没有题目，因此没有答案可看。",
    "answers_beside": "答案共 {size}，放在单独的文件里：",
    "answers_first": "这里是前 {count} 项的答案；每个运行文件夹里有各自的全部答案。",
    "back": "回到排行榜",
    "any_entry": "任一参赛项",
    "any_family": "所有题型",
    "any_status": "所有结果",
    "right": "正确",
    "partial": "部分正确",
    "wrong": "错误",
    "unparsed": "读不懂",
    "failed": "没有答案",
    "split": "各项结果不一",
    "search": "搜索题目和答案",
    "shown": "共 {all} 题，显示 {shown} 题",
    "shown_none": "没有符合条件的题目。",
    "reset": "清除",
    "open_all": "全部展开",
    "close_all": "全部收起",
    "gold": "标准答案",
    "reference": "参考句",
    "answer": "答案",
    "result": "结果",
    "why": "缘由",
    "tokens": "token 数",
    "time": "耗时",
    "cut_off": "在长度上限处被截断",
    "family": "题型",
    "context": "提问之前给模型的内容",
    "suite": "题集",
    "signature": "签名：这些数字的共同前提",
    "created": "运行时间",
    "foot": "由 Podium 根据运行文件夹生成。本页不向任何主机发出请求。",
}

STRINGS: Mapping[Language, Mapping[str, str]] = {"en": _EN, "zh": _ZH}
