"""Series of a session in S3 are those of the same session in a folder."""

from __future__ import annotations

import pytest

from telemparse.service.series import SeriesRefused, compare, lap_list, streams, time_series, track_map

_OWN = ("session_id", "run_id")


def told(answer):
    return {name: value for name, value in answer.to_dict().items() if name not in _OWN}


@pytest.mark.slow
def test_a_store_of_s3_gives_the_same_answers_as_a_folder(lapped, far_lapped, analyst):
    assert streams(*far_lapped) == streams(*lapped)
    assert told(lap_list(*far_lapped)) == told(lap_list(*lapped))
    assert told(track_map(*far_lapped)) == told(track_map(*lapped))
    for request in ({}, {"begin_s": 5.0, "end_s": 20.0, "level": "L0"}, {"lap": 2, "max_points": 50}):
        assert told(time_series(*far_lapped, **request)) == told(time_series(*lapped, **request))
    far, near = (compare(analyst, *each, laps=[2, 3]) for each in (far_lapped, lapped))
    assert told(far) == told(near)


@pytest.mark.slow
def test_an_object_that_is_gone_cannot_be_read_at_the_moment(far_lapped, analyst):
    pipeline, session_id = far_lapped
    key = next(each.storage_path for each in pipeline.datasets(session_id) if each.stream == "gnss_pvt")
    copy = pipeline.storage.read(key)
    pipeline.storage.delete([key])
    try:
        for call in (
            lambda: time_series(pipeline, session_id),
            lambda: compare(analyst, pipeline, session_id, laps=[2, 4]),
        ):
            with pytest.raises(SeriesRefused) as refused:
                call()
            assert (refused.value.code, refused.value.status) == ("SERIES_UNREADABLE", 503)
    finally:
        pipeline.storage.put(copy, key)
