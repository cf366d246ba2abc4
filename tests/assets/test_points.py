"""assets.points"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import points
from assets.errors import PortraitError
from assets.points import FacePoints

SIX = {
    "right_eye": (100.0, 100.0), "left_eye": (200.0, 100.0), "nose_tip": (150.0, 150.0), "mouth_right": (120.0, 200.0),
    "mouth_left": (180.0, 200.0), "chin": (150.0, 260.0),
}  # fmt: skip
hundredths = st.integers(-20_000_000, 20_000_000).map(lambda n: n / 100)


@given(
    st.dictionaries(st.sampled_from(sorted(points.NAMES)), st.tuples(hundredths, hundredths)),
    st.none() | st.tuples(st.integers(1, 9000), st.integers(1, 9000)),
)
def test_round_trip(more: dict[str, tuple[float, float]], size: tuple[int, int] | None) -> None:
    given_points = FacePoints({**SIX, **more}, size)
    assert points.parse(points.dump(given_points)) == given_points


def test_saved_is_plain_json_in_a_fixed_order(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    points.save(FacePoints(dict(reversed(SIX.items())), (512, 600)), path)
    told = json.loads(path.read_text())
    assert (told["format"], told["version"], told["picture_px"]) == ("cartoonalive-points", 1, [512, 600])
    assert list(told["points"]) == list(SIX)
    assert points.load(path) == FacePoints(SIX, (512, 600))


def test_corners_stand_for_the_middle_of_an_eye() -> None:
    names = dict.fromkeys(SIX, (0.0, 0.0))
    del names["left_eye"]
    assert points.missing(names) == ("left_eye (or left_eye_outer and left_eye_inner)",)
    assert points.missing({**names, "left_eye_outer": (1, 1)}) != ()
    assert points.missing({**names, "left_eye_outer": (1, 1), "left_eye_inner": (0, 0)}) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "points: is not JSON"),
        ("[]", "points: value: expected an object"),
        ("{}", "points: points: is missing"),
        ('{"format": "cartoonalive-take", "points": {}}', "format: expected 'cartoonalive-points'"),
        ('{"version": 2, "points": {}}', "version: expected a whole number from 1 to 1"),
        ('{"points": {"right_eye": [1]}}', "points.right_eye: expected a list of 2"),
        ('{"points": {"right_eye": [1, "2"]}}', r"points.right_eye\[1\]: expected a number"),
        ('{"points": {"right_eye": [1, 1e7]}}', r"points.right_eye\[1\]: expected a number from -200000"),
        ('{"points": {"beak": [1, 2]}}', "'beak' is no name of a point; known are right_eye, "),
        ('{"points": {}, "picture_px": [0, 5]}', r"picture_px\[0\]: expected a whole number from 1"),
        (json.dumps({"points": {k: v for k, v in SIX.items() if k != "chin"}}), "1 missing .*: chin"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(PortraitError, match=message) as raised:
        points.load(path)
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith(f": {path}")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(PortraitError, match="points: the file does not exist"):
        points.load(tmp_path / "none.json")
    with pytest.raises(PortraitError, match="within 200000 px, got nan"):
        FacePoints({**SIX, "chin": (float("nan"), 0.0)})
