from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.bayes import SMOOTHING, Classifier, features, train


def trained(*pairs: tuple[str, str]) -> Classifier:
    classifier = train([text for text, _ in pairs], [label for _, label in pairs])
    assert classifier is not None
    return classifier


def test_features_are_characters_and_pairs_within_words() -> None:
    assert features("Ａb 好💖") == ["a", "b", "ab", "好", "💖", "好💖"]
    assert features(" \n") == []


def test_log_probabilities_are_smoothed_counts() -> None:
    told = trained(("甲甲", "x"), ("乙", "y"))
    # x: 甲 twice, 甲甲 once; y: 乙 once; three features in all.
    whole_x, whole_y = 3 + 3 * SMOOTHING, 1 + 3 * SMOOTHING
    assert told.logs["甲"] == pytest.approx(
        (math.log((2 + SMOOTHING) / whole_x), math.log(SMOOTHING / whole_y))
    )
    assert told.scores("甲丙") == pytest.approx(
        {"x": math.log((2 + SMOOTHING) / whole_x), "y": math.log(SMOOTHING / whole_y)}
    )


def test_words_tell_labels_apart() -> None:
    told = trained(("抱抱你哦💖", "温柔"), ("没关系呀", "温柔"), ("就这？笑死🙄", "毒舌"))
    assert told.label("抱抱，没关系") == "温柔"
    assert told.label("笑死我了") == "毒舌"


@pytest.mark.parametrize("text", ["", " ", "xyz"])
def test_what_was_never_seen_has_no_label(text: str) -> None:
    assert trained(("抱抱", "温柔"), ("笑死", "毒舌")).label(text) is None


def test_a_tie_has_no_label() -> None:
    assert trained(("好的", "a"), ("好的", "b")).label("好的") is None


def test_a_frequent_label_is_not_likelier() -> None:
    told = trained(*[(f"抱{n}", "温柔") for n in range(50)], ("笑死", "毒舌"))
    assert told.label("笑") == "毒舌"


@pytest.mark.parametrize("labels", [[], ["温柔"], ["温柔", "温柔"]])
def test_one_label_needs_no_classifier(labels: list[str]) -> None:
    assert train(["抱抱"] * len(labels), labels) is None


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_the_order_of_labels_does_not_matter(one: str, other: str, text: str) -> None:
    a, b = trained((one, "a"), (other, "b")), trained((other, "b"), (one, "a"))
    assert a.label(text) == b.label(text)
