from pathlib import Path

import pytest

from assets.errors import WeightsError
from generator.engines.tflite import Network


@pytest.mark.parametrize("contents", [b"", b"not a network", bytes(4096)])
def test_a_file_that_is_no_network(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "broken.tflite"
    path.write_bytes(contents)
    with pytest.raises(WeightsError, match=r"broken\.tflite") as caught:
        Network(path, 128)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"missing\.tflite"):
        Network(tmp_path / "missing.tflite", 128)
