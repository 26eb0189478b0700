"""The pictures of the documentation, out of a real run: `python tests/pictures.py runs/quickstart`.

    docs/leaderboard.png        the top of the page
    docs/leaderboard-zh.png     the same in Chinese, for README.zh-CN

The folder is that of a board, which `make run` writes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.reports import chromium
from tests.reports.chromium import Chromium

DOCS = Path(__file__).parent.parent / "docs"
# What the address says of the view, by the picture's name.
PICTURES: Mapping[str, str] = {"leaderboard.png": "", "leaderboard-zh.png": "#lang=zh"}
WIDE, HIGH = 1280, 1400  # pixels: what differs, the board and its formula


def take(board: Path, into: Path) -> list[Path]:
    """Write every picture of a board's page; return where they lie.

    Args:
        board: folder of `leaderboard.html`.
        into: folder of the pictures.

    Raises:
        SystemExit: there is no Chromium, or no page.
    """
    program, page = chromium.path(), board / "leaderboard.html"
    if program is None or not page.is_file():
        raise SystemExit("needs Chromium, and a folder with a leaderboard.html: make run")
    with TemporaryDirectory() as profile:
        browser = Chromium(program, Path(profile))
        try:
            browser.send(
                "Emulation.setDeviceMetricsOverride", width=WIDE, height=HIGH,
                deviceScaleFactor=1, mobile=False,
            )  # fmt: skip
            for name, view in PICTURES.items():
                browser.open(page.absolute().as_uri() + view)
                browser.screenshot(into / name, clip=(WIDE, HIGH))
        finally:
            browser.close()
    return [into / name for name in PICTURES]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for written in take(Path(sys.argv[1]), DOCS):
        print(written)  # noqa: T201
