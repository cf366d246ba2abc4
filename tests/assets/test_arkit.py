"""The 52 names: one order, mirror images, regions, and the spellings seen on the wire."""

import numpy as np
import pytest

from assets import arkit


def test_there_are_52_different_names_each_with_its_place() -> None:
    assert len(set(arkit.NAMES)) == arkit.COUNT == 52
    assert [arkit.NAMES[arkit.INDEX[name]] for name in arkit.NAMES] == list(arkit.NAMES)


@pytest.mark.parametrize(
    ("name", "mirrored"),
    [
        ("eyeBlinkLeft", "eyeBlinkRight"),
        ("eyeLookInRight", "eyeLookInLeft"),  # in stays in
        ("jawLeft", "jawRight"),
        ("mouthRight", "mouthLeft"),
        ("mouthRollLower", "mouthRollLower"),
        ("tongueOut", "tongueOut"),
    ],
)
def test_mirror_names(name: str, mirrored: str) -> None:
    assert arkit.mirror_name(name) == mirrored


def test_mirroring_twice_is_the_identity_and_keeps_the_regions() -> None:
    np.testing.assert_array_equal(arkit.MIRROR[arkit.MIRROR], np.arange(arkit.COUNT))
    for names in arkit.REGIONS.values():
        assert {arkit.mirror_name(name) for name in names} == set(names)


def test_every_name_is_in_exactly_one_region() -> None:
    assert sorted(name for names in arkit.REGIONS.values() for name in names) == sorted(arkit.NAMES)
    assert arkit.REGIONS["tongue"] == ("tongueOut",)
    assert set(arkit.REGIONS["gaze"]) == {name for name in arkit.NAMES if "Look" in name}


def _underscored(name: str) -> str:
    for side in ("Left", "Right"):
        if name.endswith(side) and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
            return f"{name.removesuffix(side)}_{side[0]}"
    return name


@pytest.mark.parametrize(
    "spelling",
    [
        str,
        str.lower,
        str.upper,
        lambda name: name[0].upper() + name[1:],
        _underscored,
        lambda name: _underscored(name[0].upper() + name[1:]),
        lambda name: "".join(f"_{char.lower()}" if char.isupper() else char for char in name),
        lambda name: f"BlendShape.{name[0].upper()}{name[1:]}",
        lambda name: f" {name} ",
    ],
)
def test_spellings_on_the_wire(spelling: object) -> None:
    assert callable(spelling)
    assert [arkit.normalise(spelling(name)) for name in arkit.NAMES] == list(arkit.NAMES)


@pytest.mark.parametrize("name", ["", "_", "eyeBlink", "_neutral", "HeadYaw", "eyeBlinkMiddle", "Joy", "\0"])
def test_other_names_mean_nothing(name: str) -> None:
    assert arkit.normalise(name) is None
