"""What names a model of a hub."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.hub.names import HubName, hub_name, model_name

COMMIT = "989aa7980e4cf806f80c7fef2b1adb7bc71aa306"


@pytest.mark.parametrize(
    ("text", "name", "pinned"),
    [
        ("hf:Qwen/Qwen3-8B", HubName("hf", "Qwen/Qwen3-8B", "main"), False),
        ("ms:Qwen/Qwen3-8B", HubName("ms", "Qwen/Qwen3-8B", "master"), False),
        (
            "ms:Shanghai_AI_Laboratory/internlm2_5-1_8b-chat@v1.0",
            HubName("ms", "Shanghai_AI_Laboratory/internlm2_5-1_8b-chat", "v1.0"),
            False,
        ),
        ("hf:o/m@refs/pr/4", HubName("hf", "o/m", "refs/pr/4"), False),
        (f"hf:o/m@{COMMIT}", HubName("hf", "o/m", COMMIT), True),
        (f"hf:o/m@{COMMIT[:12]}", HubName("hf", "o/m", COMMIT[:12]), False),
    ],
)
def test_a_name_says_hub_model_and_revision(text: str, name: HubName, pinned: bool) -> None:
    found = hub_name(text)
    assert found == name
    assert found is not None
    assert found.is_pinned is pinned
    assert hub_name(str(found)) == found


@pytest.mark.parametrize(
    "text", [None, "builtin:tiny-qwen2", "models/Qwen", "/data/hf/Qwen", "C:/x", "./hf:o/m"]
)
def test_other_names_are_none_of_a_hub(text: str | None) -> None:
    assert hub_name(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "hf:", "hf:Qwen3-8B", "hf:a/b/c", "hf:a/../b", "hf:a/b@", "hf:a/b@x..y", "hf:a/b@/etc",
        "ms:a b/c", "ms:a/b@-x", "hf:https://huggingface.co/a/b",
    ],
)  # fmt: skip
def test_what_begins_as_a_name_and_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write hf:ORG/NAME|names no branch"):
        hub_name(text)


@pytest.mark.parametrize(
    ("named", "folder", "name"),
    [
        ("hf:Qwen/Qwen3-8B@main", "/anywhere", "Qwen/Qwen3-8B"),
        (f"ms:Qwen/Qwen3-8B@{COMMIT}", f"snapshots/{COMMIT}", "Qwen/Qwen3-8B"),
        (None, f"/hub/models--Qwen--Qwen2.5-1.5B-Instruct/snapshots/{COMMIT}",
         "Qwen/Qwen2.5-1.5B-Instruct"),
        (None, f"/hub/models--o--a--b/snapshots/{COMMIT}", "o/a--b"),
        (None, "/ms/models/Qwen/Qwen2___5-1___5B-Instruct", "Qwen2.5-1.5B-Instruct"),
        (None, "/data/snapshots/mine", "mine"),
        ("builtin:tiny-qwen2", "/podium/baselines/tiny-qwen2", "tiny-qwen2"),
    ],
)  # fmt: skip
def test_a_model_is_called_by_its_name_wherever_it_lies(
    named: str | None, folder: str, name: str
) -> None:
    assert model_name(named, Path(folder)) == name
