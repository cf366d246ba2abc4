"""runtime.page.uploads"""

from pathlib import Path

import pytest

from assets.errors import UsageError
from runtime.page import uploads
from runtime.page.uploads import Inbox, Offer


def test_a_file_in_pieces_is_whole_again(tmp_path: Path) -> None:
    inbox = Inbox()
    inbox.begin(Offer("portrait", "My face!.PNG", 5))
    inbox.add(b"ab")
    with pytest.raises(UsageError, match="2 of 5 bytes"):
        inbox.take()
    inbox.add(b"cde")
    offer, path = inbox.take()
    assert path.read_bytes() == b"abcde"
    assert path.name == "My face.png"
    kept = uploads.keep(offer, path, tmp_path / "new")
    again = uploads.keep(offer, path, tmp_path / "new")
    assert [kept.name, again.name] == ["My face.png", "My face-2.png"]
    assert again.read_bytes() == b"abcde"
    inbox.close()
    assert not path.parent.exists()
    assert kept.is_file()


def test_more_than_announced_is_refused_and_forgotten() -> None:
    inbox = Inbox()
    inbox.begin(Offer("take", "a.jsonl", 3))
    with pytest.raises(UsageError, match="more than the 3 bytes"):
        inbox.add(b"abcd")
    with pytest.raises(UsageError, match="announced"):
        inbox.add(b"a")
    with pytest.raises(UsageError, match="announced"):
        inbox.take()


@pytest.mark.parametrize(
    ("use", "name", "size", "words"),
    [
        ("virus", "a.png", 1, "used as one of portrait"),
        ("portrait", "a.gif", 1, "ends in .png"),
        ("avatar", "a.png", 1, "ends in .avatar"),
        ("portrait", "a.png", 0, "64 million"),
        ("portrait", "a.png", uploads.MAX_BYTES + 1, "64 million"),
    ],
)
def test_what_isnt_wanted_is_refused(use: str, name: str, size: int, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Offer(use, name, size)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd.png", "passwd"),
        ("..\\..\\boot.png", "boot"),
        ("a:b*c?.png", "a-b-c"),
        ("...png", "portrait"),
        ("-rf.png", "rf"),
        ("日本.png", "日本"),
        ("x" * 200 + ".png", "x" * 60),
    ],
)
def test_names_are_made_harmless(name: str, stem: str) -> None:
    assert Offer("portrait", name, 1).stem == stem
