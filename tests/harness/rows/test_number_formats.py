"""Numbers and moments as their formats show them."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.rows.number_formats import as_shown

ACCOUNTS = '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.9349999999999999, "0.0%", "93.5%"),
        (0.8571, "0%", "86%"),
        (-0.021, "0.00%", "-2.10%"),
        (1.5, "0%", "150%"),
        (7, "0000", "0007"),
        (12345, "000", "12345"),
        (7, '"A"000', "A007"),
        (12, "¥0.00", "¥12.00"),
        (12, '"¥"#,##0.00', "¥12.00"),
        (1234.5, "[$¥-804]#,##0.00", "¥1234.50"),
        (-3, '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', "-$3.00"),
        (-30, "¥#,##0.00", "-¥30.00"),
        (-1250.5, "$#,##0.00_);($#,##0.00)", "-$1250.50"),
        (-30, "[$€-407]#,##0.00", "-€30.00"),
        (-30, '#,##0.00\\ "€"', "-30.00€"),
        (-30, ACCOUNTS, "-¥30.00"),
        (5, '0"元"', "5元"),
        (2.25, '0.0\\ "kg"', "2.3kg"),
        (3, '"第"0"节"', "第3节"),
        (1234.5, "#,##0.00", 1234.5),
        (8, "0.00", 8),
        (33.333333, "0.00", 33.33),
        (2.675, "0.00", 2.68),
        (2.5, "0", 3),
        (-80, "#,##0.00_);(#,##0.00)", -80),
        (128000, ACCOUNTS, "¥128000.00"),
        (0, ACCOUNTS, "¥0.00"),
        (0.1 + 0.2, "General", 0.3),
        (116.40739478, "General", 116.40739478),
        (1 / 3, "General", 0.3333333333),
        (3.0, "General", 3),
        (3.7, "@", 3.7),
        (12345678, "0.00E+00", 12345678),
        (0.5, "# ?/?", 0.5),
        (1500, '[>=1000]0.0,"k";0', 1500),
        (1500000, '0.0,,"M"', 1500000),
        (7, ";;;", 7),
        (True, "0%", True),
        ("15%", "0.00", "15%"),
    ],
)
def test_numbers(value: object, number_format: str, shown: object) -> None:
    found = as_shown(value, number_format)
    assert found == shown
    assert type(found) is type(shown)


DAY = dt.datetime(2025, 3, 8)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (dt.datetime(1900, 1, 1, 1, 30), "h:mm", dt.timedelta(hours=25, minutes=30)),
        (dt.datetime(1900, 1, 2, 0, 5), "hh:mm:ss", dt.timedelta(days=2, minutes=5)),
        (DAY.replace(hour=9), "h:mm", dt.time(9)),
        (DAY.replace(hour=9), 'h"时"mm"分"', dt.time(9)),
        (DAY, 'yyyy"年"m"月"', "2025年3月"),
        (DAY, "yyyy-mm", "2025-03"),
        (DAY, "mmm-yy", "2025-03"),
        (DAY, "yyyy-mm-dd", DAY),
        (DAY, 'm"月"d"日"', DAY),
        (DAY.replace(hour=9), "yyyy/m/d h:mm", DAY.replace(hour=9)),
        (dt.time(8, 30), "h:mm", dt.time(8, 30)),
        (dt.timedelta(hours=26), "[h]:mm", dt.timedelta(hours=26)),
    ],
)
def test_moments(value: object, number_format: str, shown: object) -> None:
    assert as_shown(value, number_format) == shown


@given(st.floats(), st.text(alphabet='0#?.,%;"¥元[]hmsyd_*\\E+/@-()', max_size=14))
def test_any_number_in_any_format_is_a_number_or_a_text(value: float, number_format: str) -> None:
    found = as_shown(value, number_format)
    assert isinstance(found, int | float | str)
    if math.isfinite(value) and isinstance(found, int | float):
        assert abs(found - value) <= max(0.5, abs(value) * 1e-9)
