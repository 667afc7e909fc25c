from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.cli.parser import COMMANDS
from chat.settings import TABLE, Settings, load_settings
from ingest.errors import SettingError


def test_defaults_are_those_of_the_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings(environment={})
    assert settings == Settings()
    assert {row.name: getattr(settings, row.name) for row in TABLE} == {
        row.name: row.default for row in TABLE
    }


def test_every_setting_is_a_flag_of_some_command():
    assert {row.name for row in TABLE} == {name for each in COMMANDS for name in each.settings}


def test_every_setting_says_what_it_is_for_in_both_languages():
    for row in TABLE:
        assert row.help("en").isascii()
        assert not row.help("zh").isascii()


def test_flags_win_over_environment_over_file_over_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("wenjin.toml").write_text('port = 1\nhost = "file"\nlibrary = "file"\n', encoding="utf-8")
    environment = {"WENJIN_PORT": "2", "WENJIN_HOST": "environment", "PORT": "9"}
    settings = load_settings({"port": "3", "host": None}, environment=environment)
    assert (settings.port, settings.host, settings.library) == (3, "environment", "file")
    assert settings.passages == Settings().passages


def test_config_names_another_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("wenjin.toml").write_text("port = 1\n", encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text("passages = 3\noffline = true\n", encoding="utf-8")
    settings = load_settings(environment={}, config=other)
    assert (settings.port, settings.passages, settings.offline) == (7860, 3, True)


@pytest.mark.parametrize("word", ["1", "true", "Yes", "ON"])
def test_switches_take_the_usual_words(word):
    assert load_settings(environment={"WENJIN_OFFLINE": word}).offline
    assert load_settings({"offline": True}, environment={}).offline


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"WENJIN_PROT": "80"}, ["WENJIN_PROT", "port"]),
        ({"WENJIN_PORT": "eighty"}, ["WENJIN_PORT", "eighty", "65535"]),
        ({"WENJIN_PORT": "0"}, ["WENJIN_PORT", "1"]),
        ({"WENJIN_PORT": "99999"}, ["WENJIN_PORT", "65535"]),
        ({"WENJIN_DEVICE": "tpu"}, ["WENJIN_DEVICE", "tpu", "auto", "cpu", "cuda"]),
        ({"WENJIN_LANGUAGE": "fr"}, ["WENJIN_LANGUAGE", "zh", "en"]),
        ({"WENJIN_OFFLINE": "maybe"}, ["WENJIN_OFFLINE", "maybe", "true"]),
        ({"WENJIN_LIBRARY": " "}, ["WENJIN_LIBRARY", "empty"]),
    ],
)
def test_bad_environment_says_where_and_what_is_known(environment, told):
    with pytest.raises(SettingError) as caught:
        load_settings(environment=environment)
    for word in told:
        assert word in caught.value.english
    assert told[0] in caught.value.chinese
    assert "\n" not in caught.value.english + caught.value.chinese


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"prot = 80\n", ["prot", "port", "library"]),
        (b'port = "eighty"\n', ["port", "eighty"]),
        (b"port = true\n", ["port", "whole number"]),
        (b"port = 1.5\n", ["port", "whole number"]),
        (b"library = 5\n", ["library", "text"]),
        (b"[server]\nport = 80\n", ["server"]),
        (b"port = \n", ["TOML"]),
        (b'library = "\xff"\n', ["TOML", "UTF-8"]),
    ],
)
def test_bad_file_says_where_and_what_is_known(tmp_path, content, told):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(SettingError) as caught:
        load_settings(environment={}, config=path)
    for word in [str(path), *told]:
        assert word in caught.value.english
    assert str(path) in caught.value.chinese


def test_missing_config_is_an_error(tmp_path):
    with pytest.raises(SettingError, match=r"missing\.toml"):
        load_settings(environment={}, config=tmp_path / "missing.toml")


def test_the_key_is_no_setting():
    assert load_settings(environment={"WENJIN_API_KEY": "secret"}) == Settings()


@given(st.integers())
def test_numbers_are_taken_within_their_limits_alone(number):
    if 1 <= number <= 65535:
        assert load_settings({"port": str(number)}, environment={}).port == number
    else:
        with pytest.raises(SettingError, match="--port"):
            load_settings({"port": str(number)}, environment={})
