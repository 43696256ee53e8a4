"""Tables in which some columns have decimal commas and others points."""

from __future__ import annotations

import pytest

_HEADER = "time;lat;lon;speed (km/h);force;price;oil"
# Two places of six digits, a speed, a force below one, whole thousands, a temperature.
_ROW = "2024-06-01 12:00:{:02d};50{p}12345{:d};8{p}65432{:d};{:d}{s}5;0{s}123;1{t}234;90{s}25"


def _table(more="", **signs):
    """Return ten rows; `more` cells behind them decide which of the signs is the file's."""
    lines = [_HEADER + ";extra" * more.count(";")]
    lines += [_ROW.format(n, n, n, 30 + n, **signs) + more for n in range(10)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("signs", [{"p": ".", "s": ","}, {"p": ",", "s": "."}])
@pytest.mark.parametrize("more", ["", ";1,5;2,5;3,5;4,5;5,5", ";1.5;2.5;3.5;4.5;5.5"])
def test_positions_and_speeds_may_bear_different_decimal_signs(read, signs, more):
    result = read(_table(more, t=signs["s"], **signs))
    fixes, channels = result.streams["gnss_pvt"], result.streams["channels.main"]
    assert fixes["lat_deg"].to_pylist() == [float(f"50.12345{n}") for n in range(10)]
    assert fixes["lon_deg"][9].as_py() == 8.654329
    assert fixes["speed_mps"][0].as_py() == pytest.approx(30.5 / 3.6)
    assert channels["force"].to_pylist() == [0.123] * 10
    assert channels["oil"][0].as_py() == 90.25
    layout = result.metadata["layout"]
    assert ("lat" in layout["other_decimal"]) is (layout["decimal"] != signs["p"])
    assert ("oil" in layout["other_decimal"]) is (layout["decimal"] != signs["s"])


@pytest.mark.parametrize(("price", "more"), [(".", ";1,5;2,5;3,5"), (",", ";1.5;2.5;3.5")])
def test_the_other_sign_before_three_digits_is_no_decimal_one(read, codes, price, more):
    sign = "," if price == "." else "."
    result = read(_table(more, p=price, s=sign, t=price))
    assert result.streams["gnss_pvt"].num_rows == 10
    assert result.streams["channels.main"]["price"].null_count == 10
    assert "VALUE_OUT_OF_RANGE" in codes(result)
