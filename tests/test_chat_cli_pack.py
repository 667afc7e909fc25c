"""``wenjin pack`` and ``wenjin unpack``."""

from __future__ import annotations

import json
import os
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest
from conftest import PAGES

from chat.answers.answerable import Calibration
from chat.answers.calibrate import read_calibration, write_calibration
from chat.cli.main import main
from chat.settings import load_settings
from index.embed import BUILTIN
from ingest.errors import SettingError

pytestmark = pytest.mark.usefixtures("elsewhere")

QUESTION = "小河里的鱼变少，主要是哪些原因？"


def settings_in(file: str) -> dict[str, object]:
    with zipfile.ZipFile(file) as archive:
        return tomllib.loads(archive.read("wenjin.toml").decode())


def answer(capsys, *arguments: str) -> str:
    capsys.readouterr()
    assert main(["ask", QUESTION, *arguments]) == 0
    return capsys.readouterr().out


def test_what_is_unpacked_answers_at_once_and_alike(capsys, library):
    expected = answer(capsys, "--library", library)
    assert main(["pack", "a.wenjin", "--library", library]) == 0
    assert "packed: a.wenjin" in capsys.readouterr().err
    assert main(["unpack", "a.wenjin", "--library", "there/lib"]) == 0
    assert "unpacked: there/lib" in capsys.readouterr().err
    assert answer(capsys, "--library", "there/lib", "--offline") == expected
    assert main(["doctor", "--library", "there/lib"]) == 0
    assert not list(Path().rglob(".*ing"))


def test_settings_that_shape_answers_travel_and_no_others(capsys, library):
    flags = ["-k", "3", "--certainty", "40", "--offline", "--device", "cpu"]
    assert main(["pack", "a.wenjin", "--library", library, *flags]) == 0
    assert settings_in("a.wenjin") == {
        "embedder": "builtin",
        "reranker": "builtin",
        "generator": "extractive",
        "passages": 3,
        "certainty": 40,
    }
    assert main(["unpack", "a.wenjin", "--library", "there"]) == 0
    assert load_settings({"library": "there"}).passages == 3
    assert load_settings({"library": "there", "passages": "5"}).passages == 5
    Path("wenjin.toml").write_text("passages = 7\n", encoding="utf-8")
    assert load_settings({"library": "there"}).passages == 7
    assert load_settings({"library": "there"}).certainty == 40


def test_the_calibration_travels(library):
    shutil.copytree(library, "own")
    write_calibration(Path("own"), Calibration(1.5, 0.25))
    assert main(["pack", "a.wenjin", "--library", "own", "--quiet"]) == 0
    assert main(["unpack", "a.wenjin", "--library", "there", "--quiet"]) == 0
    assert read_calibration(Path("there")) == Calibration(1.5, 0.25)


@pytest.fixture
def own_model(elsewhere: None) -> str:
    """A library made with a model in a folder, and the spec of that."""
    shutil.copytree(BUILTIN, "model")
    page = sorted(PAGES.iterdir())[0]
    flags = ["--library", "own", "--embedder", "builtin:model", "--quiet"]
    assert main(["ingest", str(page), *flags]) == 0
    return "builtin:model"


def test_a_model_in_a_folder_travels_and_is_found(capsys, own_model):
    assert main(["pack", "a.wenjin", "--library", "own", "--embedder", own_model]) == 0
    assert settings_in("a.wenjin")["embedder"] == "builtin:models/embedder"
    shutil.rmtree("model")
    assert main(["unpack", "a.wenjin", "--library", "there"]) == 0
    Path("there").rename("elsewhere")  # it may be moved later on
    capsys.readouterr()
    assert main(["search", "什么", "--library", "elsewhere", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert load_settings({"library": "elsewhere"}).embedder == "builtin:elsewhere/models/embedder"


def test_a_transformer_in_a_folder_has_the_same_name_wherever_it_lies(tmp_path):
    from index.embed import load_embedder
    from index.static import export, load

    export(load(BUILTIN), tmp_path / "one")
    shutil.copytree("one", "two")
    one, two = (load_embedder(f"sentence-transformers:{name}") for name in ("one", "two"))
    assert one.name == two.name
    Path("two", "config.json").write_text("{}", encoding="utf-8")
    assert load_embedder("sentence-transformers:two").name != one.name


def test_servers_and_models_of_the_hub_are_named(capsys, library):
    generator = "openai:http://localhost:9/v1#m"
    assert main(["pack", "a.wenjin", "--library", library, "--generator", generator]) == 0
    assert f"generator {generator} is a server" in capsys.readouterr().err
    assert "generator" not in settings_in("a.wenjin")
    hub = "transformers:some/model"
    assert main(["pack", "b.wenjin", "--library", library, "--generator", hub]) == 0
    assert f"generator {hub} comes from the hub" in capsys.readouterr().err
    assert settings_in("b.wenjin")["generator"] == hub


@pytest.mark.parametrize(
    "line", ['host = "0.0.0.0"', 'generator = "openai:http://there/v1#m"', "offline = false"]
)
def test_a_library_may_not_set_what_reaches_out(capsys, library, line):
    shutil.copytree(library, "own")
    Path("own", "wenjin.toml").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(SettingError, match="own setting"):
        load_settings({"library": "own"})
    assert main(["ask", QUESTION, "--library", "own"]) == 2
    assert line.partition(" ")[0] in capsys.readouterr().err


def test_a_library_in_the_current_folder_shares_its_settings_file(library):
    shutil.copytree(library, "own")
    os.chdir("own")
    Path("wenjin.toml").write_text('library = "."\nport = 80\npassages = 2\n', encoding="utf-8")
    assert load_settings().port == 80


def test_wrong_use_is_told_in_a_line(capsys, library):
    Path("taken").touch()
    for arguments, word in [
        (["pack", "taken", "--library", library], "there already"),
        (["pack", "a.wenjin", "--library", "nowhere"], "no library"),
        (["unpack", "missing", "--library", "there"], "can't be read"),
        (["unpack", "taken", "--library", "there"], "isn't a whole pack"),
        (["unpack", "taken", "--library", library], "isn't empty"),
    ]:
        assert main(arguments) == 1
        said = capsys.readouterr().err
        assert word in said
        assert said.count("\n") == 1
    assert not Path("there").exists()


def test_json_lists_what_is_in_it(capsys, library):
    assert main(["pack", "a.wenjin", "--library", library, "--json"]) == 0
    packed = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in packed["members"]] == ["library.sqlite3", "wenjin.toml"]
    assert main(["unpack", "a.wenjin", "--library", "there", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == packed
