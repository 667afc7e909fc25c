"""The two tables say the same things, and everything they say is said somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import chat
from chat.i18n import LANGUAGES, choose_language, table, text

CHAT = Path(chat.__file__).parent
STATIC = CHAT / "web" / "static"
ELSEWHERE = ("cli.", "report.", "widget.")  # other tests count these
PREFIXES = {"api", "cli", "filter", "library", "page", "report", "widget"}


def _places(value: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(value) if name}


def test_both_languages_have_the_same_keys_and_places() -> None:
    chinese, english = table("zh"), table("en")
    assert chinese.keys() == english.keys()
    assert {key.split(".")[0] for key in chinese} <= PREFIXES
    for key, value in chinese.items():
        assert value.strip()
        assert english[key].strip()
        assert _places(value) == _places(english[key]), key


def test_chinese_is_chinese_and_english_is_not() -> None:
    for key, english in table("en").items():
        if key != "page.language":  # it names the other language in its own words
            assert not re.search("[\u4e00-\u9fff]", english), key
            assert table("zh")[key] != english, key


def test_no_text_of_the_page_is_missing_or_left_over() -> None:
    python = "\n".join(path.read_text(encoding="utf-8") for path in CHAT.rglob("*.py"))
    used = set(re.findall(r"""["']((?:api|filter|library|page)\.[a-z.]+)["']""", python))
    scripts = [*STATIC.glob("*.js"), STATIC / "frame.html"]
    strings = set(re.findall(r'"([a-z.]+)"', "".join(map(Path.read_text, scripts))))
    used |= {key for key in table("zh") if key.removeprefix("page.") in strings}
    assert used == {key for key in table("zh") if not key.startswith(ELSEWHERE)}


def test_scripts_say_nothing_that_no_table_has() -> None:
    for path in STATIC.glob("*.js"):
        said = re.findall(r'\bsay\("([a-z.]+)"', path.read_text(encoding="utf-8"))
        assert {f"page.{key}" for key in said} <= table("zh").keys(), path.name


def test_places_are_filled() -> None:
    assert text("page.count", "zh", count=6) == "文章 6 篇"
    with pytest.raises(KeyError):
        text("page.count", "zh")
    with pytest.raises(KeyError):
        text("page.nothing", "zh")


@pytest.mark.parametrize(
    ("wish", "accepted", "chosen"),
    [
        ("zh", "en-GB", "zh"),
        ("auto", "zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr-FR, en;q=0.5, zh;q=0.1", "en"),
        (None, "", "en"),
        ("xx", "ja", "en"),
        ("auto", "zh_CN.UTF-8", "zh"),
    ],
)
def test_the_language_is_the_first_known_one(wish: str | None, accepted: str, chosen: str) -> None:
    assert choose_language(wish, accepted) == chosen
    assert chosen in LANGUAGES
