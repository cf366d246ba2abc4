"""The face for a model in VTube Studio: its public plugin API, version 1.0, over a WebSocket.

The first time, VTube Studio asks its user whether this plugin may; the token that it then gives is kept. Parameters are
injected at most 30 times a second; one that isn't said again within a second falls back to VTube Studio's own tracking.

Signs as other plugins for ARKit faces send them: the model looks to the same side of the screen as a mirror would.
"""

import contextlib
import json
import math
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from assets.errors import CartoonAliveError, UsageError
from assets.face import FaceFrame
from assets.files import atomic_write
from runtime.sinks import options

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

PLUGIN: Final = {"pluginName": "CartoonAlive", "pluginDeveloper": "CartoonAlive"}
MAX_RATE_HZ: Final = 30.0
RETRY_S: Final = 3.0
ANSWER_S: Final = 3.0
ASKED_S: Final = 120.0
"""How long its user may think about whether this plugin may."""
MAX_BYTES: Final = 1 << 20
CLOSE_S: Final = 1.5
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True)
class Options:
    """address: HOST:PORT of VTube Studio's API."""

    address: str = "127.0.0.1:8001"


class RefusedError(CartoonAliveError):
    """VTube Studio, or its user, said no."""


def from_options(values: Mapping[str, Any], /) -> "VtsSender":
    """As an output that is turned on while the show runs. Raises UsageError."""
    asked = options.parsed("vts", Options, values)
    host, _, port = asked.address.rpartition(":")
    if not re.fullmatch(r"[\w.-]+", host) or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"vts: address must be HOST:PORT such as 127.0.0.1:8001, got {asked.address!r}")
    return VtsSender(f"ws://{asked.address}")


def parameters(face: FaceFrame, /) -> dict[str, float]:
    """VTube Studio's own tracking parameters for a face; plausible, not measured."""

    def both(name: str) -> float:
        return (face.weight(f"{name}Left") + face.weight(f"{name}Right")) / 2.0

    def brow(side: str) -> float:
        return _within(0.5 + face.weight(f"browOuterUp{side}") - face.weight(f"browDown{side}"), 0.0, 1.0)

    head, weight = face.head, face.weight
    return {
        "FaceAngleX": _within(-math.degrees(head.yaw_rad), -30.0, 30.0),
        "FaceAngleY": _within(math.degrees(head.pitch_rad), -30.0, 30.0),
        "FaceAngleZ": _within(-math.degrees(head.roll_rad), -30.0, 30.0),
        "FacePositionX": _within(-100.0 * head.x_m, -15.0, 15.0),
        "FacePositionY": _within(100.0 * head.y_m, -15.0, 15.0),
        "FacePositionZ": _within(50.0 * head.z_m, -10.0, 10.0),
        "EyeOpenLeft": 1.0 - weight("eyeBlinkLeft"),
        "EyeOpenRight": 1.0 - weight("eyeBlinkRight"),
        "EyeLeftX": weight("eyeLookInLeft") - weight("eyeLookOutLeft"),
        "EyeLeftY": weight("eyeLookUpLeft") - weight("eyeLookDownLeft"),
        "EyeRightX": weight("eyeLookOutRight") - weight("eyeLookInRight"),
        "EyeRightY": weight("eyeLookUpRight") - weight("eyeLookDownRight"),
        "MouthOpen": _within(1.2 * (weight("jawOpen") - weight("mouthClose")), 0.0, 1.0),
        "MouthSmile": _within(0.5 + both("mouthSmile") - both("mouthFrown"), 0.0, 1.0),
        "MouthX": weight("mouthLeft") - weight("mouthRight"),
        "Brows": _within(0.5 + (weight("browInnerUp") + both("browOuterUp")) / 2.0 - both("browDown"), 0.0, 1.0),
        "BrowLeftY": brow("Left"),
        "BrowRightY": brow("Right"),
        "TongueOut": weight("tongueOut"),
        "CheekPuff": weight("cheekPuff"),
        "FaceAngry": _within(both("browDown") + both("noseSneer") - 0.5, 0.0, 1.0),
    }


def _within(value: float, low: float, high: float) -> float:
    return float(min(max(value, low), high))


