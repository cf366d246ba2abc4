"""What comes out of a show and what is put into it: outputs, takes, avatars."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from assets import store
from assets.avatar import AvatarModel
from assets.errors import AvatarError, CartoonAliveError
from renderer.prepared import Prepared
from runtime import arguments, memory
from runtime.acting.parts import Parts
from runtime.acting.sources import REPLAY
from runtime.faces import rest
from runtime.overlays import with_overlays
from runtime.player import TakeRecorder
from runtime.sources import choosing

PASSING: Final = ("recording",)
"""Outputs that the next show doesn't begin with."""


TIDY_S: Final = 1.0
"""So long after another avatar, everything of the old one and of what prepared the new one is let go."""


class WorkActions:
    """See the actions `output.*`, `take.*` and `avatar.load`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.recorder = TakeRecorder(parts.folder)
        self.playing = ""
        self._tidy_s: float | None = None
        self.applied: Callable[[], None] = lambda: None
        """Called when another avatar has brought other settings."""
        for name in ("on", "off", "snapshot"):
            parts.show.handle(f"output.{name}", getattr(self, f"output_{name}"))
        for name in ("record", "play", "stop"):
            parts.show.handle(f"take.{name}", getattr(self, f"take_{name}"))
        parts.show.handle("avatar.load", self.load)

    def begin(self) -> None:
        """The outputs that the settings have on."""
        for name, options in self._parts.settings.outputs.items():
            if options.get("on") is True and name not in PASSING:
                try:
                    self.turn_on(name, {key: value for key, value in options.items() if key != "on"}, keep=False)
                except CartoonAliveError as error:
                    self._parts.show.notice(str(error), level="error", about="outputs")

    def step(self, now_s: float) -> None:
        """After every frame."""
        if self._tidy_s is not None and now_s >= self._tidy_s:
            self._tidy_s = None
            self._parts.show.work(memory.give_back, name="memory")
        shown = self._parts.loop.shown
        if shown is not None and self.recorder.path is not None and not self.recorder.put(shown.mixed, now_s):
            self._parts.show.post("take.record", {"on": False})

    # ---- outputs ----------------------------------------------------------------------------------

    def output_on(self, values: dict[str, Any]) -> Any:
        """Told at once; what fails later is told by its health."""
        return self.turn_on(values["name"], values.get("options", {}))

    def turn_on(self, name: str, options: dict[str, Any], *, keep: bool = True) -> dict[str, Any]:
        """Its health. keep: the next show begins with it, too."""
        told = self._parts.outputs.turn_on(name, options, self._parts.stage.size_px)
        if keep and name not in PASSING:
            self._parts.keeper.put("outputs", name, {**options, "on": True})
        return told

    def output_off(self, values: dict[str, Any]) -> Any:
        """What must be finished is finished beside the show."""
        name = values["name"]
        told = self._parts.outputs.turn_off(name)
        if name in self._parts.settings.outputs:
            self._parts.keeper.put("outputs", name, {**self._parts.settings.outputs[name], "on": False})
        return told

    def output_snapshot(self, values: dict[str, Any]) -> Any:
        """The next picture."""
        path = values.get("path")
        return {"path": str(self._parts.outputs.snapshot(Path(path) if path else None))}

    # ---- takes ------------------------------------------------------------------------------------

    def take_record(self, values: dict[str, Any]) -> Any:
        """Begin, or finish and save beside the show."""
        if values["on"]:
            path = values.get("path")
            return {"path": str(self.recorder.begin(Path(path).expanduser() if path else None))}
        return self._parts.show.then(self._parts.show.work(self.recorder.finish(), name="take"), self._saved)

    def take_play(self, values: dict[str, Any]) -> Any:
        """Before all other sources."""
        path = arguments.input_file(Path(values["path"]).expanduser())
        options = {"take": str(path), "loop": values.get("loop", True)}
        choice = choosing.chosen(REPLAY, options)
        future = self._parts.cast.add(choice, options=options, front=True)
        return self._parts.show.then(future, lambda told: self._plays(str(path), told))

    def take_stop(self, values: dict[str, Any]) -> Any:
        """The sources go on where they are by now."""
        if REPLAY in [member.name for member in self._parts.cast.members]:
            self._parts.cast.remove(REPLAY)
        self.playing = ""
        return {}

    def _saved(self, told: dict[str, Any]) -> dict[str, Any]:
        self._parts.show.notice(f"take saved: {told['path']}", about="take")
        return told

    def _plays(self, path: str, told: Any) -> dict[str, Any]:
        self.playing = path
        self._parts.show.changed()
        return {"path": path}

    # ---- avatars ----------------------------------------------------------------------------------

    def load(self, values: dict[str, Any]) -> "Future[Any]":
        """Read and prepared beside the show; the old one stays until the new one can be drawn, or for good."""
        path = arguments.input_file(Path(values["path"]).expanduser(), error=AvatarError)
        show, stage = self._parts.show, self._parts.stage

        def prepared() -> tuple[AvatarModel, Prepared]:
            model = with_overlays(store.load(path))
            return model, stage.prepare(model)

        return show.then(show.work(prepared, name="avatar"), lambda made: self._swap(path, *made))

    def _swap(self, path: Path, model: AvatarModel, prepared: Prepared) -> dict[str, Any]:
        parts = self._parts
        parts.stage.swap(model, prepared)
        self._tidy_s = parts.clock.now_s() + TIDY_S
        parts.loop.jaw_at_rest = rest.jaw_at_rest(model.facts)
        parts.avatar = path
        if parts.keeper.load(path):
            self.applied()
        for line in parts.keeper.said:
            parts.show.notice(line, level="warning", about="settings")
        parts.show.changed()
        return {"path": str(path), "title": model.title or path.stem}

