"""What templates may call: texts in two languages that act in neither."""

from __future__ import annotations

from reports.html import environment
from reports.strings import Note

HOSTILE = '</span><img src=x>"\x1b[31m\u202e'


def test_what_goes_into_a_sentence_is_text_in_both_languages() -> None:
    drawn = environment().from_string("{{ t('stand_in', list=told) }}").render(told=HOSTILE)
    assert drawn.count("<") == 2
    assert "\x1b" not in drawn
    assert drawn.count("‹U+202E›") == drawn.count("&lt;img src=x&gt;&#34;␛[31m") == 2


def test_a_sentence_may_hold_a_list_of_sentences() -> None:
    lost = (Note("night_lost_by", {"gate": Note("time"), "loss": "9%"}), "b")
    note = Note("night_lost", {"entry": "a", "list": lost})
    drawn = environment().from_string("{{ t(note) }}").render(note=note)
    assert drawn == '<span data-zh="a（耗时 退步 9%、b）">a (time by 9%, b)</span>'
