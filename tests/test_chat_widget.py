"""What the widget is made of, as it is served."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient
from scripted import ScriptedAssistant

import chat
from chat.i18n import LANGUAGES, table
from chat.settings import Settings
from chat.web.api import create_app
from chat.web.widget import SHARED, widget_texts

WIDGET = Path(chat.__file__).parent / "web" / "static" / "widget"
LARGEST = 20_000  # bytes, gzipped one by one


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = create_app(ScriptedAssistant(), Settings())
    return TestClient(app, base_url="http://127.0.0.1")


def everything(client: TestClient, language: str) -> dict[str, str]:
    """The script and all that it imports, by path."""
    loaded: dict[str, str] = {}
    wanted = ["/widget.js"]
    while wanted:
        path = wanted.pop().replace("${options.language}", language)
        if path in loaded:
            continue
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "javascript" in answer.headers["content-type"], path
        assert answer.headers["access-control-allow-origin"] == "*", path
        loaded[path] = answer.text
        named = re.findall(r"""(?:from |import\()["`](.+?)["`]|module = "(.+?)\"""", answer.text)
        wanted += [urljoin(path, "".join(each)) for each in named]
    return loaded


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_it_is_light_and_for_everyone(client: TestClient, language: str) -> None:
    loaded = everything(client, language)
    assert {f"/wenjin/widget/{path.name}" for path in WIDGET.glob("[!w]*.js")} <= loaded.keys()
    assert f"/wenjin/widget/texts/{language}.js" in loaded
    sizes = {path: len(gzip.compress(text.encode())) for path, text in loaded.items()}
    assert sum(sizes.values()) <= LARGEST, sizes


def test_a_file_that_has_not_changed_is_for_everyone_too(client: TestClient) -> None:
    first = client.get("/wenjin/events.js")
    again = client.get("/wenjin/events.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["access-control-allow-origin"] == "*"


def test_its_texts_are_those_that_its_scripts_say() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in WIDGET.glob("*.js"))
    said = {
        key
        for call in re.findall(r"\bsay\(((?:[^()]|\([^()]*\))*)\)", scripts)
        for key in re.findall(r'"([a-z.]+)"', call)
    }
    own = {key.removeprefix("widget.") for key in table("en") if key.startswith("widget.")}
    assert said == own | set(SHARED)
    assert not own & set(SHARED)
    for language in LANGUAGES:
        assert widget_texts(language).keys() == said


def test_an_unknown_language_is_english(client: TestClient) -> None:
    english = client.get("/wenjin/widget/texts/en.js").text
    assert client.get("/wenjin/widget/texts/fr.js").text == english
    assert english.startswith('export default {"close": "Close"')
