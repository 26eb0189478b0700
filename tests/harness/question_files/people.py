"""Question files as people have them, and how a person reads each.

Written down without looking at the code: the formats of benchmarks and of training data, exports of
chats and of tests, workbooks of exams, and tables of things that are none.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl


@dataclass(frozen=True)
class Row:
    """What a person reads in a row.

    Args:
        says: texts that stand in what is asked.
        answer: the right answer; several are a set, `None` is none.
        options: what is listed, by letter.
        part: train, dev or test; empty where nobody says.
    """

    says: tuple[str, ...]
    answer: str | list[str] | None
    options: dict[str, str] | None = None
    part: str = ""


@dataclass(frozen=True)
class Case:
    """A file; `rows` are none where it is a table of things."""

    name: str
    file: str
    data: bytes
    rows: tuple[Row, ...]


CASES: list[Case] = []


def row(
    q: str | list[str],
    a: str | list[str] | None,
    o: dict[str, str] | None = None,
    split: str = "",
) -> Row:
    return Row((q,) if isinstance(q, str) else tuple(q), a, o, split)


def add(name: str, file: str, data: bytes, rows: Sequence[Row]) -> None:
    CASES.append(Case(name, file, data, tuple(rows)))


def delimited(rows: Sequence[Sequence[Any]], enc: str = "utf-8", d: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=d, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(enc)


def xlsx(*sheets: tuple[str, Sequence[Any]], merges: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for span in merges:
            sheet.merge_cells(span)
    book.remove(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def jsonl(rows: Sequence[Any]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode() + b"\n"


def pretty(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


PAIRS_ZH = [
    ("中国的首都是哪里？", "北京"),
    ("水的化学式是什么？", "H2O"),
    ("《红楼梦》的作者是谁？", "曹雪芹"),
    ("珠穆朗玛峰位于哪座山脉？", "喜马拉雅山脉"),
    ("法国大革命爆发于哪一年？", "1789"),
]
PAIRS_EN = [
    ("What is the capital of France?", "Paris"),
    ("Who wrote Hamlet?", "Shakespeare"),
    ("How many legs does a spider have?", "8"),
    ("Which gas do plants absorb?", "carbon dioxide"),
    ("What is the largest planet?", "Jupiter"),
]
QUIZ_ZH = [
    ("世界上最大的洋是", "大西洋|太平洋|印度洋|北冰洋", "B"),
    ("下列属于哺乳动物的是", "鲸|鲨鱼|青蛙|麻雀", "A"),
    ("光合作用释放的气体是", "氮气|二氧化碳|氢气|氧气", "D"),
    ("唐朝的都城是", "洛阳|开封|长安|南京", "C"),
    ("人体最大的器官是", "肝脏|皮肤|肺|心脏", "B"),
]
QUIZ_EN = [
    ("Which planet is closest to the sun?", "Venus|Mercury|Earth|Mars", "B"),
    ("What is H2O?", "Water|Salt|Gold|Iron", "A"),
    ("Who painted the Mona Lisa?", "Monet|Raphael|Dali|Leonardo", "D"),
    ("Which is a prime number?", "9|15|7|21", "C"),
    ("Where is Kyoto?", "China|Japan|Korea|India", "B"),
]
SETS = [
    ("下列属于可再生能源的有", "风能|太阳能|煤炭|水能", "ABD"),
    ("以下是中国直辖市的有", "北京|广州|上海|深圳", "AC"),
    ("属于三原色的是", "红|绿|蓝|紫", "ABC"),
    ("下列城市位于长江沿岸的是", "武汉|西安|郑州|南京", "AD"),
]
VERDICTS = [
    ("地球是圆的。", "对"),
    ("太阳绕着地球转。", "错"),
    ("水在标准大气压下100℃沸腾。", "对"),
    ("鲸鱼是鱼类。", "错"),
]
LETTERS = "ABCDEF"


def options(o: str) -> dict[str, str]:
    return dict(zip("ABCD", o.split("|"), strict=False))


def pairs(rows: Sequence[tuple[str, str]]) -> list[Row]:
    return [row(q, a) for q, a in rows]


def choices(rows: Sequence[tuple[str, str, str]]) -> list[Row]:
    return [row(q, a, options(o)) for q, o, a in rows]


def sets(rows: Sequence[tuple[str, str, str]]) -> list[Row]:
    return [row(q, list(a), options(o)) for q, o, a in rows]


# ---- plain pairs
add(
    "faq-standard-ask",
    "faq.xlsx",
    xlsx(("Sheet1", [["标准问", "标准回复", "生效时间"]] + [[q, a, "长期"] for q, a in PAIRS_ZH])),
    pairs(PAIRS_ZH),
)
add(
    "user-input-expected",
    "cases.xlsx",
    xlsx(
        (
            "用例",
            [["用例编号", "用户输入", "期望输出", "优先级"]]
            + [[f"TC{n:03}", q, a, "P1"] for n, (q, a) in enumerate(PAIRS_ZH, 1)],
        )
    ),
    pairs(PAIRS_ZH),
)
add(
    "test-input-expected-en",
    "test_cases.csv",
    delimited(
        [["Test ID", "Test Input", "Expected Output", "Owner"]]
        + [[f"T-{n}", q, a, "li"] for n, (q, a) in enumerate(PAIRS_EN, 1)]
    ),
    pairs(PAIRS_EN),
)
add(
    "ask-reply-zh",
    "对话.csv",
    delimited([["提问内容", "回复内容"]] + [list(p) for p in PAIRS_ZH], "gb18030"),
    pairs(PAIRS_ZH),
)
add(
    "user-assistant-cols",
    "log.csv",
    delimited([["user", "assistant"]] + [list(p) for p in PAIRS_EN], "utf-8-sig"),
    pairs(PAIRS_EN),
)
add(
    "human-bot",
    "dialog.jsonl",
    jsonl([{"human": q, "bot": a} for q, a in PAIRS_EN]),
    pairs(PAIRS_EN),
)
add(
    "prompt-completion",
    "ft.jsonl",
    jsonl([{"prompt": q, "completion": " " + a} for q, a in PAIRS_EN]),
    pairs(PAIRS_EN),
)
add(
    "query-gold",
    "eval.tsv",
    delimited(
        [["qid", "query", "gold"]] + [[f"{n}", q, a] for n, (q, a) in enumerate(PAIRS_EN)], d="\t"
    ),
    pairs(PAIRS_EN),
)
add(
    "input-label",
    "nli.jsonl",
    jsonl(
        [
            {"text": "这家店的菜很好吃，服务也周到。判断情感是正面还是负面？", "label": "正面"},
            {"text": "等了两个小时还没上菜。判断情感是正面还是负面？", "label": "负面"},
            {"text": "物流太慢了。判断情感是正面还是负面？", "label": "负面"},
        ]
    ),
    [row("这家店的菜很好吃", "正面"), row("等了两个小时", "负面"), row("物流太慢", "负面")],
)
add(
    "semicolon-frage",
    "quiz.csv",
    delimited([["Question text", "Correct response"]] + [list(p) for p in PAIRS_EN], d=";"),
    pairs(PAIRS_EN),
)
add("no-header-zh", "无表头.csv", delimited([list(p) for p in PAIRS_ZH]), pairs(PAIRS_ZH))
add(
    "no-header-en-xlsx",
    "noheader.xlsx",
    xlsx(("Sheet1", [list(p) for p in PAIRS_EN])),
    pairs(PAIRS_EN),
)
add(
    "title-notes-above",
    "题库.xlsx",
    xlsx(
        (
            "Sheet1",
            [
                ["2025年度企业知识竞赛题库", None, None],
                ["填写说明：请勿修改表头；答案不可为空", None, None],
                ["序号", "试题内容", "标准答案"],
            ]
            + [[n, q, a] for n, (q, a) in enumerate(PAIRS_ZH, 1)],
        ),
        merges=["A1:C1", "A2:C2"],
    ),
    pairs(PAIRS_ZH),
)
add(
    "note-sheet-first",
    "知识问答.xlsx",
    xlsx(
        ("填写说明", [["本表用于收集题目"], ["每行一题，答案写在第二列"]]),
        ("题目", [["问", "答"]] + [list(p) for p in PAIRS_ZH]),
    ),
    pairs(PAIRS_ZH),
)
add(
    "unnamed-index",
    "export.csv",
    delimited(
        [["Unnamed: 0", "Questions", "Answers"]] + [[n, q, a] for n, (q, a) in enumerate(PAIRS_EN)]
    ),
    pairs(PAIRS_EN),
)
add(
    "ragas",
    "ragas.jsonl",
    jsonl(
        [
            {
                "user_input": q,
                "retrieved_contexts": ["see " + a],
                "response": "I think it is " + a,
                "reference": a,
            }
            for q, a in PAIRS_EN
        ]
    ),
    pairs(PAIRS_EN),
)
add(
    "ground-truth-model-answer",
    "rag_eval.csv",
    delimited(
        [["question", "answer", "ground_truth", "contexts"]]
        + [[q, "模型认为：" + a[::-1], a, "['略']"] for q, a in PAIRS_ZH]
    ),
    pairs(PAIRS_ZH),
)
add(
    "model-reply-beside",
    "评测结果.xlsx",
    xlsx(
        (
            "结果",
            [["编号", "评测问题", "标准答复", "模型回答", "人工打分"]]
            + [[n, q, a, "不知道", 1] for n, (q, a) in enumerate(PAIRS_ZH, 1)],
        )
    ),
    pairs(PAIRS_ZH),
)
add(
    "rubric",
    "主观题.xlsx",
    xlsx(
        (
            "主观题",
            [["题号", "题目", "参考答案要点", "评分细则", "分值"]]
            + [
                [n, q, a + "是正确的，答出要点即可得分，其余不得分。", "全对5分", 5]
                for n, (q, a) in enumerate(PAIRS_ZH, 1)
            ],
        )
    ),
    [row(q, a + "是正确的，答出要点即可得分，其余不得分。") for q, a in PAIRS_ZH],
)
add(
    "split-cn",
    "数据.csv",
    delimited(
        [["数据集", "问句", "答句"]]
        + [
            [("训练集", "训练集", "测试集", "验证集", "测试集")[n], q, a]
            for n, (q, a) in enumerate(PAIRS_ZH)
        ]
    ),
    [
        row(q, a, split=("train", "train", "test", "dev", "test")[n])
        for n, (q, a) in enumerate(PAIRS_ZH)
    ],
)
add(
    "split-en-subset",
    "all.jsonl",
    jsonl(
        [
            {"subset": ("train", "train", "test", "valid", "test")[n], "src": q, "tgt": a}
            for n, (q, a) in enumerate(PAIRS_EN)
        ]
    ),
    [
        row(q, a, split=("train", "train", "test", "dev", "test")[n])
        for n, (q, a) in enumerate(PAIRS_EN)
    ],
)
add(
    "no-answers",
    "待测问题.xlsx",
    xlsx(("Sheet1", [["问题列表"]] + [[q] for q, _ in PAIRS_ZH])),
    [row(q, None) for q, _ in PAIRS_ZH],
)
add(
    "vicuna",
    "question.jsonl",
    jsonl(
        [
            {"question_id": n, "text": q, "category": "general"}
            for n, (q, a) in enumerate(PAIRS_EN, 1)
        ]
    ),
    [row(q, None) for q, _ in PAIRS_EN],
)
add(
    "id-to-pair",
    "qa.json",
    pretty({f"q{n}": {"question": q, "answer": a} for n, (q, a) in enumerate(PAIRS_EN)}),
    pairs(PAIRS_EN),
)
add(
    "wrapped-list",
    "export.json",
    pretty({"version": "1.0", "total": 5, "data": [{"title": q, "reply": a} for q, a in PAIRS_ZH]}),
    pairs(PAIRS_ZH),
)
add("q-to-a-map", "map.json", pretty(dict(PAIRS_ZH)), pairs(PAIRS_ZH))
# ---- chats and fine-tuning formats
add(
    "alpaca",
    "alpaca.json",
    pretty(
        [
            {
                "instruction": "把下面的句子翻译成英文",
                "input": "今天天气很好",
                "output": "The weather is nice today.",
            },
            {"instruction": "列出三种水果", "input": "", "output": "苹果、香蕉、橙子"},
            {"instruction": "求和", "input": "3+5", "output": "8"},
        ]
    ),
    [
        row(["把下面的句子翻译成英文", "今天天气很好"], "The weather is nice today."),
        row("列出三种水果", "苹果、香蕉、橙子"),
        row(["求和", "3+5"], "8"),
    ],
)
add(
    "sharegpt",
    "sharegpt.json",
    pretty(
        [
            {
                "id": f"c{n}",
                "conversations": [{"from": "human", "value": q}, {"from": "gpt", "value": a}],
            }
            for n, (q, a) in enumerate(PAIRS_EN)
        ]
    ),
    pairs(PAIRS_EN),
)
add(
    "openai-ft",
    "chat.jsonl",
    jsonl(
        [
            {
                "messages": [
                    {"role": "system", "content": "你是地理老师。"},
                    {"role": "user", "content": q},
                    {"role": "assistant", "content": a},
                ]
            }
            for q, a in PAIRS_ZH
        ]
    ),
    pairs(PAIRS_ZH),
)
add(
    "openai-evals",
    "evals.jsonl",
    jsonl(
        [
            {
                "input": [
                    {"role": "system", "content": "Answer briefly."},
                    {"role": "user", "content": q},
                ],
                "ideal": a,
            }
            for q, a in PAIRS_EN
        ]
    ),
    pairs(PAIRS_EN),
)
add(
    "dolly",
    "dolly.jsonl",
    jsonl(
        [
            {
                "instruction": q,
                "context": "Some passage about it.",
                "response": a,
                "category": "closed_qa",
            }
            for q, a in PAIRS_EN
        ]
    ),
    [row([q, "Some passage about it."], a) for q, a in PAIRS_EN],
)
add(
    "firefly",
    "firefly.jsonl",
    jsonl(
        [
            {"kind": "Translation", "input": "翻译成英文：\n早上好", "target": "Good morning"},
            {"kind": "QA", "input": "中国的首都是哪里？", "target": "北京"},
            {"kind": "QA", "input": "一周有几天？", "target": "七天"},
        ]
    ),
    [row("早上好", "Good morning"), row("首都", "北京"), row("一周有几天", "七天")],
)
add(
    "dpo",
    "dpo.jsonl",
    jsonl([{"prompt": q, "chosen": a, "rejected": "不知道"} for q, a in PAIRS_ZH]),
    pairs(PAIRS_ZH),
)
add(
    "turn-list-mtbench",
    "mt.jsonl",
    jsonl(
        [
            {"question_id": n, "category": "qa", "turns": [q], "reference": [a]}
            for n, (q, a) in enumerate(PAIRS_EN)
        ]
    ),
    pairs(PAIRS_EN),
)
add(
    "langsmith",
    "ls.jsonl",
    jsonl(
        [
            {"inputs": {"question": q}, "outputs": {"answer": a}, "metadata": {"source": "web"}}
            for q, a in PAIRS_EN
        ]
    ),
    pairs(PAIRS_EN),
)
add(
    "squad",
    "squad.json",
    pretty(
        {
            "version": "v1.1",
            "data": [
                {
                    "title": "France",
                    "paragraphs": [
                        {
                            "context": "Paris is the capital of France. It lies on the Seine.",
                            "qas": [
                                {
                                    "id": "1",
                                    "question": "What is the capital of France?",
                                    "answers": [{"text": "Paris", "answer_start": 0}],
                                },
                                {
                                    "id": "2",
                                    "question": "On which river does it lie?",
                                    "answers": [{"text": "the Seine", "answer_start": 42}],
                                },
                            ],
                        }
                    ],
                }
            ],
        }
    ),
    [
        row(["What is the capital", "lies on the Seine"], "Paris"),
        row(["On which river", "lies on the Seine"], "the Seine"),
    ],
)
# ---- choices
add(
    "exam-bank-zh",
    "单选题.xlsx",
    xlsx(
        (
            "单选",
            [["序号", "题型", "题干", "选项A", "选项B", "选项C", "选项D", "正确选项", "解析"]]
            + [
                [n, "单选题", q, *o.split("|"), a, "见教材"]
                for n, (q, o, a) in enumerate(QUIZ_ZH, 1)
            ],
        )
    ),
    choices(QUIZ_ZH),
)
add(
    "exam-template-required",
    "导入模板.xlsx",
    xlsx(
        (
            "Sheet1",
            [
                ["注意：带*的为必填项，最多导入500题", None, None, None, None, None, None, None],
                [
                    "*试题题目",
                    "*题目类型",
                    "*选项1",
                    "*选项2",
                    "选项3",
                    "选项4",
                    "*参考答案",
                    "难度系数",
                ],
            ]
            + [[q, "单选", *o.split("|"), a, 0.5] for q, o, a in QUIZ_ZH],
        ),
        merges=["A1:H1"],
    ),
    choices(QUIZ_ZH),
)
add(
    "chaoxing",
    "学习通.xlsx",
    xlsx(
        (
            "题库",
            [
                [
                    "目录",
                    "题目类型",
                    "题干",
                    "正确答案",
                    "答案解析",
                    "难易度",
                    "知识点",
                    "选项数",
                    "A",
                    "B",
                    "C",
                    "D",
                ]
            ]
            + [
                ["/第一章", "单选题", q, a, "", "易", "常识", 4, *o.split("|")]
                for q, o, a in QUIZ_ZH
            ],
        )
    ),
    choices(QUIZ_ZH),
)
add(
    "merged-header",
    "合并表头.xlsx",
    xlsx(
        (
            "Sheet1",
            [["题目", "备选项", None, None, None, "答案"], [None, "A", "B", "C", "D", None]]
            + [[q, *o.split("|"), a] for q, o, a in QUIZ_ZH],
        ),
        merges=["A1:A2", "B1:E1", "F1:F2"],
    ),
    choices(QUIZ_ZH),
)
add(
    "cmmlu",
    "cmmlu.csv",
    delimited(
        [["", "Question", "A", "B", "C", "D", "Answer"]]
        + [[n, q, *o.split("|"), a] for n, (q, o, a) in enumerate(QUIZ_ZH)]
    ),
    choices(QUIZ_ZH),
)
add(
    "mmlu-headerless",
    "abstract_algebra_test.csv",
    delimited([[q, *o.split("|"), a] for q, o, a in QUIZ_EN]),
    choices(QUIZ_EN),
)
add(
    "kaggle-science",
    "train.csv",
    delimited(
        [["id", "prompt", "A", "B", "C", "D", "answer"]]
        + [[n, q, *o.split("|"), a] for n, (q, o, a) in enumerate(QUIZ_EN)]
    ),
    choices(QUIZ_EN),
)
add(
    "arc-original",
    "arc.jsonl",
    jsonl(
        [
            {
                "id": f"M_{n}",
                "question": {
                    "stem": q,
                    "choices": [{"text": t, "label": k} for k, t in options(o).items()],
                },
                "answerKey": a,
            }
            for n, (q, o, a) in enumerate(QUIZ_EN)
        ]
    ),
    choices(QUIZ_EN),
)
add(
    "arc-hf",
    "arc_hf.jsonl",
    jsonl(
        [
            {
                "id": f"M_{n}",
                "question": q,
                "choices": {"text": o.split("|"), "label": list("ABCD")},
                "answerKey": a,
            }
            for n, (q, o, a) in enumerate(QUIZ_EN)
        ]
    ),
    choices(QUIZ_EN),
)
add(
    "hellaswag",
    "hella.jsonl",
    jsonl(
        [
            {
                "ind": n,
                "activity_label": "Cooking",
                "ctx": q,
                "endings": o.split("|"),
                "label": LETTERS.index(a),
            }
            for n, (q, o, a) in enumerate(QUIZ_EN)
        ]
    ),
    choices(QUIZ_EN),
)
TWO = [
    ("如何打开罐头？", "用开罐器|用牙咬", "A"),
    ("衣服上有墨渍怎么办？", "放着不管|用酒精擦拭", "B"),
    ("How to cool a drink?", "Add ice|Heat it", "A"),
]
add(
    "piqa",
    "piqa.jsonl",
    jsonl(
        [
            {"goal": q, "sol1": o.split("|")[0], "sol2": o.split("|")[1], "label": LETTERS.index(a)}
            for q, o, a in TWO
        ]
    ),
    choices(TWO),
)
GAPS = [
    ("The trophy does not fit in the suitcase because the _ is too big.", "trophy|suitcase", "A"),
    ("Ann thanked Beth because _ had helped.", "Ann|Beth", "B"),
    ("The ball broke the table because the _ was made of steel.", "ball|table", "A"),
]
add(
    "winogrande",
    "wino.jsonl",
    jsonl(
        [
            {
                "sentence": q,
                "option1": o.split("|")[0],
                "option2": o.split("|")[1],
                "answer": str(LETTERS.index(a) + 1),
            }
            for q, o, a in GAPS
        ]
    ),
    choices(GAPS),
)
add(
    "race",
    "race.jsonl",
    jsonl(
        [
            {
                "example_id": f"{n}",
                "article": "A short article about science and art.",
                "question": q,
                "options": o.split("|"),
                "answer": a,
            }
            for n, (q, o, a) in enumerate(QUIZ_EN)
        ]
    ),
    [row([q, "A short article"], a, options(o)) for q, o, a in QUIZ_EN],
)
add(
    "medqa",
    "medqa.jsonl",
    jsonl(
        [
            {
                "question": q,
                "answer": options(o)[a],
                "options": options(o),
                "meta_info": "step1",
                "answer_idx": a,
            }
            for q, o, a in QUIZ_EN
        ]
    ),
    choices(QUIZ_EN),
)
add(
    "logiqa",
    "logi.jsonl",
    jsonl(
        [
            {
                "text": "已知条件若干。",
                "question": q,
                "options": o.split("|"),
                "answer": LETTERS.index(a),
            }
            for q, o, a in QUIZ_ZH
        ]
    ),
    [row([q, "已知条件若干"], a, options(o)) for q, o, a in QUIZ_ZH],
)
add(
    "options-one-cell",
    "选择题.csv",
    delimited(
        [["题目描述", "选项", "正确答案"]]
        + [[q, "  ".join(f"{k}.{t}" for k, t in options(o).items()), a] for q, o, a in QUIZ_ZH],
        "gb18030",
    ),
    choices(QUIZ_ZH),
)
add(
    "options-json-string",
    "mcq.csv",
    delimited(
        [["question_text", "answer_options", "correct_index"]]
        + [[q, json.dumps(o.split("|")), LETTERS.index(a)] for q, o, a in QUIZ_EN]
    ),
    choices(QUIZ_EN),
)
add(
    "options-in-question",
    "卷子.xlsx",
    xlsx(
        (
            "Sheet1",
            [["题号", "试题", "答案"]]
            + [
                [n, q + "（ ）\n" + "\n".join(f"{k}、{t}" for k, t in options(o).items()), a]
                for n, (q, o, a) in enumerate(QUIZ_ZH, 1)
            ],
        )
    ),
    [row([q, *o.split("|")], a, None) for q, o, a in QUIZ_ZH],
)
add(
    "multi-answer",
    "多选题.csv",
    delimited(
        [["题目", "A项", "B项", "C项", "D项", "答案(多选)"]]
        + [[q, *o.split("|"), a] for q, o, a in SETS]
    ),
    sets(SETS),
)
add(
    "true-false",
    "判断题.xlsx",
    xlsx(
        ("判断", [["序号", "判断题", "对错"]] + [[n, q, a] for n, (q, a) in enumerate(VERDICTS, 1)])
    ),
    pairs(VERDICTS),
)
add(
    "answer-is-option-text",
    "quiz_export.csv",
    delimited(
        [["Question", "Option 1", "Option 2", "Option 3", "Option 4", "Correct Option"]]
        + [[q, *o.split("|"), options(o)[a]] for q, o, a in QUIZ_EN],
        "utf-8-sig",
    ),
    choices(QUIZ_EN),
)
add(
    "kahoot",
    "kahoot.xlsx",
    xlsx(
        (
            "Sheet1",
            [
                ["Quiz template", None, None, None, None, None, None],
                [
                    "Question - max 120 characters",
                    "Answer 1 - max 75 characters",
                    "Answer 2 - max 75 characters",
                    "Answer 3 - max 75 characters",
                    "Answer 4 - max 75 characters",
                    "Time limit (sec)",
                    "Correct answer(s)",
                ],
            ]
            + [[q, *o.split("|"), 20, LETTERS.index(a) + 1] for q, o, a in QUIZ_EN],
        )
    ),
    choices(QUIZ_EN),
)
add(
    "sciq",
    "sciq.jsonl",
    jsonl(
        [
            {
                "question": q,
                "distractor1": "x" + a,
                "distractor2": "y" + a,
                "distractor3": "z" + a,
                "correct_answer": a,
                "support": "none",
            }
            for q, a in PAIRS_EN
        ]
    ),
    pairs(PAIRS_EN),
)
# ---- tables of things
add(
    "T-timetable",
    "课表.xlsx",
    xlsx(
        (
            "Sheet1",
            [
                ["节次", "周一", "周二", "周三", "周四", "周五"],
                ["第1节", "语文", "数学", "英语", "物理", "化学"],
                ["第2节", "数学", "语文", "体育", "英语", "历史"],
                ["第3节", "英语", "地理", "数学", "语文", "音乐"],
            ],
        )
    ),
    [],
)
add(
    "T-survey-scores",
    "成绩.csv",
    delimited(
        [
            ["姓名", "学号", "语文", "数学", "总分"],
            ["张三", "001", "90", "88", "178"],
            ["李四", "002", "76", "95", "171"],
            ["王五", "003", "82", "60", "142"],
        ]
    ),
    [],
)
add(
    "T-tickets-products",
    "products.csv",
    delimited(
        [
            ["name", "price", "category", "label"],
            ["Lamp", "12.5", "home", "new"],
            ["Desk", "99", "office", "sale"],
            ["Chair", "45", "office", "new"],
        ]
    ),
    [],
)
add(
    "T-contacts",
    "通讯录.csv",
    delimited(
        [
            ["部门", "负责人", "电话", "A座", "B座"],
            ["财务", "赵敏", "8001", "3层", ""],
            ["人事", "钱多", "8002", "", "5层"],
            ["技术", "孙立", "8003", "7层", "7层"],
        ]
    ),
    [],
)

# ---- more, in which rules of the time went wrong
add(
    "T-parts-of-a-test",
    "scores.csv",
    delimited([["学生", "题目1", "题目2", "总分"], ["甲", "A", "B", 3], ["乙", "B", "B", 2]]),
    [],
)
add(
    "T-settings-described",
    "config.csv",
    delimited(
        [
            ["key", "value", "description"],
            ["port", "80", "What port to listen on"],
            ["host", "local", "Which host to bind"],
        ]
    ),
    [],
)
add(
    "T-settings-with-options",
    "codes.csv",
    delimited([["参数", "默认值", "选项1", "选项2"], ["模式", "快", "快", "慢"]]),
    [],
)
add(
    "columns-named-by-stems",
    "stems.csv",
    delimited(
        [["题目内容", "甲", "乙", "丙", "丁", "答案"]]
        + [[q, *o.split("|"), "甲乙丙丁"["ABCD".index(a)]] for q, o, a in QUIZ_ZH]
    ),
    choices(QUIZ_ZH),
)
add(
    "answer-names-its-column",
    "trivia.csv",
    delimited(
        [["Q", "answer_a", "answer_b", "answer_c", "answer_d", "correct_answer"]]
        + [[q, *o.split("|"), f"answer_{a.lower()}"] for q, o, a in QUIZ_EN],
        d=";",
    ),
    choices(QUIZ_EN),
)
