"""Articles that go on on another page become one again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import make_article
from hypothesis import given
from hypothesis import strategies as st

from ingest.continuation import join_articles, join_files, join_readings
from ingest.newspaper import parse_blocks
from ingest.page.jumps import JumpMark, parse_jump, split_jumps
from ingest.page.reflow import reflow
from ingest.types import Article, Jump, Reading, article_id

FIRST = "石桥镇修好了老桥。桥面加宽以后，两边的村民"
REST = "过河不再绕路。石桥镇还打算修一条路。"

letters = st.text(alphabet="桥河村民路。，！”ab 1", min_size=0, max_size=30)
texts = st.lists(letters.map(str.strip).filter(bool), min_size=1, max_size=4).map("\n".join)


def half(text: str, *, page: str | None = None, title: str | None = "石桥镇修好老桥") -> Article:
    return replace(make_article(text, title=title), page=page)


def reading(article: Article, *jumps: Jump) -> Reading:
    return Reading((article,), jumps=jumps)


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("下转第3版", JumpMark("3", True)),
        ("（下转第三版）", JumpMark("3", True)),
        ("▶下转A3版", JumpMark("A3", True)),
        ("（上接第1版）", JumpMark("1", False)),
        ("（上接第一版《石桥镇修好老桥》）", JumpMark("1", False, "石桥镇修好老桥")),
        ("（緊接第二版）", JumpMark("2", None)),
        ("Continued on Page A3", JumpMark("A3", True)),
        ("(Continued from Page A1)", JumpMark("A1", False)),
        ("BRIDGE, continued from page 1", JumpMark("1", False, "BRIDGE")),
        ("转发第3版的人", None),
        ("他从第1版读到第3版", None),
        ("The story is continued on television", None),
    ],
)
def test_words_that_name_another_page(line: str, mark: JumpMark | None) -> None:
    assert parse_jump(line) == mark


def test_a_jump_in_a_paragraph_is_no_text() -> None:
    assert split_jumps(f"（上接第1版）{REST}") == ("（上接第1版）", REST, "")
    assert split_jumps(f"{FIRST}（下转第3版）") == ("", FIRST, "（下转第3版）")
    assert split_jumps("文章（如下转第3版所述）完。") == ("", "文章（如下转第3版所述）完。", "")


def test_a_sentence_goes_on_on_another_page_of_the_file() -> None:
    whole = join_readings(
        [
            reading(half(FIRST, page="1"), Jump(0, "3", onward=True)),
            Reading((half("别的事。", title="别的"),)),
            reading(half(REST, page="3", title="石桥镇"), Jump(0, "1", onward=False)),
        ]
    )
    assert [article.text for article in whole.articles] == [FIRST + REST, "别的事。"]
    assert whole.articles[0].title == "石桥镇修好老桥"
    assert whole.articles[0].page == "1"
    assert whole.articles[0].id == article_id("石桥镇修好老桥", FIRST + REST)
    assert whole.jumps == ()


def test_what_finds_no_partner_stays_as_it_is() -> None:
    first = reading(half(FIRST, page="1"), Jump(0, "3", onward=True))
    rest = reading(half(REST, page="4"), Jump(0, "1", onward=False))
    assert join_readings([first, rest]) == Reading(
        first.articles + rest.articles,
        jumps=(Jump(0, "3", onward=True), Jump(1, "1", onward=False)),
    )


def test_of_two_rests_the_one_that_speaks_of_the_same_is_taken() -> None:
    other = half("学生每天在食堂吃饭。食堂的菜很好。", page="3", title=None)
    whole = join_readings(
        [
            reading(half(FIRST, page="1"), Jump(0, "3", onward=True)),
            reading(other, Jump(0, "1", onward=False)),
            reading(half(REST, page="3", title=None), Jump(0, "1", onward=False)),
        ]
    )
    assert [article.text for article in whole.articles] == [FIRST + REST, other.text]
    assert whole.jumps == (Jump(1, "1", onward=False),)


def test_an_article_may_go_on_twice() -> None:
    middle = reading(
        half(REST + "这条路", page="2"), Jump(0, "1", onward=False), Jump(0, "4", onward=True)
    )
    whole = join_readings(
        [
            reading(half("通向石桥镇学校。", page="4"), Jump(0, "2", onward=False)),
            reading(half(FIRST, page="1"), Jump(0, "2", onward=True)),
            middle,
        ]
    )
    assert [article.text for article in whole.articles] == [FIRST + REST + "这条路通向石桥镇学校。"]


def test_halves_that_point_at_each_other_are_not_lost() -> None:
    both = Jump(0, "2", onward=True), Jump(0, "2", onward=False)
    one, other = half(FIRST), half(REST)
    whole = join_readings([reading(one, *both), reading(other, *both)])
    assert sorted("".join(article.text for article in whole.articles)) == sorted(FIRST + REST)


def test_a_heading_begins_a_line() -> None:
    rest = make_article("修路\n石桥镇还打算修路。", headings=("修路",))
    whole = join_articles(half(FIRST), rest)
    assert whole.text == f"{FIRST}\n修路\n石桥镇还打算修路。"
    assert [whole.text[h.start :][: len(h.text)] for h in whole.headings] == ["修路"]


def test_the_rest_fills_in_what_the_beginning_lacks() -> None:
    first = replace(half(FIRST), authors=(), affiliation=None, published="2024-05-06")
    rest = replace(half(REST), guessed=("affiliation", "published"), notes=("资助",))
    whole = join_articles(first, rest)
    assert (whole.authors, whole.affiliation) == (("王五",), "某大学")
    assert whole.guessed == ("affiliation",)
    assert whole.notes == ("资助",)


class TestFiles:
    first = replace(half(FIRST, page="1"), source="石桥日报")
    rest = replace(half(REST, page="3"), source="石桥日报")
    onward, back = Jump(0, "3", onward=True), Jump(0, "1", onward=False)

    def joined(self, first: Article, rest: Article, *names: str) -> list[str]:
        halves = (reading(first, self.onward), reading(rest, self.back))
        found = join_files(dict(zip(names, halves, strict=True)))
        assert list(found) == list(names)
        return [article.text for one in found.values() for article in one.articles]

    def test_of_one_newspaper_and_day(self) -> None:
        assert self.joined(self.first, self.rest, "a/1.txt", "b/3.txt") == [FIRST + REST]

    def test_of_another_day(self) -> None:
        other = replace(self.rest, published="2024-05-07")
        assert self.joined(self.first, other, "a/1.txt", "a/3.txt") == [FIRST, REST]

    def test_of_another_newspaper(self) -> None:
        other = replace(self.rest, source="河西晚报")
        assert self.joined(self.first, other, "a/1.txt", "a/3.txt") == [FIRST, REST]

    def test_without_a_date(self) -> None:
        first, rest = (replace(one, published=None) for one in (self.first, self.rest))
        assert self.joined(first, rest, "a/1.txt", "a/3.txt") == [FIRST + REST]
        assert self.joined(first, rest, "a/1.txt", "b/3.txt") == [FIRST, REST]


@given(texts, texts, st.booleans(), st.booleans())
def test_joining_neither_loses_nor_invents(
    one: str, two: str, first_headed: bool, rest_headed: bool
) -> None:
    first, rest = (
        make_article(text, headings=[text.split("\n")[0]] * headed)
        for text, headed in ((one, first_headed), (two, rest_headed))
    )
    whole = join_articles(first, rest)
    assert "".join(whole.text.split()) == "".join((one + two).split())
    wanted = [heading.text for heading in first.headings + rest.headings]
    assert [whole.text[h.start :][: len(h.text)] for h in whole.headings] == wanted
    assert [h.start for h in whole.headings] == sorted(h.start for h in whole.headings)


@given(
    st.lists(
        st.tuples(texts, st.lists(st.tuples(st.sampled_from("123"), st.booleans()), max_size=2)),
        max_size=5,
    )
)
def test_no_article_vanishes(pages: list[tuple[str, list[tuple[str, bool]]]]) -> None:
    readings = {
        f"a/{number}.txt": reading(
            half(text, page=str(number)), *(Jump(0, page, onward) for page, onward in jumps)
        )
        for number, (text, jumps) in enumerate(pages)
    }
    for found in (join_files(readings).values(), [join_readings(list(readings.values()))]):
        held = "".join(article.text for one in found for article in one.articles)
        assert sorted("".join(held.split())) == sorted(
            "".join("".join(t for t, _ in pages).split())
        )
        for one in found:
            assert all(jump.position < len(one.articles) for jump in one.jumps)


PAGES = """\
石桥日报 2024年5月6日 星期一 第1版

