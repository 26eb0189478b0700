"""Questions about one train that ask for the same in new words, and those that have drifted."""

from pathlib import Path

import pytest
import yaml

from harness.distill.verify.intent import Meanings, Wording, terms, without_named
from harness.distill.verify.verifier import open_verifier
from harness.store.codec import read_samples

GOLDEN: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "meanings.yaml").read_text("utf-8")
)
CASES = [
    (program, wording, verdict == "other")
    for program, verdicts in GOLDEN.items()
    for verdict, wordings in verdicts.items()
    for wording in wordings
]


@pytest.fixture(scope="module")
def meanings(small: Path) -> Meanings:
    return open_verifier(small, 0.9).meanings


@pytest.mark.parametrize(("program", "wording", "strays"), CASES)
def test_new_words_pass_and_other_questions_do_not(
    meanings: Meanings, program: str, wording: str, strays: bool
) -> None:
    assert meanings.strays(program, wording) is strays


def test_courtesy_tells_nothing(meanings: Meanings) -> None:
    plain = terms("□几点到站")
    assert terms("工作人员您好，请问一下□几点到站，谢谢") == plain
    assert not meanings.strays("lookup.arrival", "不好意思，麻烦您查一下□几点到站，谢谢")


def test_test_phrasings_mean_what_their_program_means(small: Path, meanings: Meanings) -> None:
    for sample in read_samples(small / "test.jsonl"):
        if sample.row in sample.named:
            program = sample.template.partition("/")[0]
            assert not meanings.strays(program, without_named(sample.question, sample.named)), (
                sample
            )


def test_a_suite_that_only_names_a_column_knows_no_synonyms() -> None:
    taught = [Wording("size", f"{start}□的面积是多少", "row 1") for start in ("", "请问", "麻烦问")]
    taught += [Wording("price", f"{start}□的房价是多少", "row 1") for start in ("", "请问")]
    meanings = Meanings(taught)
    assert not meanings.strays("size", "□有多大")
    assert meanings.strays("size", "□的房价怎么样")
    assert not meanings.strays("unknown", "□的房价怎么样")


def test_who_is_never_where() -> None:
    meanings = Meanings([Wording("filter", "□在哪里上课", "set 1")])
    assert meanings.differs("filter", "□是谁上课")
    assert not meanings.differs("filter", "□在什么地方上课")
    assert not meanings.differs("filter", "□的课")
