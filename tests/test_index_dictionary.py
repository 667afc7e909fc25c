import pytest

from index import tokens
from index.dictionary import Word, user_words
from ingest.errors import SettingError


def test_a_line_has_a_word_and_perhaps_a_frequency_and_a_tag() -> None:
    lines = "\ufeff渡津桥 3 n\r\n\n  鸿蒙智行\t\n云计算 5\n台中 nz\n"
    assert user_words(lines) == [
        Word("渡津桥", 3),
        Word("鸿蒙智行", None),
        Word("云计算", 5),
        Word("台中", None),
    ]


@pytest.mark.parametrize("line", ["桥 3 n n", "桥 n 3", "桥 3.5", "桥 -1", f"桥 {10**12}"])
def test_what_is_no_word_is_told_by_its_line(line: str) -> None:
    with pytest.raises(SettingError, match=r"Line 2 .*one word a line") as error:
        user_words(f"石桥\n{line}\n")
    assert "第 2 行" in error.value.chinese


def test_words_are_cut_out_whatever_their_script_and_width() -> None:
    assert "问津桥" not in tokens.terms("問津橋通車").words
    for dictionary in ("問津橋 5", "问津桥"):
        assert "问津桥" in tokens.terms("問津橋通車", dictionary).words
        assert "问津桥" in tokens.terms("问津桥", dictionary).words
    assert "问津桥" not in tokens.terms("問津橋通車").words  # nor in any library but this one


def test_a_question_s_stop_words_stand_in_no_word_of_the_user_s() -> None:
    assert tokens.content("什么值得买是什么") != tokens.content("什么值得买是什么", "什么值得买")
    assert tokens.content("什么值得买是什么", "什么值得买") == "什么值得买"
