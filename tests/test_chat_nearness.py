import pytest

from chat.answers.nearness import nearness


def even(word: str) -> float:
    return 1.0


def test_a_number_next_to_what_is_asked_about_is_nearer() -> None:
    far = "大桥全长由专家量过,这件事当时有不少人都看见了,来的人坐了30辆车"
    near, distant, none = nearness("大桥全长多少？", ["大桥全长300米", far, "大桥全长很长"], even)
    assert near > distant > none == 0


def test_a_number_must_have_the_unit_asked_for() -> None:
    assert nearness("大桥有多少桥墩？", ["大桥长300米"], even) == [0]


def test_what_the_question_says_itself_is_no_answer() -> None:
    assert nearness("1957年大桥几月通车？", ["1957年大桥"], even) == [0]


def test_nothing_is_near_when_no_number_is_asked_for() -> None:
    assert nearness("大桥怎样修？", ["大桥全长300米"], even) == pytest.approx([0])
