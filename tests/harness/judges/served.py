"""A judge to be asked over HTTP, who likes long answers."""

import json
import re

Messages = list[dict[str, str]]


def likes_length(messages: Messages) -> str:
    """Five marks for more than four characters, else two; of two answers the longer."""
    prompt = messages[-1]["content"]
    found = re.search("<(text-[0-9a-f]+)>", prompt)
    tag = found[1] if found else ""
    _, *answers = re.findall(f"<{tag}>\n(.*?)\n</{tag}>", prompt, re.DOTALL)
    if len(answers) == 2:
        return json.dumps({"更好": "A" if len(answers[0]) > len(answers[1]) else "B"})
    return json.dumps({"切题": 5 if len(answers[0]) > 4 else 2, "无害": "是"})
