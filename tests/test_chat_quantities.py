import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.answers.quantities import gives_quantity


@pytest.mark.parametrize(
    ("question", "gives", "lacks"),
    [
        ("大坝有多高？", "坝高96.5米。", "大坝建于1958年，有6个闸门。"),
        ("司机每月的工资是多少？", "每月工资六千元。", "全市有120名夜班司机。"),
        ("调成了多少件纠纷？", "调解成功389件。", "2023年成立。"),
        ("參加的有多少人？", "共有三十多人參加。", "活動在週六舉行。"),
        ("占比是百分之几？", "占百分之三十。", "占了大多数。"),
        ("How tall is the tower?", "It stands 96 metres tall.", "It was built in 1920."),
        ("How long did the repair take?", "The repair took five years.", "They repaired it."),
        ("How long did the repair take?", "Repairs went on for 18 months.", "In 1920 it broke."),
    ],
)
def test_a_quantity_is_a_number_with_the_unit_asked_for(
    question: str, gives: str, lacks: str
) -> None:
    assert gives_quantity(question, gives)
    assert not gives_quantity(question, lacks)


@pytest.mark.parametrize("question", ["谁修复了铜壶？", "为什么关门？", "Who won?", "怎么做？", ""])
def test_a_question_for_no_quantity_is_given_it_by_any_text(question: str) -> None:
    assert gives_quantity(question, "没有数字。")


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_question_and_text_can_be_looked_at(question: str, text: str) -> None:
    assert gives_quantity(question, text) in {True, False}
