"""The functions and constants of OpenGL 3.3, under their own names, from PyOpenGL's plain layer.

`OpenGL.GL` loads every version up to 4.6, which takes a fifth of the time to the first picture, and wraps each call in
several of Python's. Here are the plain entry points of the versions that we ask for; the few that hand over memory
(names, words, pixels) are written out. With `OpenGL.ERROR_CHECKING` every call is still checked.

To be made after there is a context, and after PYOPENGL_PLATFORM is set (`renderer.context`).
"""

import ctypes
import importlib
from collections.abc import Sequence
from typing import Any, Final

import numpy.typing as npt

_VERSIONS: Final = ("1_0", "1_1", "1_2", "1_3", "1_4", "1_5", "2_0", "2_1", "3_0", "3_1", "3_2", "3_3")

Array = npt.NDArray[Any]


class Functions:
    """`functions.glClear(functions.GL_COLOR_BUFFER_BIT)`, as with the module OpenGL.GL. Raises AttributeError for what
    OpenGL 3.3 doesn't have, and OpenGL.error.GLError where calls are checked."""

    def __init__(self) -> None:
        self._modules = [importlib.import_module(f"OpenGL.raw.GL.VERSION.GL_{version}") for version in _VERSIONS]
        self._found: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """Looked up once; from then on it is an attribute."""
        found = self._plain(name)
        setattr(self, name, found)
        return found

    # ---- names --------------------------------------------------------------------------------------

    def glGenTextures(self, count: int) -> Any:  # noqa: N802
        """One name, or a list of several; the same below."""
        return self._made("glGenTextures", count)

    def glGenBuffers(self, count: int) -> Any:  # noqa: N802
        return self._made("glGenBuffers", count)

    def glGenVertexArrays(self, count: int) -> Any:  # noqa: N802
        return self._made("glGenVertexArrays", count)

    def glGenFramebuffers(self, count: int) -> Any:  # noqa: N802
        return self._made("glGenFramebuffers", count)

    def glGenRenderbuffers(self, count: int) -> Any:  # noqa: N802
        return self._made("glGenRenderbuffers", count)

    def glDeleteTextures(self, count: int, names: Sequence[int]) -> None:  # noqa: N802
        self._freed("glDeleteTextures", count, names)

    def glDeleteBuffers(self, count: int, names: Sequence[int]) -> None:  # noqa: N802
        self._freed("glDeleteBuffers", count, names)

    def glDeleteVertexArrays(self, count: int, names: Sequence[int]) -> None:  # noqa: N802
        self._freed("glDeleteVertexArrays", count, names)

    def glDeleteFramebuffers(self, count: int, names: Sequence[int]) -> None:  # noqa: N802
        self._freed("glDeleteFramebuffers", count, names)

    def glDeleteRenderbuffers(self, count: int, names: Sequence[int]) -> None:  # noqa: N802
        self._freed("glDeleteRenderbuffers", count, names)

    # ---- numbers and words --------------------------------------------------------------------------

    def glGetIntegerv(self, name: int, count: int = 1) -> Any:  # noqa: N802
        """One number, or a list of `count`."""
        values = (ctypes.c_int * max(count, 1))()
        self._plain("glGetIntegerv")(name, values)
        return values[0] if count == 1 else list(values)

    def glGetString(self, name: int) -> bytes | None:  # noqa: N802
        return ctypes.cast(self._plain("glGetString")(name), ctypes.c_char_p).value

    def glGetShaderiv(self, shader: int, name: int) -> int:  # noqa: N802
        return self._number("glGetShaderiv", shader, name)

    def glGetProgramiv(self, program: int, name: int) -> int:  # noqa: N802
        return self._number("glGetProgramiv", program, name)

    def glGetShaderInfoLog(self, shader: int) -> bytes:  # noqa: N802
        return self._words("glGetShaderInfoLog", shader, self.glGetShaderiv(shader, self.GL_INFO_LOG_LENGTH))

    def glGetProgramInfoLog(self, program: int) -> bytes:  # noqa: N802
        return self._words("glGetProgramInfoLog", program, self.glGetProgramiv(program, self.GL_INFO_LOG_LENGTH))

    def glShaderSource(self, shader: int, source: str) -> None:  # noqa: N802
        plain = self._plain("glShaderSource")
        lines = (ctypes.c_char_p * 1)(source.encode())
        plain(shader, 1, ctypes.cast(lines, plain.argtypes[2]), None)

    def glGetUniformLocation(self, program: int, name: str) -> int:  # noqa: N802
        return int(self._plain("glGetUniformLocation")(program, name.encode()))

    def glGetUniformBlockIndex(self, program: int, name: str) -> int:  # noqa: N802
        return int(self._plain("glGetUniformBlockIndex")(program, name.encode()))

    # ---- memory: arrays as they lie, C order ----------------------------------------------------------

    def glBufferData(self, target: int, size: int, data: Array | None, usage: int) -> None:  # noqa: N802
        self._plain("glBufferData")(target, size, _lying(data), usage)

    def glTexImage2D(  # noqa: N802
        self, target: int, level: int, kept: int, width: int, height: int, border: int, layout: int, kind: int,
        pixels: Array | None,
    ) -> None:  # fmt: skip
        self._plain("glTexImage2D")(target, level, kept, width, height, border, layout, kind, _lying(pixels))

    def glReadPixels(  # noqa: N802
        self, x: int, y: int, width: int, height: int, layout: int, kind: int, out: Array
    ) -> None:
        self._plain("glReadPixels")(x, y, width, height, layout, kind, _lying(out))

    # -------------------------------------------------------------------------------------------------

    def _plain(self, name: str) -> Any:
        """The entry point or constant of that name, also beneath a function that is written out above."""
        if name not in self._found:
            known = [found for module in self._modules if (found := getattr(module, name, None)) is not None]
            if not known:
                raise AttributeError(f"OpenGL 3.3 has no {name}")
            self._found[name] = known[0]
        return self._found[name]

    def _made(self, name: str, count: int) -> Any:
        names = (ctypes.c_uint * count)()
        self._plain(name)(count, names)
        return int(names[0]) if count == 1 else [int(each) for each in names]

    def _freed(self, name: str, count: int, names: Sequence[int]) -> None:
        self._plain(name)(count, (ctypes.c_uint * count)(*names))

    def _number(self, name: str, thing: int, what: int) -> int:
        value = ctypes.c_int(0)
        self._plain(name)(thing, what, value)
        return value.value

    def _words(self, name: str, thing: int, length: int) -> bytes:
        words = ctypes.create_string_buffer(max(length, 1))
        self._plain(name)(thing, len(words), None, words)
        return words.value


def _lying(array: Array | None) -> Array | None:
    """The array, if it lies in memory as OpenGL takes it."""
    if array is not None and not array.flags.c_contiguous:
        raise ValueError("OpenGL reads and writes arrays in C order only")
    return array
