"""Sources of faces: who drives, in which order, how calm, and what they are taught."""

from typing import Any, Final

from runtime import actions
from runtime.acting.parts import Parts
from runtime.calibrating import calibration_live
from runtime.calibrating.sides import Sides
from runtime.faces.mixer import Rules
from runtime.settings.values import Motion, Sources, Start
from runtime.sources import choosing
from runtime.sources.cast import IDLE
from runtime.sources.injected import NAME as PLUGIN
from runtime.sources.injected import Injected

REPLAY: Final = "replay"
_ONLY: Final = actions.Parameter("the regions that it may move", "names")
_PASSING: Final = (IDLE, PLUGIN, REPLAY)
"""Sources that nobody chose to begin with."""


class SourceActions:
    """See the actions `source.*` and `weights.set`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rest: calibration_live.RestKey | None = None
        self._sides = Sides(lambda: parts.cast.playing, parts.loop.mixer)
        self._injected: Injected | None = None
        for name in ("add", "remove", "order", "smooth", "rest", "sides", "devices"):
            parts.show.handle(f"source.{name}", getattr(self, name))
        parts.show.handle("weights.set", self.weights)

    def apply(self, sources: Sources) -> None:
        """Order and calm as the settings say."""
        self._parts.cast.reorder(sources.order)
        self._parts.cast.soothe(sources.smooth)

    def apply_motion(self, motion: Motion) -> None:
        """How sources are mixed, and whether somebody lives behind them all."""
        mixer = self._parts.loop.mixer
        mixer.rules = Rules(motion.lost == "hold", motion.voice, "max" if motion.voice_mode == "max" else "blend")
        names = [member.name for member in self._parts.cast.members]
        if motion.lost == "ease" and IDLE in names and len(names) > 1:
            self._parts.cast.remove(IDLE)
        elif motion.lost != "ease" and IDLE not in names:
            choice = choosing.chosen(IDLE, {})
            choice.driver.__enter__()
            self._parts.cast.take(choice)

    def step(self, now_s: float) -> None:
        """After every frame."""
        if self._rest is not None:
            self._rest(now_s)
        self._sides(now_s)

    # ---- actions ----------------------------------------------------------------------------------

    def add(self, values: dict[str, Any]) -> Any:
        """Checked at once, started beside the show."""
        options = values.get("options", {})
        only = tuple(actions.checked("source.add: only", _ONLY, options.get("only", ())))
        plain = {key: value for key, value in options.items() if key != "only"}
        choice = choosing.chosen(values["driver"], plain, only)
        self.remember(Start(choice.name, plain, only))
        return self._parts.cast.add(choice, options=plain, only=only)

    def remember(self, start: Start) -> None:
        """The next show begins with this source, too."""
        if start.driver in _PASSING:
            return
        starts = list(self._parts.settings.sources.start or ())
        names = [known.driver for known in starts]
        if start.driver in names:
            starts[names.index(start.driver)] = start
        else:
            starts.append(start)
        self._parts.keeper.change("sources", start=tuple(starts))

    def remove(self, values: dict[str, Any]) -> Any:
        """Gone now, and from the next show."""
        name = values["name"]
        self._parts.cast.remove(name)
        starts = self._parts.settings.sources.start
        if starts is not None and name in [start.driver for start in starts]:
            kept = tuple(start for start in starts if start.driver != name)
            self._parts.keeper.change("sources", start=kept)
        if name == PLUGIN:
            self._injected = None
        return {"name": name}

    def order(self, values: dict[str, Any]) -> Any:
        """Of one region, or of all that have no order of their own."""
        order = {**self._parts.settings.sources.order, values["region"]: tuple(values["names"])}
        if not values["names"]:
            del order[values["region"]]
        self._parts.keeper.change("sources", order=order)
        self._parts.cast.reorder(order)
        return {region: list(names) for region, names in order.items()}

    def smooth(self, values: dict[str, Any]) -> Any:
        """Of one region; of all, every region's own value goes."""
        smooth = {**self._parts.settings.sources.smooth, values["region"]: values["value"]}
        if values["region"] == "all":
            smooth = {"all": values["value"]}
        self._parts.keeper.change("sources", smooth=smooth)
        self._parts.cast.soothe(smooth)
        return smooth

    def rest(self, values: dict[str, Any]) -> Any:
        """A second from now on of every source's face becomes its rest."""
        sitting = [(member.name, member.source, member.path) for member in self._parts.cast.playing
                   if member.source is not None]  # fmt: skip
        self._rest = calibration_live.RestKey(sitting, self._parts.loop.mixer, self._say)
        self._rest.press()
        return {"sources": [name for name, _, _ in sitting], "seconds": calibration_live.WATCH_S}

    def sides(self, values: dict[str, Any]) -> Any:
        """The guided step."""
        return self._sides.begin(values.get("step", "start"), self._parts.clock.now_s())

    def devices(self, values: dict[str, Any]) -> Any:
        """Looking for them takes a moment."""
        return self._parts.show.work(devices, name="devices")

    def weights(self, values: dict[str, Any]) -> Any:
        """From a plugin."""
        if self._injected is None:
            self._injected = Injected(self._parts.clock.now_s)
            self._parts.cast.speak(PLUGIN, self._injected)
        self._injected.say(values["weights"], values.get("head"), values.get("for_s", 1.0))
        return {}

    def _say(self, line: str) -> None:
        self._parts.show.notice(line, about="rest")
        self._parts.say(line)


def devices() -> dict[str, Any]:
    """Cameras and microphones by name, addresses of this computer. What can't be asked is left out, with the reason."""
    told: dict[str, Any] = {"cameras": [], "microphones": [], "addresses": []}
    try:
        from drivers import webcam

        told["cameras"] = [camera.name or str(camera.number) for camera in webcam.cameras()]
    except Exception as error:
        told["cameras_error"] = " ".join(str(error).split())
    try:
        from drivers.speech import portaudio

        told["microphones"] = list(dict.fromkeys(device.name for device in portaudio.inputs(portaudio.library())))
    except Exception as error:
        told["microphones_error"] = " ".join(str(error).split())
    from drivers._sockets import own_address

    told["addresses"] = [address for address in (own_address(),) if address]
    return told
