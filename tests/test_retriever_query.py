import pytest

from retriever.query import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("京津冀的面积是多少？", "zh"),
        ("京津冀的面積是多少？", "zh"),
        ("GPT-4 Turbo 是什么？", "zh"),
        ("What does 牛鼻子 stand for here?", "en"),
        ("Qu'est-ce que c'est ?", "en"),
        ("2023?", "zh"),
        ("", "zh"),
    ],
)
def test_the_language_of_a_question(text: str, language: str) -> None:
    assert language_of(text) == language