class VtsSender:
    """A context manager; talks on a thread of its own, and tries again while VTube Studio isn't there."""

    name: Final = "vts"

    def __init__(self, url: str, *, token_path: Path | None = None, retry_s: float = RETRY_S) -> None:
        """token_path: where the token is kept; by default in the user's folder for settings."""
        self._url, self._token_path, self._retry_s = url, token_path, retry_s
        self._face: FaceFrame | None = None
        self._due_s = float("-inf")
        self._fresh = threading.Event()
        self._over = threading.Event()
        self._words = "looking for VTube Studio"
        self._thread: threading.Thread | None = None
        self._number = 0

    def __enter__(self) -> Self:
        if self._token_path is None:
            import platformdirs

            self._token_path = platformdirs.user_config_path("cartoonalive") / "vts-token"
        self._thread = threading.Thread(target=self._run, name="vts", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._fresh.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def send(self, face: FaceFrame, now_s: float) -> None:
        """Hands over the face of this picture; at most `MAX_RATE_HZ` of them a second."""
        if now_s < self._due_s:
            return
        self._due_s = now_s + 0.9 / MAX_RATE_HZ  # a tenth early: pictures don't come exactly in time
        self._face = face
        self._fresh.set()

    def status(self) -> str:
        """One line for people."""
        return self._words

    # ---- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        while not self._over.is_set():
            try:
                with connect(self._url, open_timeout=ANSWER_S, close_timeout=0.5, max_size=MAX_BYTES, proxy=None,
                             compression=None) as wire:  # fmt: skip
                    self._introduce(wire)
                    self._words = "moves the model in VTube Studio"
                    self._inject(wire)
            except RefusedError as error:
                self._words = str(error)  # asking again would only open the same window again
                return
            except (OSError, WebSocketException, ValueError) as error:
                reason = "is it running, and its API switched on (port 8001)?" if isinstance(error, OSError) else error
                self._words = f"VTube Studio doesn't answer; {reason} Trying again."
            self._over.wait(self._retry_s)

    def _inject(self, wire: "ClientConnection") -> None:
        while True:
            self._fresh.wait()
            self._fresh.clear()
            face = self._face
            if self._over.is_set() or face is None:
                return
            values = [{"id": name, "value": round(value, 4)} for name, value in parameters(face).items()]
            data = {"faceFound": face.face_seen, "mode": "set", "parameterValues": values}
            self._ask(wire, "InjectParameterDataRequest", data)

    def _introduce(self, wire: "ClientConnection") -> None:
        """Authenticate, with the token that is kept or with a new one."""
        token = self._kept()
        if token and self._accepted(wire, token):
            return
        self._words = "allow CartoonAlive in VTube Studio's window"
        said = self._ask(wire, "AuthenticationTokenRequest", PLUGIN, timeout_s=ASKED_S)
        token = str(said.get("authenticationToken", ""))
        if not _TOKEN.fullmatch(token) or not self._accepted(wire, token):
            raise RefusedError("VTube Studio gave no token that it takes; remove CartoonAlive from its plugins")
        self._keep(token)

    def _accepted(self, wire: "ClientConnection", token: str) -> bool:
        said = self._ask(wire, "AuthenticationRequest", {**PLUGIN, "authenticationToken": token})
        return said.get("authenticated") is True

    def _ask(
        self, wire: "ClientConnection", kind: str, data: Mapping[str, Any], *, timeout_s: float = ANSWER_S
    ) -> dict[str, Any]:
        """The data of the answer. Raises RefusedError for one that is an error, ValueError for one that is none."""
        self._number += 1
        number = f"cartoonalive-{self._number}"
        message = {"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "requestID": number, "messageType": kind,
                   "data": data}  # fmt: skip
        wire.send(json.dumps(message))
        waited_s = 0.0
        while not self._over.is_set():
            try:
                said = json.loads(wire.recv(0.25))
            except TimeoutError:
                waited_s += 0.25
                if waited_s >= timeout_s:
                    raise
                continue
            if not isinstance(said, dict) or said.get("requestID") != number:
                continue  # an event, or an answer that came too late
            told = said.get("data")
            told = told if isinstance(told, dict) else {}
            if said.get("messageType") == "APIError":
                words = str(told.get("message", "no"))[:200]
                raise RefusedError(f"VTube Studio refused ({told.get('errorID', '?')}): {' '.join(words.split())}")
            return told
        raise OSError("switched off")

    def _kept(self) -> str:
        assert self._token_path is not None
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = self._token_path.read_text("ascii").strip()
            return text if _TOKEN.fullmatch(text) else ""
        return ""

    def _keep(self, token: str) -> None:
        """One that can't be kept is asked for again next time."""
        assert self._token_path is not None
        with contextlib.suppress(OSError, CartoonAliveError):
            self._token_path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._token_path) as file:
                os.chmod(file.name, 0o600)
                file.write(f"{token}\n".encode("ascii"))
