"""The process that fetches a model: the only one in which Podium goes to a hub.

    python -m harness.hub.worker hf:ORG/NAME@revision

It prints one line of JSON: `commit`, or `error` with `text`. A process of its own, because the
hub's client reads at its import whether it may use the network, and the engines that load the
model afterwards, in the process that waits for this one, may not.
"""

from __future__ import annotations

import json
import sys

from harness.errors import PodiumError
from harness.hub.names import MODELSCOPE, hub_name


def main(text: str) -> int:
    """Fetch one model and say which commit it is."""
    name = hub_name(text)
    if name is None:
        raise ValueError(f"{text} names no model of a hub")
    try:
        if name.hub == MODELSCOPE:
            from harness.hub.modelscope import fetch
        else:
            from harness.hub.huggingface import fetch
        said = {"commit": fetch(name)}
    except PodiumError as error:
        said = {"error": type(error).__name__, "text": str(error)}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:  # the process that waits says so
        sys.exit(130)
