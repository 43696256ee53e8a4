"""Names of channels: canonical where name and unit say so, unique, and honest about what is assumed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from telemparse.kernels.channel_words import CHANNEL_WORDS, ChannelMeaning, channel_meaning
from telemparse.kernels.spelling import squash
from telemparse.kernels.units import Dimension
from telemparse.schemas import KNOWN_CHANNELS, ChannelNames, snake_case


def test_every_canonical_channel_has_words_written_as_they_are_compared():
    assert {name for name, _dimension, _words in CHANNEL_WORDS} == set(KNOWN_CHANNELS)
    words = [word for _name, _dimension, some in CHANNEL_WORDS for word in some.split()]
    assert [word for word in words if squash(word) != word] == []
    assert len(words) == len(set(words))


@pytest.mark.parametrize("name", ["Throttle Pos", "throttle_pos", "THROTTLE-POS", "throttle_pct"])
def test_a_channel_is_known_in_any_spelling(name):
    assert channel_meaning(name) == ChannelMeaning("throttle_pct", Dimension.RATIO)


def test_a_known_channel_with_a_unit_of_its_kind_is_converted():
    named = ChannelNames().take("Ground Speed Sensor")
    speed = ChannelNames().take("Vehicle Speed", "km/h")
    assert named.name == "ground_speed_sensor"
    assert (speed.name, speed.unit, speed.source_unit, speed.assumed) == ("speed_mps", "m/s", "km/h", False)
    assert speed.converted(np.array([36.0])) == pytest.approx([10.0])
    assert speed.is_canonical
    assert speed.is_converted


def test_a_unit_of_another_kind_or_an_unknown_one_leaves_name_and_unit():
    names = ChannelNames()
    torque, odd = names.take("Brake Pressure", "deg"), names.take("Oil Pressure", "furlong")
    assert (torque.name, torque.unit, torque.is_converted) == ("brake_pressure", "deg", False)
    assert (odd.name, odd.unit) == ("oil_pressure", "furlong")


def test_without_a_unit_only_counts_and_what_documents_say_are_canonical():
    documented = {"oiltemp": ChannelMeaning("oil_temp_c", Dimension.TEMPERATURE, "degf")}
    names = ChannelNames(documented)
    gear, rpm, temperature, speed = map(names.take, ("Gear", "Engine Speed", "Oil Temp", "Vehicle Speed"))
    assert [each.name for each in (gear, rpm, temperature, speed)] == [
        "gear", "rpm", "oil_temp_c", "vehicle_speed",
    ]  # fmt: skip
    assert [each.assumed for each in (gear, rpm, temperature, speed)] == [False, False, True, False]
    assert temperature.converted(np.array([212.0])) == pytest.approx([100.0])


def test_a_format_may_say_that_a_word_means_nothing_canonical():
    assert ChannelNames({"fuel": None}).take("Fuel", "%").name == "fuel"
    assert ChannelNames().take("Fuel", "%").name == "fuel_level_pct"


def test_names_are_unique_and_none_passes_for_a_canonical_one():
    names = ChannelNames(reserved=frozenset({"lap"}))
    given = [
        ("Gear", ""),
        ("gear", ""),
        ("GEAR", ""),
        ("t", ""),
        ("Lap", ""),
        ("speed_mps", "furlong"),
        ("!", ""),
    ]
    assert [names.take(*each).name for each in given] == [
        "gear", "gear_2", "gear_3", "t_2", "lap_2", "speed_mps_2", "channel",
    ]  # fmt: skip


def test_a_field_says_where_its_channel_comes_from():
    field = ChannelNames().take("Vehicle Speed", "km/h").field(pa.float32(), rate_hz=20)
    facts = {key.decode(): value.decode() for key, value in field.metadata.items()}
    assert (field.name, facts["unit"], facts["source_name"]) == ("speed_mps", "m/s", "Vehicle Speed")
    assert (facts["source_unit"], facts["rate_hz"]) == ("km/h", "20.0")


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("EngineRPM", "engine_rpm"), ("Engine RPM", "engine_rpm"), ("LFtempCL", "l_ftemp_cl"),
        ("Wheel-Speed FL", "wheel_speed_fl"), ("ABS", "abs"), ("  ", ""),
    ],
)  # fmt: skip
def test_names_become_snakes(name, snake):
    assert snake_case(name) == snake
