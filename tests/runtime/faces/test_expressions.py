"""runtime.faces.expressions, runtime.faces.blending and runtime.faces.presets"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.errors import UsageError
from assets.face import FaceFrame, HeadPose
from runtime.faces.expressions import MAX_PRESETS, PRESETS, Expressions, Preset, blend, eased

BY_NAME = {preset.name: preset for preset in PRESETS}
WEIGHT = st.floats(0.0, 1.0, width=32)
FACES = st.dictionaries(st.sampled_from(arkit.NAMES), WEIGHT, max_size=30).map(FaceFrame.from_mapping)
SHARES = st.dictionaries(st.sampled_from(sorted(BY_NAME)), WEIGHT, max_size=4).map(
    lambda chosen: [(BY_NAME[name], share) for name, share in chosen.items()]
)


def full(*names: str, **weights: float) -> FaceFrame:
    return blend(FaceFrame.from_mapping(weights), [(BY_NAME[name], 1.0) for name in names])


def mirrored(preset: Preset) -> Preset:
    return Preset(preset.name, {arkit.mirror_name(name): value for name, value in preset.weights.items()})


def test_the_ten_with_their_keys() -> None:
    names = ["joy", "angry", "sad", "surprised", "wink", "tongue", "blush", "tears", "sweat", "shock"]
    assert [preset.name for preset in PRESETS] == [*names, "love", "dazzled"]
    assert [preset.key for preset in PRESETS] == [*"1234567890", "", ""]


def test_nothing_to_add_is_the_face_itself() -> None:
    face = FaceFrame.from_mapping({"eyeBlinkLeft": 0.5, "eyeWideLeft": 0.7})
    assert blend(face, []) is face
    assert blend(face, [(BY_NAME["joy"], 0.0)]) is face


def test_screen_of_face_and_preset() -> None:
    out = blend(FaceFrame.from_mapping({"cheekPuff": 0.5}), [(Preset("p", {"cheekPuff": 0.5}), 0.5)])
    assert out.weight("cheekPuff") == 1.0 - 0.5 * 0.75


@settings(deadline=None, max_examples=60)
@given(FACES, SHARES)
def test_weights_stay_weights(face: FaceFrame, shares: list[tuple[Preset, float]]) -> None:
    out = blend(face, shares)
    assert out.weights.min() >= 0.0
    assert out.weights.max() <= 1.0
    assert (out.head, out.time_s, out.channels) == (face.head, face.time_s, face.channels)


@settings(deadline=None, max_examples=60)
@given(FACES, SHARES)
def test_order_does_not_matter(face: FaceFrame, shares: list[tuple[Preset, float]]) -> None:
    np.testing.assert_allclose(blend(face, shares).weights, blend(face, shares[::-1]).weights, atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(FACES, SHARES)
def test_sides_are_treated_alike(face: FaceFrame, shares: list[tuple[Preset, float]]) -> None:
    other = blend(face.mirrored(), [(mirrored(preset), share) for preset, share in shares])
    np.testing.assert_allclose(other.weights, blend(face, shares).mirrored().weights, atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(FACES, SHARES, st.floats(0.0, 1.0))
def test_no_jumps(face: FaceFrame, shares: list[tuple[Preset, float]], at: float) -> None:
    """A small step of all shares is a small step of the face, from the very first on."""
    before, after = (blend(face, [(preset, share * part) for preset, share in shares]).weights
                     for part in (at * 0.999, at * 0.999 + 0.001))  # fmt: skip
    assert np.abs(after - before).max() <= 0.01


@pytest.mark.parametrize("name", sorted(BY_NAME))
@pytest.mark.parametrize("side", ["Left", "Right"])
def test_a_blink_wins(name: str, side: str) -> None:
    shut = full(name, **{f"eyeBlink{side}": 1.0})
    assert shut.weight(f"eyeBlink{side}") == 1.0
    assert shut.weight(f"eyeWide{side}") == 0.0
    assert shut.weight(f"eyeSquint{side}") == 0.0


def test_a_wink_closes_its_own_eye_only() -> None:
    for tracked in (0.0, 0.3, 1.0):
        out = full("wink", eyeBlinkLeft=tracked, eyeBlinkRight=tracked, eyeWideLeft=1.0 - tracked)
        assert out.weight("eyeBlinkLeft") == 1.0
        assert out.weight("eyeWideLeft") == 0.0
        assert out.weight("eyeBlinkRight") == np.float32(tracked)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_speech_stays_readable(name: str) -> None:
    """The jaw follows the speaker's evenly, by at least six tenths of what it does, and closed lips stay closed."""
    jaws = np.array([full(name, jawOpen=jaw).weight("jawOpen") for jaw in (0.0, 0.25, 0.5, 0.75, 1.0)])
    assert (np.diff(jaws) >= 0.25 * 0.6).all()
    closed = full(name, jawOpen=0.4, mouthClose=0.4)
    gap = closed.weight("jawOpen") - closed.weight("mouthClose")
    assert gap <= (1.0 if name == "tongue" else 1e-6)