石桥镇修好老桥
□ 王五

石桥镇修好了老桥。这座老桥有三百年历史，去年汛期被大水冲坏了一个桥墩。

桥面加宽以后，两边的村民（下转第3版）

石桥日报 2024年5月6日 星期一 第3版

石桥镇老桥
（上接第1版）过河不再绕路。石桥镇还打算在老桥边修一条路。

学生食堂换了新菜单
□ 赵六

学生每天在食堂吃饭。食堂的新菜单由学生自己定。
（作者系河西大学教授）
"""


def test_pages_of_one_text_file() -> None:
    found = parse_blocks(reflow(PAGES), path="page.txt")
    assert [(a.title, a.page, a.authors) for a in found.articles] == [
        ("石桥镇修好老桥", "1", ("王五",)),
        ("学生食堂换了新菜单", "3", ("赵六",)),
    ]
    assert found.articles[0].text.endswith("两边的村民过河不再绕路。石桥镇还打算在老桥边修一条路。")
    assert found.jumps == ()


def test_a_page_alone_keeps_its_jump() -> None:
    found = parse_blocks(reflow(PAGES.split("\n\n石桥日报", maxsplit=1)[0]), path="page.txt")
    assert found.jumps == (Jump(0, "3", onward=True),)
    assert found.articles[0].text.endswith("两边的村民")


def test_a_rest_alone_is_no_document() -> None:
    found = parse_blocks(reflow(f"石桥镇老桥\n\n（上接第1版）{REST}"), path="page.txt")
    assert [(article.title, article.text) for article in found.articles] == [("石桥镇老桥", REST)]
    assert found.jumps == (Jump(0, "1", onward=False),)


def test_a_jump_without_a_direction_is_understood_by_its_place() -> None:
    text = PAGES.replace("下转", "紧接").replace("（上接第1版）", "（紧接第1版）")
    found = parse_blocks(reflow(text), path="page.txt")
    assert [article.title for article in found.articles] == ["石桥镇修好老桥", "学生食堂换了新菜单"]
