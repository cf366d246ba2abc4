"""runtime.mishaps"""

import logging

import pytest

from runtime.mishaps import Mishaps


def test_the_first_in_full_the_rest_counted(caplog: pytest.LogCaptureFixture) -> None:
    mishaps = Mishaps()
    with caplog.at_level(logging.ERROR):
        for index in range(1000):
            try:
                raise ValueError(f"packet {index}")
            except ValueError as error:
                mishaps.note("osc", error)
        mishaps.note("webcam", RuntimeError("gone"))
    assert mishaps.counts() == {"osc": 1000, "webcam": 1}
    full = [record for record in caplog.records if record.exc_info]
    assert [record.getMessage() for record in full] == [
        "osc failed: ValueError: packet 0", "webcam failed: RuntimeError: gone",
    ]  # fmt: skip
    assert len(caplog.records) <= 12
    assert "osc failed 512 times, last: ValueError: packet 511" in caplog.messages
