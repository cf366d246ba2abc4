"""runtime.settings.store and runtime.settings.reading: what people wrote stays, and nothing in a file stops a show."""

import dataclasses
import datetime
import random
import tempfile
import tomllib
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import arkit
from runtime.faces.curves import Curve
from runtime.faces.expressions import Preset
from runtime.settings import reading as settings_reading
from runtime.settings import store as settings_store
from runtime.settings.values import DEFAULTS, SECTIONS, Motion, Settings, Sources, Start, View, changed

GOOD = """\
# my evening
[view]
background = "#00ff00"  # for the key
mirror = false

[motion]
hair = 1.5
lost = "hold"

[sources]
order = {all = ["livelink", "webcam"], mouth = ["microphone"]}
[[sources.start]]
driver = "webcam"
options = {camera = "1"}
[[sources.start]]
driver = "microphone"
only = ["mouth", "tongue"]

[curves.jawOpen]
low = 0.1
high = 0.8

[expressions.grin]
weights = {mouthSmileLeft = 1, mouthSmileRight = 1}
key = "g"

[expressions.shock]
removed = true
"""

numbers = st.floats(0.0, 3.0).map(lambda value: round(value, 3))
shares = st.floats(0.0, 0.5).map(lambda value: round(value, 3))
words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)
zooms = st.floats(0.25, 4.0).map(lambda value: round(value, 3))
settings = st.builds(
    Settings,
    view=st.builds(View, background=words, mirror=st.booleans(), zoom=zooms, on_top=st.booleans()),
    motion=st.builds(Motion, hair=numbers, wind=numbers, lost=st.sampled_from(["idle", "ease", "hold"])),
    sources=st.builds(
        Sources,
        start=st.none() | st.lists(st.builds(
            Start, driver=st.sampled_from(["webcam", "osc"]), only=st.sampled_from([(), ("mouth",)]),
            options=st.dictionaries(st.sampled_from(["port", "host"]), st.integers(1, 99) | st.text("ab.", max_size=4)),
        ), max_size=3).map(tuple),
        order=st.dictionaries(st.sampled_from(["all", "mouth", "head"]), st.just(("osc", "webcam"))),
        smooth=st.dictionaries(st.sampled_from(["all", "lids"]), zooms),
    ),
    curves=st.dictionaries(st.sampled_from(arkit.NAMES), st.builds(Curve, low=shares, high=st.just(0.8)), max_size=3),
    expressions=st.dictionaries(st.just("joy"), st.none(), max_size=1),
    outputs=st.dictionaries(st.sampled_from(["vmc"]), st.just({"on": True, "port": 39539}), max_size=1),
)  # fmt: skip


