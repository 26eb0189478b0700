"""Asks a teacher from a process that a test may kill: `python -m tests.harness.models.asker`.

Arguments: address, file of replies, number of samples, concurrency. Prints one JSON line an output.
"""

import json
import sys
from pathlib import Path

from harness.budget import Meter
from harness.models.api import ApiSettings, open_api
from harness.responses import Responses
from harness.sections import Budget
from tests.conftest import sample

PAYER = "distill-0"


def main(address: str, path: str, number: str, concurrency: str) -> None:
    settings = ApiSettings(address, "m", concurrency=int(concurrency))
    responses = Responses(Path(path))
    meter = Meter(Budget(), responses.spent(PAYER))
    with open_api(settings, responses, meter, PAYER) as model:
        for output in model.generate(sample(n) for n in range(int(number))):
            print(json.dumps([output.sample_id, output.text, output.error]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
