"""Settings in the user's folder: `settings.toml`, and over it `profiles/NAME.toml` for single avatars.

What people wrote stays: comments, order, and names that this version doesn't know. A file that can't be read at all is
kept under another name (`settings.bad-DATE.toml`), told, and the show begins with what is usual. Files are replaced in
one step, so that no crash leaves half of one.
"""

import datetime
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assets import files
from runtime.settings import reading as settings_reading
from runtime.settings.values import DEFAULTS, SECTIONS, Settings, expression_as_json

MAX_FILE_BYTES: Final = 1 << 20
NAME: Final = "settings.toml"
_HEAD: Final = "CartoonAlive's settings. The control page writes here, and keeps your comments (docs/settings.md)."
_PROFILE_HEAD: Final = "What is different for this avatar; everything else comes from settings.toml."


@dataclass(frozen=True)
class Loaded:
    """settings: of the profile over the general file. general: of that file alone. profile: its path, where there is
    one. said: one line each for people."""

    settings: Settings
    general: Settings
    profile: Path | None
    said: tuple[str, ...]


def user_folder() -> Path:
    """Where settings are kept."""
    import platformdirs

    return platformdirs.user_config_path("cartoonalive")


def general_path(folder: Path, /) -> Path:
    """The file that counts for every avatar."""
    return folder / NAME


def profile_path(folder: Path, avatar: Path, /) -> Path:
    """The file of one avatar, by the avatar's file name."""
    plain = re.sub(r"[^\w.-]+", "_", avatar.stem).strip(".") or "avatar"
    return folder / "profiles" / f"{plain[:80]}.toml"


Today = Callable[[], datetime.date]


def load(folder: Path, avatar: Path | None = None, *, today: Today = datetime.date.today) -> Loaded:
    """The settings for an avatar. Never raises: whatever is wrong is said."""
    said: list[str] = []
    general_document = _document(general_path(folder), said, today)
    general, complaints = settings_reading.read(general_document)
    said += [f"{NAME}: {line}" for line in complaints]
    path = None if avatar is None else profile_path(folder, avatar)
    if path is None or not path.is_file():
        return Loaded(general, general, None, tuple(said))
    own = _document(path, said, today)
    settings, complaints = settings_reading.read(merged(general_document, own))
    _, own_complaints = settings_reading.read(own)
    said += [f"{path.name}: {line}" for line in own_complaints]
    return Loaded(settings, general, path, tuple(said))


def merged(below: Mapping[str, Any], above: Mapping[str, Any], /) -> dict[str, Any]:
    """`above` over `below`: sections are merged name by name; what has a name is replaced as a whole."""
    made = dict(below)
    for section, values in above.items():
        known = made.get(section)
        both = isinstance(known, Mapping) and isinstance(values, Mapping)
        made[section] = {**known, **values} if both else values  # type: ignore[dict-item]
    return made


def save(settings: Settings, path: Path, *, over: Settings = DEFAULTS) -> None:
    """Write what differs from `over` into the file, and mend what stands there already; the rest of it stays.

    Raises CartoonAliveError where it can't be written."""
    import tomlkit
    import tomlkit.exceptions

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        text = files.read_regular(path, limit_bytes=MAX_FILE_BYTES).decode()
        document = tomlkit.parse(text)
    except (ValueError, RecursionError, tomlkit.exceptions.TOMLKitError):
        document = tomlkit.document()
        document.add(tomlkit.comment(_HEAD if path.name == NAME else _PROFILE_HEAD))
    wanted, usual = settings.as_json(), over.as_json()
    current = settings_reading.read(document.unwrap())[0].as_json()
    for section in SECTIONS:
        names = dict.fromkeys((*usual[section], *wanted[section], *current[section]))
        for name in names:
            value = wanted[section].get(name, _nothing(section, name))
            said = isinstance(document.get(section), Mapping) and name in document[section]
            if said and value == current[section].get(name):
                continue  # as people spelled it
            different = value != usual[section].get(name, _nothing(section, name))
            _write(document, section, name, value, different=different)
    files.write_bytes(path, tomlkit.dumps(document).encode())


def _write(document: Any, section: str, name: str, value: Any, *, different: bool) -> None:
    """Bring one name of a section to its value; what is as usual needs no line, and gets none."""
    import tomlkit

    if not isinstance(document.get(section), Mapping):
        if not different or value is None:
            return
        document[section] = tomlkit.table()
    table = document[section]
    if value is None or (not different and section in _NAMED):
        if name in table:
            del table[name]
    elif different or name in table:
        _put(table, name, value)


_NAMED: Final = ("curves", "expressions", "outputs")
"""Sections whose names people make: what is as usual is not listed."""


def _put(table: Any, name: str, value: Any) -> None:
    """Set a value; of a table that stands there already only what differs, so that its comments stay."""
    known: Any = table.get(name)
    if isinstance(known, Mapping) and isinstance(value, Mapping):
        inside: Any = known
        for key in [key for key in inside if key not in value]:
            del inside[key]
        for key, entry in value.items():
            _put(inside, key, entry)
    elif known != value or isinstance(known, bool) != isinstance(value, bool):
        table[name] = _plain(value)


def _plain(value: Any) -> Any:
    """Whole numbers without a point, as people write them."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {name: _plain(entry) for name, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value if entry is not None]
    return str(value) if isinstance(value, Path) else value


def _nothing(section: str, name: str) -> Any:
    """What a profile writes to undo what the general file says, where saying nothing wouldn't."""
    if section == "curves":
        return {"low": 0.0, "high": 1.0, "power": 1.0, "on": True}
    if section == "expressions":
        from runtime.faces.expressions import PRESETS

        built_in = {preset.name: preset for preset in PRESETS}
        return expression_as_json(built_in.get(name))
    if section == "outputs":
        return {"on": False}
    if section == "sources" and name in ("order", "smooth"):
        return {}
    return None


def _document(path: Path, said: list[str], today: Today) -> dict[str, Any]:
    """The file's tables; empty where there is none, or it can't be read, which is said."""
    if not path.exists():
        return {}
    try:
        return tomllib.loads(files.read_regular(path, limit_bytes=MAX_FILE_BYTES).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        words = "its characters aren't UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        reason = " ".join(words.split())
    kept = _put_aside(path, today())
    where = f"it is kept as {kept.name}" if kept is not None else "it stays where it is"
    said.append(f"{path.name} can't be read ({reason[:120]}); {where}, and the show begins with the usual settings")
    return {}


def _put_aside(path: Path, today: datetime.date) -> Path | None:
    stem = f"{path.stem}.bad-{today:%Y-%m-%d}"
    for number in range(1, 100):
        kept = path.with_name(f"{stem}{'' if number == 1 else f'-{number}'}.toml")
        if not kept.exists():
            try:
                os.replace(path, kept)
            except OSError:
                return None
            return kept
    return None
