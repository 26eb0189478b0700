from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import reports
from reports.leaderboard import Leaderboard, build
from reports.page import ANSWERS, PAGE, pages
from tests.reports.conftest import HOSTILE_NAME, MakeBoard, eight
from tests.reports.folders import SIGNATURE, Entrant, questions, write_run

TEMPLATES = Path(reports.__file__).parent / "templates"
OURS = 150_000
WHOLE = 1_500_000


class Page(HTMLParser):
    """What a page is made of: tags with attributes, and the text inside each kind of tag."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {}
        self._open: str | None = None
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = "data" if dict(attrs).get("type") == "application/json" else tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 -- the base class names it
        self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside.setdefault(self._open, []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page(hostile: Leaderboard) -> Page:
    return Page(pages(hostile)[PAGE])


def test_only_our_style_and_script_may_act(page: Page) -> None:
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m) or ""
    for kind in ("style", "script"):
        assert len([tag for tag in page.all(kind) if "type" not in tag]) == 1
        digest = hashlib.sha256("".join(page.inside[kind]).encode("utf-8")).digest()
        assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_policy_stands_before_what_it_guards(page: Page) -> None:
    names = [name for name, _ in page.tags]
    assert names.index("meta") < names.index("style") < names.index("script")


def test_nothing_from_a_run_is_markup(page: Page) -> None:
    assert not {"img", "iframe", "object", "embed", "base"} & {name for name, _ in page.tags}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_no_address_outside(page: Page) -> None:
    addresses = {a[key] for _, a in page.tags for key in ("src", "href") if key in a}
    assert addresses <= {"#board", "data:,"}


def test_hidden_characters_are_shown(hostile: Leaderboard) -> None:
    text = pages(hostile)[PAGE].decode("utf-8")
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\ufeff]", text
    )
    assert "␛[31m" in text
    assert "‹U+202E›" in text


def test_every_drawing_has_its_table(make_board: MakeBoard) -> None:
    text = pages(make_board(*eight()))[PAGE].decode("utf-8")
    figures = re.findall(r"<figure>(.*?)</figure>", text, re.DOTALL)
    assert len(figures) == 5
    for figure in figures:
        assert re.search(r"<svg.*<details.*<table>.*<td>", figure, re.DOTALL)


def test_chinese_stands_beside_every_english(page: Page) -> None:
    translated = [a["data-zh"] for _, a in page.tags if "data-zh" in a]
    assert len(translated) > 100
    assert all(translated)


def test_what_is_ours_is_small(make_board: MakeBoard) -> None:
    templates = sum(file.stat().st_size for file in TEMPLATES.iterdir())
    assert templates < OURS
    assert len(pages(make_board(Entrant("a"), count=1))[PAGE]) < OURS


def test_eight_entrants_over_200_questions(make_board: MakeBoard) -> None:
    made = pages(make_board(*eight(), count=200))
    assert list(made) == [PAGE]
    assert len(made[PAGE]) < WHOLE


def test_many_answers_move_out(tmp_path: Path) -> None:
    samples = questions(220)
    texts = {sample["id"]: "答" * 4000 for sample in samples}
    entrants = [Entrant("a", texts=texts), Entrant("b", seed=2, texts=texts)]
    board = build([write_run(tmp_path, entrant, samples) for entrant in entrants])
    made = pages(board)
    assert list(made) == [PAGE, ANSWERS]
    main, side = Page(made[PAGE]), Page(made[ANSWERS])
    assert {a["href"] for a in main.all("a")} == {"#board", ANSWERS}
    assert PAGE in {a["href"] for a in side.all("a")}
    assert len(side.all("details")) == 220
    assert not [a for a in main.all("details") if a.get("class") == "q"]


def test_a_long_answer_is_cut_with_a_mark(hostile: Leaderboard) -> None:
    text = pages(hostile)[PAGE].decode("utf-8")
    assert "[…36,000 more characters; the whole is in predictions.jsonl]" in text
    assert "[…996,000 more characters; the whole is in predictions.jsonl]" in text
    assert "长" * 4001 not in text


def test_a_run_of_scores_alone(tmp_path: Path) -> None:
    run = write_run(tmp_path, Entrant("scored"), questions(8))
    for name in ("samples.jsonl", "predictions.jsonl", "timings.jsonl", "spec.yaml", "loss.json"):
        (run / name).unlink()
    text = pages(build([run]))[PAGE].decode("utf-8")
    assert "The run folders hold no questions" in text
    assert "each question counts as independent" in text


def test_rows_given_before_a_question_can_be_looked_up(tmp_path: Path) -> None:
    rows = {"role": "system", "content": "车次 始发站\n" + "K1 <b>西安</b>\n" * 500}
    samples = [{**s, "messages": [rows, *s["messages"]]} for s in questions(4)]
    text = pages(build([write_run(tmp_path, Entrant("open book"), samples)]))[PAGE].decode("utf-8")
    assert "system: 车次 始发站\nK1 &lt;b&gt;西安" in text
    assert text.count("more characters]") == 4


def test_signature_shows_what_all_share(make_board: MakeBoard) -> None:
    other = {**SIGNATURE, "engine": {**SIGNATURE["engine"], "gpu": "H200"}}
    board = make_board(Entrant("a"), Entrant("b", summary={"signature": other}))
    text = pages(board)[PAGE].decode("utf-8")
    assert "<dt>engine.version</dt><dd>0.33.0</dd>" in text
    assert "<dt>engine.gpu</dt>" not in text


def test_a_stand_in_says_so(make_board: MakeBoard) -> None:
    board = make_board(Entrant("tiny", summary={"model": {"base": "tiny", "stand_in": True}}))
    assert "a stand-in for speed, no claim about quality" in pages(board)[PAGE].decode("utf-8")


def test_an_odd_run_still_renders(make_board: MakeBoard) -> None:
    bare: dict[str, object] = {
        "total": None,
        "total_untimed": None,
        "parts": {},
        "families": {},
        "latency": None,
        "length": None,
    }
    odd = {**bare, "model": {}, "finetune": None, "created": "yesterday"}
    board = make_board(Entrant("odd", summary=odd, loss=False), Entrant("good", seed=2))
    text = pages(board)[PAGE].decode("utf-8")
    assert [entry.label for entry in board.entries] == ["good", "odd"]
    assert "–" in text


def test_many_entrants_draw_a_bounded_page(make_board: MakeBoard) -> None:
    board = make_board(*(Entrant(f"t{at:02}", at / 60, seed=at) for at in range(1, 51)), count=8)
    text = pages(board)[PAGE].decode("utf-8")
    assert "Only the first 40 entries are drawn" in text
    assert "Answers of the first 12 entries" in text
    assert text.count("<tr data-name=") == 2 * 50


def test_the_hostile_name_is_there_in_full(page: Page) -> None:
    names = {a["data-name"] for a in page.all("tr") if "data-name" in a}
    shown = HOSTILE_NAME.replace("\x1b", "␛").replace("\u202e", "‹U+202E›").replace("\n", "⏎")
    assert names == {"good", shown}


def test_a_wrong_answer_says_what_was_found_in_it(make_board: MakeBoard) -> None:
    text = pages(make_board(Entrant("a", 0.5)))[PAGE].decode("utf-8")
    assert re.search(r"答案是(\d+)号。<small>gold value not found · .*?<b>\1</b></small>", text)


def test_what_was_found_is_text_of_strangers_too(tmp_path: Path) -> None:
    run = write_run(tmp_path, Entrant("a", 0.5), questions(12))
    rows = (run / "scores.jsonl").read_text("utf-8")
    rows = re.sub(r'"found": \["\d+"\]', '"found": ["<img src=x>\\\\u202e", {"a": 1}]', rows)
    (run / "scores.jsonl").write_text(rows, "utf-8")
    text = pages(build([run]))[PAGE].decode("utf-8")
    assert "&lt;img src=x&gt;‹U+202E›、{&#39;a&#39;: 1}" in text
    assert "<img" not in text
