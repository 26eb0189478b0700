"""What XTuner 0.2 makes of a row, told in this project's own words."""

from collections.abc import Mapping
from typing import Any

Exchange = dict[str, Any]


def is_standard(row: Mapping[str, Any]) -> bool:
    """Whether a row needs no mapping: XTuner asks this of the first one."""
    talk = row.get("conversation")
    return isinstance(talk, list) and all(
        isinstance(item, dict)
        and isinstance(item.get("input"), str)
        and isinstance(item.get("output"), str)
        for item in talk
    )


def map_openai(row: Mapping[str, Any]) -> list[Exchange]:
    """`openai_map_fn`: questions add up until a reply; a system text counts for the next one."""
    talk: list[Exchange] = []
    system = asked = ""
    for message in row["messages"]:
        role, content = message["role"], message["content"]
        if role == "system":
            system = content
        elif role == "user":
            asked += content
        elif role == "assistant":
            if not talk and not asked and not system:
                continue
            loss = message.get("loss", True)
            loss = loss.lower() == "true" if isinstance(loss, str) else loss
            talk.append(
                {"system": system, "input": asked, "output": content, "output_with_loss": loss}
            )
            system = asked = ""
        else:
            raise NotImplementedError(role)
    return talk


def map_alpaca(row: Mapping[str, Any]) -> list[Exchange]:
    """`alpaca_map_fn`: always a line end between the two, and no row without output."""
    if row["output"] == "<nooutput>":
        return []
    return [{"input": f"{row['instruction']}\n{row['input']}", "output": row["output"]}]
