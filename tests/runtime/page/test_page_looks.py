"""The page's style sheet: every text is readable in both colours, and everything that is drawn can be told apart."""

import re
from importlib import resources

import pytest

TEXTS = {
    "text": ("bg", "card", "raised"), "muted": ("bg", "card", "raised"), "accent": ("bg", "card", "accent-soft"),
    "on-accent": ("accent",), "bad": ("bad-soft", "card"),
}  # fmt: skip
DRAWN = {"line-strong": ("bg", "card"), "good": ("card",), "warn": ("card",), "bad": ("card",), "focus": ("bg", "card")}


def sheet() -> str:
    return resources.files("runtime.page").joinpath("static", "page.css").read_text("utf-8")


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_by_its_definition() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["", '[data-theme="light"]'])
def test_everything_can_be_read(theme: str) -> None:
    block = re.search(rf":root{re.escape(theme)} \{{(.*?)\}}", sheet(), re.S)
    assert block is not None
    names = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))
    for wanted, pairs in ((4.5, TEXTS), (3.0, DRAWN)):
        for front, backs in pairs.items():
            for back in backs:
                assert contrast(names[front], names[back]) >= wanted, f"{front} on {back}"


def test_no_colour_without_a_name() -> None:
    rules = sheet().split("color-scheme: light;")[1]
    loose = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) - set(re.findall(r"(#[\w-]+)[^;{]*\{", rules))
    assert loose <= {"#fff"}  # behind the QR code, which cameras want black on white
