"""Everything that can go wrong and is the user's to mend: one clear line each.

    CartoonAliveError          what the command line prints as one line, exit code 2
    ├── AvatarError            an avatar file or model that breaks a rule; names the file and the field
    ├── TakeError              a recording that can't be read; names the file and the line
    ├── WeightsError           a third-party model file that is missing, wrong or can't be fetched
    ├── PortraitError          a picture that can't become an avatar: no face, too small, turned away …
    ├── DriverError            a source of faces that can't be started: port taken, camera busy …
    ├── GraphicsError          no usable OpenGL
    └── UsageError             options that make no sense together

A message names the thing, what was expected, what was got, and what to do; paths come last.
Anything that is *not* a `CartoonAliveError` is a defect of ours and keeps its traceback.
"""


class CartoonAliveError(Exception):
    """Base of all errors that a user can act on. `str(error)` is one line."""


class AvatarError(CartoonAliveError):
    """An avatar breaks one of the rules of `assets.avatar` or `assets.store`."""


class TakeError(CartoonAliveError):
    """A take file can't be read."""


class WeightsError(CartoonAliveError):
    """A third-party model file is missing, has the wrong hash, or can't be fetched."""


class PortraitError(CartoonAliveError):
    """A picture can't become an avatar."""


class DriverError(CartoonAliveError):
    """A source of faces can't be started."""


class GraphicsError(CartoonAliveError):
    """OpenGL is missing or too old."""


class UsageError(CartoonAliveError):
    """Command-line options that contradict each other or name something unknown."""
