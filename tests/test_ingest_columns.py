from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import PartlyRead
from ingest.printed.columns import read_pages
from ingest.printed.strips import find_strips
from ingest.printed.types import PrintedLine, PrintedPage, Rectangle
from ingest.types import Article

SENTENCES = (
    "河水流过石桥，桥上有人挑着担子慢慢走过。",
    "镇上的清晨从一碗豆浆开始，铺子一间间打开门板。",
    "木匠说，这把椅子用了三十年，还能再坐三十年。",
    "孩子们放学以后，都爱到打谷场上踢毽子。",
    "去年冬天，渡口换了新的缆绳，船也漆成了绿色。",
)
OTHERS = (
    "水库的闸门每天检查两次，记录写在蓝色的本子上。",
    "雨季到来之前，值班的人要把沟渠清理一遍。",
    "新来的技术员量了水位，说比往年高了半米。",
    "闸房的灯一直亮到深夜，电话就放在窗台上。",
)
SIZE, STEP, WIDTH, GUTTER = 9.0, 14.0, 16, 18.0  # of type, from line to line, ems, points


def line(text: str, left: float, top: float, size: float = SIZE) -> PrintedLine:
    """A line of full-width characters."""
    return PrintedLine(text, left, top, left + size * len(text), top + size, size)


def wrapped(sentences: Sequence[str]) -> list[tuple[int, str]]:
    """Paragraphs as lines of 16 characters: by how much they are indented, and their text."""
    found = []
    for sentence in sentences:
        found.append((2, sentence[: WIDTH - 2]))
        rest = sentence[WIDTH - 2 :]
        found += [(0, rest[i : i + WIDTH]) for i in range(0, len(rest), WIDTH)]
    return found


def columns(
    sentences: Sequence[str], left: float, top: float, count: int, height: int, skip: int = 0
) -> Iterator[PrintedLine]:
    """The lines in columns of that height; the first ``skip`` columns begin two lines lower."""
    lines = wrapped(sentences)
    for number in range(count):
        lower = 2 if number < skip else 0
        held, lines = lines[: height - lower], lines[height - lower :]
        x = left + number * (WIDTH * SIZE + GUTTER)
        for i, (indent, text) in enumerate(held, lower):
            yield line(text, x + indent * SIZE, top + i * STEP)
    assert not lines


def unlike(sentences: Sequence[str], times: int) -> list[str]:
    """The sentences some times over, no two of them the same."""
    numbers = "一二三四五六七八九十"
    return [f"其{n}，{sentence}" for n in numbers[:times] for sentence in sentences]


TOWN, WATER = unlike(SENTENCES, 3), unlike(OTHERS, 3)


def page(*lines: PrintedLine) -> PrintedPage:
    return PrintedPage(1, 900.0, 1200.0, lines)


def read(*lines: PrintedLine) -> tuple[Article, ...]:
    return read_pages([page(*lines)], path="page.pdf").articles


def news() -> list[PrintedLine]:
    """Two articles beside each other below a masthead, with titles over their columns."""
    second = 60 + 2 * (WIDTH * SIZE + GUTTER)
    return [
        line("云河日报　2024年6月5日　星期三　第3版", 60, 40),
        line("石桥边上的老镇", 120, 90, size=24),
        line("本报记者　张小山", 160, 124),
        *columns(TOWN, 60, 150, 2, 21),
        line("水库守夜人", second + 60, 90, size=24),
        line("本报记者　李文水", second + 90, 124),
        *columns(WATER, second, 150, 2, 18),
    ]


def test_the_articles_of_a_page_are_told_apart_by_their_places() -> None:
    first, second = read(*news())
    assert (first.title, first.authors) == ("石桥边上的老镇", ("张小山",))
    assert (second.title, second.authors) == ("水库守夜人", ("李文水",))
    assert first.text == "\n".join(TOWN)
    assert second.text == "\n".join(WATER)
    assert {article.source for article in (first, second)} == {"云河日报"}
    assert {article.published for article in (first, second)} == {"2024-06-05"}
    assert {article.page for article in (first, second)} == {"3"}


@given(st.integers(0, 2**32))
def test_the_order_in_a_file_means_nothing(seed: int) -> None:
    shuffled = news()
    Random(seed).shuffle(shuffled)
    assert read(*shuffled) == read(*news())


def test_what_only_the_files_name_says_is_a_guess() -> None:
    path = "云河日报/2024-06-05/03.pdf"
    for article in read_pages([page(*news()[1:])], path=path).articles:  # without a masthead
        assert article.published == "2024-06-05"
        assert "published" in article.guessed


def test_text_goes_on_beside_its_title() -> None:
    """The title stands over two of three columns; the third begins where the title does."""
    text = TOWN + unlike(OTHERS, 1)
    third = 60 + 2 * (WIDTH * SIZE + GUTTER)
    lines = wrapped(text)
    first = [line(t, 60 + i * SIZE, 150 + n * STEP) for n, (i, t) in enumerate(lines[:14])]
    second_left = 60 + WIDTH * SIZE + GUTTER
    second = [
        line(t, second_left + i * SIZE, 150 + n * STEP) for n, (i, t) in enumerate(lines[14:28])
    ]
    rest = [line(t, third + i * SIZE, 92 + n * STEP) for n, (i, t) in enumerate(lines[28:])]
    [article] = read(
        line("云河日报　2024年6月5日　星期三　第3版", 60, 40),
        line("石桥边上的老镇", 90, 90, size=24),
        line("本报记者　张小山", 130, 124),
        *first,
        *second,
        *rest,
    )
    assert article.title == "石桥边上的老镇"
    assert article.text == "\n".join(text)


