"""OpenAI's `messages`: a list of turns with `role` and `content`, and maybe a `loss` of a reply.

What a tool answers is a turn of `tool`, and so is what several answer that were called together. A
call is a message of the assistant with `tool_calls`, or a turn of `function_call`, a role that
readers of OpenAI's do not know: only what is no call they would understand is written so.
"""

from __future__ import annotations

from harness.data.formats import talk
from harness.data.formats.talk import Tags

TAGS = Tags(
    name="messages",
    turns="messages",
    role="role",
    content="content",
    roles={
        "system": "system",
        "user": "user",
        "assistant": "assistant",
        "observation": "tool",
        "function_call": "function_call",
    },
    other={"developer": "system", "observation": "observation", "function": "observation"},
    loss=True,
    calls=True,
)

FORMAT = talk.talking(TAGS, "messages: role, content")
