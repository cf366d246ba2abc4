"""What `doctor` finds."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. name: what was looked at. detail: what was found. fix: what to do, empty when all is well."""

    name: str
    status: Status
    detail: str
    fix: str = ""