def test_a_rounded_mouth_takes_back_the_smile() -> None:
    assert full("joy", mouthPucker=1.0).weight("mouthSmileLeft") < 0.3 < full("joy").weight("mouthSmileLeft")


def test_opposites_yield() -> None:
    assert full("joy", mouthFrownLeft=1.0).weight("mouthFrownLeft") < 0.2
    assert full("angry", browInnerUp=1.0, browOuterUpLeft=1.0).weight("browOuterUpLeft") < 0.1
    both = full("joy", "sad")
    assert both.weight("mouthSmileLeft") < full("joy").weight("mouthSmileLeft")
    assert both.weight("mouthFrownLeft") < full("sad").weight("mouthFrownLeft")


def test_the_head_is_never_touched() -> None:
    face = FaceFrame(head=HeadPose(0.1, 0.2, 0.3, 0.01, 0.02, 0.03))
    assert blend(face, [(preset, 1.0) for preset in PRESETS]).head == face.head


STILL = FaceFrame()
PUFF = Preset("puff", {"cheekPuff": 1.0}, {"blush": 0.5}, fade_s=0.5)


def puff(show: Expressions, now_s: float) -> float:
    return show.step(STILL, now_s)[0].weight("cheekPuff")


def test_coming_staying_going() -> None:
    show = Expressions([PUFF])
    assert show.step(STILL, 0.0) == (STILL, {})
    assert show.trigger("puff", True, 1.0)
    assert puff(show, 1.0) == 0.0
    assert puff(show, 1.25) == 0.5
    assert puff(show, 1.5) == puff(show, 900.0) == 1.0
    assert show.step(STILL, 900.0)[1] == {"blush": 0.5}
    assert not show.trigger("puff", None, 900.0)
    assert puff(show, 900.25) == 0.5
    assert show.step(STILL, 900.5) == (STILL, {})


def test_hold_ends_by_itself_and_begins_anew_when_triggered_again() -> None:
    show = Expressions([Preset("puff", {"cheekPuff": 1.0}, fade_s=0.5, hold_s=1.0)])
    show.trigger("puff", True, 0.0)
    assert [puff(show, t) for t in (0.5, 1.5, 1.75, 2.0)] == [1.0, 1.0, 0.5, 0.0]
    show.trigger("puff", True, 10.0)
    show.trigger("puff", True, 11.0)
    assert show.wanted("puff", 12.0)
    assert puff(show, 12.0) == 1.0
    assert puff(show, 12.25) == 0.5
    assert not show.wanted("puff", 12.25)
    assert show.trigger("puff", None, 12.25)  # going already, so it comes again, from where it was
    assert puff(show, 12.25) == 0.5


def test_no_fade_is_at_once() -> None:
    show = Expressions([Preset("puff", {"cheekPuff": 1.0}, fade_s=0.0, hold_s=1.0)])
    show.trigger("puff", True, 5.0)
    assert [puff(show, t) for t in (5.0, 6.0, 6.1)] == [1.0, 1.0, 0.0]


PRESSES = st.tuples(st.floats(0.0, 0.4), st.sampled_from(["puff", "hold"]), st.sampled_from([True, False, None, "set"]))


