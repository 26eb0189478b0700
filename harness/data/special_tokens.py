"""Special tokens inside what is said: a tokenizer takes the text for the token.

An answer that holds `<|im_end|>` teaches a model to stop there; a question that holds one can end
the question and speak as somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.data.conversation import Conversation

# Qwen, ChatML, Llama 3, Phi and GLM write theirs in <|...|>, DeepSeek in full-width marks; the
# others are those of Llama 2, Mistral, Gemma, Baichuan, BERT and T5.
_TOKEN = re.compile(
    r"<\|[A-Za-z][A-Za-z0-9_ ./-]{0,40}\|>|<｜[^｜<>\n]{1,40}｜>"
    r"|</?s>|<(?:eos|bos|pad|unk|eod|eop|sop|start_of_turn|end_of_turn)>"
    r"|\[/?INST\]|<</?SYS>>|\[(?:CLS|SEP|PAD|MASK|UNK|gMASK|sMASK|BOS|EOS|EOT)\]"
    r"|<(?:extra_id_[0-9]{1,3}|reserved_[0-9]{1,4}|unused[0-9]{1,4})>"
    r"|<(?:/tool_response|tool_response)>"
)
_ROLES = {"user": "question", "assistant": "answer", "system": "system text"}


def special_tokens(conversation: Conversation) -> Iterator[tuple[str, str]]:
    """Yield for each turn that holds some whose it is, and what to say of it."""
    for number, turn in enumerate(conversation.turns, start=1):
        if turn.role not in _ROLES:  # what tools say is joined by tokens of the template
            continue
        found = list(dict.fromkeys(match[0] for match in _TOKEN.finditer(turn.content)))
        if found:
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            listed = ", ".join(map(repr, found[:3])) + more
            yield turn.role, f"turn {number}, the {_ROLES[turn.role]}, holds {listed}"