def test_a_frame_keeps_its_text_from_the_article_beside_it() -> None:
    """The text cut at the foot of the first column would go on in the second but for a frame."""
    second = 60 + WIDTH * SIZE + GUTTER
    lines = [
        line("云河日报　2024年6月5日　星期三　第3版", 60, 40),
        line("石桥的老镇", 60, 90, size=24),
        line("本报记者　张小山", 90, 124),
        *columns(TOWN[:3], 60, 150, 1, 9),
        *columns(WATER[:3], second, 150, 1, 9),
    ]
    lines.pop(13)  # the last line of the first column: its sentence isn't over
    frame = Rectangle(second - 6, 140, second + WIDTH * SIZE + 6, 400)
    [whole] = read_pages([page(*lines)], path="page.pdf").articles
    framed, *_ = read_pages([replace(page(*lines), rules=(frame,))], path="page.pdf").articles
    assert WATER[0] in whole.text
    assert WATER[0] not in framed.text


def test_a_rule_keeps_the_lines_above_it_from_those_below() -> None:
    lines = [line("石桥边上的老镇", 60, 100), line("水库守夜人", 60, 112)]
    assert len(find_strips(lines)) == 1
    assert len(find_strips(lines, [Rectangle(60, 110, 200, 110.5)])) == 2


def test_a_line_torn_by_wide_spaces_stays_in_its_column() -> None:
    torn = [PrintedLine("the river", 60, 114, 110, 123, SIZE)]
    torn.append(PrintedLine("was high", 122, 114, 180, 123, SIZE))
    above = PrintedLine("In the spring after the flood", 60, 102, 180, 111, SIZE)
    below = replace(above, text="and the bridge at the mill was", top=126, bottom=135)
    [strip] = find_strips([above, *torn, below])
    assert strip.lines[1].text == "the river was high"
    beside = [replace(one, top=one.top + 12, bottom=one.bottom + 12) for one in torn]
    assert len(find_strips([above, *torn, *beside])) == 3


def test_questions_and_full_lines_of_ordinary_type_are_headings() -> None:
    question, full = "老镇的桥为什么牢？", "老镇石桥三百年安然无恙的缘由"
    first, second, third = wrapped(TOWN[:3]), wrapped(TOWN[3:6]), wrapped(TOWN[6:9])
    lines = [*first, (2, question), *second, (2, full), *third]
    [article] = read(
        line("云河日报　2024年6月5日　星期三　第3版", 60, 40),
        line("石桥边上的老镇", 60, 90, size=24),
        line("本报记者　张小山", 90, 124),
        *(line(text, 60 + i * SIZE, 150 + n * STEP) for n, (i, text) in enumerate(lines)),
    )
    assert [found.text for found in article.headings] == [question, full]


def test_a_caption_and_an_advert_are_no_text() -> None:
    low = 150 + 24 * STEP + 60
    articles = read(
        *news(),
        line("图为镇上的石桥。　王小明　摄", 60, 150 + 21 * STEP + 12, size=7.5),
        line("新居家具　秋季大促", 100, low, size=18),
        line("订购热线：0312-8123456", 130, low + 30),
    )
    assert [article.title for article in articles] == ["石桥边上的老镇", "水库守夜人"]
    assert "图为" not in articles[0].text


def test_several_pages_of_a_document_are_one_article() -> None:
    pages = [
        PrintedPage(n, 600.0, 800.0, tuple(columns(SENTENCES * 2, 60, 100, 1, 40)))
        for n in range(1, 4)
    ]
    [article] = read_pages(pages, path="report.pdf").articles
    assert article.text == "\n".join(SENTENCES * 6)


def test_text_that_runs_downwards_is_said() -> None:
    upright = page(*columns(SENTENCES, 60, 100, 1, 20))
    reading = read_pages([replace(upright, vertical=True)], path="old.pdf")
    assert len(reading.articles) == 1
    [problem] = reading.problems
    assert isinstance(problem, PartlyRead)
    assert "竖排" in problem.in_language("zh")


@given(
    st.lists(
        st.builds(
            line,
            st.text("河水流过石桥", min_size=1, max_size=12),
            st.floats(0, 500),
            st.floats(0, 700),
            st.sampled_from((7.5, 9.0, 12.0, 24.0)),
        ),
        max_size=25,
    )
)
def test_lines_are_neither_lost_nor_invented(lines: list[PrintedLine]) -> None:
    unlike = [replace(one, text=f"{one.text}{chr(0x5000 + i)}") for i, one in enumerate(lines)]
    text = "".join(strip.text for strip in find_strips(unlike))
    assert sorted(text.replace("\n", "").replace(" ", "")) == sorted(
        "".join(one.text for one in unlike)
    )
