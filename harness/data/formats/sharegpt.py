"""ShareGPT: `conversations`, a list of turns with `from` and `value`, and maybe a `system`."""

from __future__ import annotations

from harness.data.formats import talk
from harness.data.formats.talk import Tags

TAGS = Tags(
    name="sharegpt",
    turns="conversations",
    role="from",
    content="value",
    roles={
        "system": "system",
        "user": "human",
        "assistant": "gpt",
        "observation": "observation",
        "function_call": "function_call",
    },
    other={},
    loss=False,
    calls=False,
)

FORMAT = talk.talking(TAGS, "conversations: from, value")