def test_a_file_as_people_write_it(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(GOOD)
    loaded = settings_store.load(tmp_path)
    assert loaded.said == ()
    assert loaded.settings == Settings(
        view=View("#00ff00", mirror=False),
        motion=Motion(hair=1.5, lost="hold"),
        sources=Sources(
            (Start("webcam", {"camera": "1"}), Start("microphone", {}, ("mouth", "tongue"))),
            {"all": ("livelink", "webcam"), "mouth": ("microphone",)},
        ),
        curves={"jawOpen": Curve(0.1, 0.8)},
        expressions={"grin": Preset("grin", {"mouthSmileLeft": 1, "mouthSmileRight": 1}, key="g"), "shock": None},
    )
    names = [preset.name for preset in loaded.settings.presets()]
    assert "grin" in names
    assert "joy" in names
    assert "shock" not in names


def test_without_a_file_everything_is_usual(tmp_path: Path) -> None:
    assert settings_store.load(tmp_path / "nowhere", Path("me.avatar")) == settings_store.Loaded(
        DEFAULTS, DEFAULTS, None, ()
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[view]\nmiror = true", "settings.toml: [view] miror: there is no such setting; did you mean 'mirror'?"),
        ("[veiw]\nmirror = true", "settings.toml: [veiw]: there is no such section; did you mean 'view'?"),
        ("[motion]\nhair = 9", "settings.toml: [motion] hair must be in 0..3, got 9; the usual value is taken"),
        ("[motion]\nhair = 'x'", "settings.toml: [motion] hair: expected a number, got 'x'; the usual value is taken"),
        ("[curves.jawopen]\nlow = 0.1", "settings.toml: [curves.jawopen]: there is no such shape; did you mean "
         "'jawOpen'?"),
        ("[curves.jawOpen]\nlow = 0.9\nhigh = 0.5", "settings.toml: [curves.jawOpen]: low must lie below high by at "
         "least 0.01, got 0.9 and 0.5; the usual value is taken"),
        ("[sources.order]\nmuoth = []", "settings.toml: [sources.order] muoth: there is no such region; did you mean "
         "'mouth'?"),
        ("view = 3", "settings.toml: view: expected a table, got 3"),
        ("[expressions.a]\nfade_s = 99", "settings.toml: [expressions.a]: expression a: fade_s must be in 0..10, got "
         "99; it is left out"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_nearest_name(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(text)
    loaded = settings_store.load(tmp_path)
    assert loaded.said == (complaint,)
    assert loaded.settings == DEFAULTS
    assert (tmp_path / "settings.toml").read_text() == text


def test_comments_and_unknown_lines_stay_and_usual_values_get_no_line(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(GOOD + "\n[later]\nidea = 1 # from a newer version\n")
    settings = settings_store.load(tmp_path).settings
    settings_store.save(changed(settings, "view", background="white", zoom=1.5), path)
    text = path.read_text()
    assert text == (
        (GOOD + "\n[later]\nidea = 1 # from a newer version\n")
        .replace('"#00ff00"  # for the key', '"white"  # for the key')
        .replace("mirror = false\n", "mirror = false\nzoom = 1.5\n")
    )


def test_a_new_file_says_only_what_was_chosen(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.toml"
    settings_store.save(changed(DEFAULTS, "motion", hair=2.0), path)
    lines = path.read_text().splitlines()
    assert lines[0].startswith("# CartoonAlive's settings")
    assert [line for line in lines[1:] if line] == ["[motion]", "hair = 2"]


@hypothesis.settings(max_examples=30)
@given(settings, settings)
def test_what_is_saved_is_loaded_whatever_stood_there_before(before: Settings, after: Settings) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        path = settings_store.general_path(folder)
        settings_store.save(before, path)
        assert settings_store.load(folder).settings == before
        settings_store.save(after, path)
        loaded = settings_store.load(folder)
        assert (loaded.settings, loaded.said) == (after, ())


@hypothesis.settings(max_examples=30)
@given(settings, settings)
def test_a_profile_lies_over_the_general_file(general: Settings, own: Settings) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        own = Settings(own.view, own.motion, general.sources, own.curves, own.expressions, outputs=general.outputs)
        settings_store.save(general, settings_store.general_path(folder))
        path = settings_store.profile_path(folder, Path("my face.avatar"))
        assert path.name == "my_face.toml"
        settings_store.save(own, path, over=general)
        loaded = settings_store.load(folder, Path("/elsewhere/my face.avatar"))
        assert (loaded.settings, loaded.general, loaded.profile) == (own, general, path)


def test_a_profile_says_only_what_is_different(tmp_path: Path) -> None:
    general = changed(DEFAULTS, "motion", hair=2.0, wind=2.0)
    path = tmp_path / "profiles" / "a.toml"
    settings_store.save(changed(general, "motion", hair=0.0), path, over=general)
    assert path.read_text().splitlines()[1:] == ["", "[motion]", "hair = 0"]


def test_a_file_that_cannot_be_read_is_put_aside_and_said(tmp_path: Path) -> None:
    for expected in ("settings.bad-2026-03-01.toml", "settings.bad-2026-03-01-2.toml"):
        (tmp_path / "settings.toml").write_bytes(b"[view\nbackground = \xff")
        loaded = settings_store.load(tmp_path, today=lambda: datetime.date(2026, 3, 1))
        assert loaded.settings == DEFAULTS
        assert len(loaded.said) == 1
        assert "settings.toml can't be read (its characters aren't UTF-8)" in loaded.said[0]
        assert expected in loaded.said[0]
        assert (tmp_path / expected).read_bytes().startswith(b"[view")
        assert not (tmp_path / "settings.toml").exists()


def test_500_corrupt_files_each_end_in_settings(tmp_path: Path) -> None:
    chance = random.Random(6)
    good = GOOD.encode()
    path = tmp_path / "settings.toml"
    unread = 0
    for _ in range(500):
        data = bytearray(good)
        match chance.randrange(5):
            case 0:
                del data[chance.randrange(len(data)) :]
            case 1:
                for _ in range(chance.randint(1, 8)):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            case 2:
                at = chance.randrange(len(data))
                data[at : at + chance.randrange(40)] = chance.randbytes(chance.randrange(40))
            case 3:
                lines = good.splitlines(keepends=True)
                chance.shuffle(lines)
                data = bytearray(b"".join(lines))
            case 4:
                words = [b"[" * 3000, b"1e999", b"nan", b"-1", b"{}", b"[]", b'""', b"true", b"9" * 400, b"1979-05-27"]
                at = data.index(b"=", chance.randrange(len(data) - 80)) + 1
                end = data.find(b"\n", at)
                data[at:end] = chance.choice(words)
        path.write_bytes(data)
        loaded = settings_store.load(tmp_path)
        again, complaints = settings_reading.read(loaded.settings.as_json())
        assert (again, complaints) == (loaded.settings, [])  # whatever came of it is within its limits
        assert all(line and "\n" not in line for line in loaded.said)
        unread += not path.exists()
        for kept in tmp_path.glob("settings.bad-*.toml"):
            kept.unlink()
    assert 100 < unread < 450


def test_the_documentation_is_right_and_whole() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "settings.md").read_text("utf-8")
    document = tomllib.loads(page.split("```toml\n")[1].split("```")[0])
    told, complaints = settings_reading.read(document)
    assert complaints == []
    assert set(document) == set(SECTIONS)
    for section in ("view", "motion", "keys", "page"):
        names = {field.name for field in dataclasses.fields(getattr(DEFAULTS, section))}
        assert set(document[section]) == names
        assert getattr(told, section) == getattr(DEFAULTS, section), "what stands there is the usual"
