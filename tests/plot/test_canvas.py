"""Axes: those given, or of a figure that nobody else has; without matplotlib the extra is named."""

from __future__ import annotations

import subprocess
import sys

import pytest
from matplotlib.figure import Figure

import telemparse.plot
from telemparse.errors import MissingExtra
from telemparse.plot import plot_delta, plot_gg, plot_map, plot_traces
from telemparse.plot.canvas import styles

PLOTS = [plot_delta, plot_gg, plot_map, plot_traces]


@pytest.mark.parametrize("plot", PLOTS)
def test_a_plot_draws_on_the_axes_given_and_returns_them(plot, laps):
    ax = Figure().add_subplot()
    assert plot(laps, ax=ax) is ax
    assert ax.lines or ax.collections


@pytest.mark.parametrize("plot", PLOTS)
def test_each_plot_has_a_figure_of_its_own(plot, laps):
    assert plot(laps).figure is not plot(laps).figure


def test_a_figure_can_be_saved_without_a_screen(laps, tmp_path):
    plot_map(laps).figure.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("plot", PLOTS)
def test_axes_carry_canonical_names_with_units(plot, laps):
    ax = plot(laps)
    for label in (ax.get_xlabel(), ax.get_ylabel()):
        assert label.split()[0] in {
            "accel_lat_mps2", "accel_long_mps2", "delta_s", "s_m", "speed_mps", "x_e_m", "y_n_m",
        }  # fmt: skip
        assert label.split()[1].startswith(("(m)", "(s)", "(m/s)", "(m/s²)"))


@pytest.mark.parametrize("plot", PLOTS)
def test_without_matplotlib_the_extra_is_named(plot, laps, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"telemparse\[plot\]"):
        plot(laps)


def test_nothing_heavy_is_loaded_before_it_is_used_and_pyplot_never():
    words = (
        "import sys, telemparse.plot as plot; assert 'numpy' not in sys.modules; plot.plot_map;"
        " assert 'matplotlib' not in sys.modules; plot.canvas.axes_of(None);"
        " assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", words], check=True)


def test_the_room_names_what_it_holds_and_nothing_else():
    assert set(telemparse.plot.__all__) <= set(dir(telemparse.plot))
    with pytest.raises(AttributeError, match="plot_pie"):
        telemparse.plot.plot_pie  # noqa: B018  (asking for it is the test)


def test_many_laps_differ_in_colour_or_dash():
    looks = [(colour, dash) for _item, colour, dash in styles(range(20))]
    assert len(set(looks)) == 20
    assert len({dash for _colour, dash in looks[:6]}) == 1