@settings(deadline=None, max_examples=25)
@given(st.lists(PRESSES, max_size=6))
def test_never_a_jump_whatever_is_pressed(presses: list[tuple[float, str, object]]) -> None:
    """At 250 frames a second, no step is larger than the fade's steepest."""
    presets = {"puff": PUFF, "hold": Preset("hold", {"cheekPuff": 1.0, "jawOpen": 0.5}, fade_s=0.25, hold_s=0.2)}
    show, now_s, last = Expressions(presets.values()), 0.0, 0.0
    for wait_s, name, on in [*presses, (1.0, "puff", None)]:
        for _ in range(round(wait_s * 250)):
            now_s += 0.004
            shown = puff(show, now_s)
            assert abs(shown - last) <= 0.05
            last = shown
        if on == "set":
            show.set(presets[name], now_s)
        else:
            show.trigger(name, on, now_s)  # type: ignore[arg-type]
        assert abs(puff(show, now_s) - last) <= 1e-6


def test_the_frame_rate_does_not_matter() -> None:
    fast, slow = Expressions(), Expressions()
    for show, fps in ((fast, 144), (slow, 12)):
        for frame in range(2 * fps):
            now_s = frame / fps
            if now_s == 0.5:
                show.trigger("surprised", True, now_s)
            show.step(STILL, now_s)
    np.testing.assert_array_equal(fast.step(STILL, 2.55)[0].weights, slow.step(STILL, 2.55)[0].weights)


def test_several_at_once_and_clear() -> None:
    show = Expressions()
    for name in ("joy", "wink", "blush"):
        show.trigger(name, True, 0.0)
    assert set(show.shares(0.6)) == {"joy", "wink", "blush"}
    out, overlays = show.step(STILL, 0.6)
    assert out.weight("eyeBlinkLeft") == 1.0
    assert overlays["blush"] == 1.0
    show.clear(0.6)
    assert not any(show.wanted(name, 0.6) for name in BY_NAME)
    assert show.step(STILL, 2.0) == (STILL, {})


def test_set_and_remove_while_on() -> None:
    show = Expressions([PUFF])
    show.trigger("puff", True, 0.0)
    show.set(Preset("puff", {"jawOpen": 1.0}, fade_s=0.5), 1.0)
    half = show.step(STILL, 1.25)[0]
    assert (half.weight("cheekPuff"), half.weight("jawOpen")) == (0.5, 0.5)
    show.remove("puff", 2.0)
    assert show.presets == ()
    assert show.step(STILL, 2.25)[0].weight("jawOpen") == 0.5
    assert show.step(STILL, 3.0) == (STILL, {})


def test_unknown_names_and_too_many() -> None:
    show = Expressions([PUFF])
    with pytest.raises(UsageError, match=r"no expression 'huff'; there are: puff"):
        show.trigger("huff", None, 0.0)
    with pytest.raises(UsageError, match="no expression"):
        show.remove("huff", 0.0)
    for number in range(MAX_PRESETS - 1):
        show.set(Preset(f"p{number}"), 0.0)
    with pytest.raises(UsageError, match="there are 64 already"):
        show.set(Preset("one-more"), 0.0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "a b"}, "not a plain name"),
        ({"weights": {"mouthSmile": 0.5}}, "no shape 'mouthSmile'"),
        ({"weights": {"jawOpen": 1.5}}, "weight jawOpen must be a number in 0..1, got 1.5"),
        ({"weights": {"jawOpen": True}}, "weight jawOpen must be"),
        ({"weights": {"jawOpen": float("nan")}}, "weight jawOpen must be"),
        ({"overlays": {"tears": -0.1}}, "overlay tears must be"),
        ({"fade_s": 11}, r"fade_s must be in 0\.\.10"),
        ({"hold_s": -1}, "hold_s must be in"),
        ({"key": 5}, "key must be"),
    ],
)
def test_presets_are_checked(values: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Preset(**{"name": "mine", **values})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_presets_survive_the_way_through_json(name: str) -> None:
    assert Preset(**BY_NAME[name].as_json()) == BY_NAME[name]


def test_eased() -> None:
    assert [eased(share) for share in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]
