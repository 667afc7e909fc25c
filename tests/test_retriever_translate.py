from index.types import Translation
from retriever.translate import Translator, translations

TABLE = {
    "bridge": [Translation("桥", 0.9), Translation("大桥", 0.1)],
    "zebra": [Translation("斑马", 1.0)],
    "fish": [Translation("鱼", 1.0)],
    "石桥": [Translation("bridge", 0.7)],
    "长": [Translation("long", 0.6)],
}


class Table:
    """Knows the tokens of ``TABLE``, and cuts at a hyphen or into single characters."""

    def translate(self, text: str) -> list[list[Translation]]:
        found, start = [], 0
        while start < len(text):
            ends = range(len(text), start, -1)
            end = next((end for end in ends if text[start:end] in TABLE), start + 1)
            token = text[start:end]
            found.append(TABLE.get(token, [Translation(token, 1.0)]))
            start = end
        return found


def itself(word: str) -> Translation:
    return Translation(word, 1.0)


def test_it_is_a_translator() -> None:
    assert isinstance(Table(), Translator)


def test_a_western_word_may_stay_as_it_is() -> None:
    assert translations("bridge", Table()) == [[itself("bridge"), *TABLE["bridge"]]]


def test_stop_words_and_repeated_words_are_left_out() -> None:
    once = translations("bridge", Table())
    assert translations("What is the bridge of a bridge?", Table()) == once


def test_a_plural_is_translated_as_its_singular() -> None:
    assert translations("bridges", Table()) == [[itself("bridges"), *TABLE["bridge"]]]


def test_a_word_in_pieces_is_looked_for_whole_and_by_its_pieces() -> None:
    expected = [[itself("zebrafish")], TABLE["zebra"], TABLE["fish"]]
    assert translations("zebrafish", Table()) == expected


def test_each_token_of_a_chinese_question_is_translated() -> None:
    assert translations("石桥有多长？", Table())[0] == TABLE["石桥"]
    assert TABLE["长"] in translations("石桥有多长？", Table())


def test_a_question_of_nothing_asks_for_nothing() -> None:
    assert translations("", Table()) == []
