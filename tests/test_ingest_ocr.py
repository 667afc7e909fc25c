from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_scan import KOREAN, Sheet, draw, find_font, pixels, require_font, set_lines, worn
from PIL import Image, ImageDraw

from ingest.page.lines import HAN_CHARACTER
from ingest.printed.ocr import Scan, is_available, missing, recognise
from ingest.printed.ocr_boxes import (
    in_common_sizes,
    laid,
    lies,
    skew,
    split_at_gutters,
    trimmed,
    turned_left,
    type_sizes,
    widened,
    without_lone_marks,
)
from ingest.printed.ocr_downwards import stood_up, with_marks
from ingest.printed.ocr_text import mend_line
from ingest.printed.types import PrintedLine

POINTS = 72 / 200
CHINESE = (
    "清晨六点，河边的石桥上已经有人散步。卖豆浆的老人说：“桥修好以后，来往的人多了一倍。”",
    "桥建于1923年，全长46米。去年的汛期之后，县里拨款修缮，换下了37块石板。",
)
ENGLISH = (
    "At six in the morning people already walk over the stone bridge. It was mended last year.",
    "Since then twice as many cross it every day, says an old man who sells soy milk there.",
)
SHEET = Sheet(columns=1, lines=8, width=20)


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    require_font()


@pytest.fixture(scope="module")
def scanned() -> Scan:
    return recognise(pixels(draw(set_lines(CHINESE, SHEET), SHEET)), number=3, scale=POINTS)


def texts(scan: Scan) -> list[str]:
    return [line.text for line in sorted(scan.page.lines, key=lambda line: line.top)]


def printed(paragraphs: tuple[str, ...], sheet: Sheet) -> list[str]:
    return [line.strip() for line in set_lines(paragraphs, sheet)]


def test_chinese_lines_are_read_with_the_punctuation_they_have(scanned: Scan) -> None:
    assert texts(scanned) == printed(CHINESE, SHEET)
    assert scanned.unread == 0
    assert scanned.problem is None


def test_a_page_has_its_number_and_its_size_in_points(scanned: Scan) -> None:
    image = draw(set_lines(CHINESE, SHEET), SHEET)
    assert scanned.page.number == 3
    assert (scanned.page.width, scanned.page.height) == (
        image.width * POINTS,
        image.height * POINTS,
    )
    assert not scanned.page.vertical


def test_lines_stand_where_they_were_drawn_in_the_size_of_their_type(scanned: Scan) -> None:
    em, step = SHEET.em * POINTS, int(SHEET.em * 1.6) * POINTS
    lines = sorted(scanned.page.lines, key=lambda line: line.top)
    assert all(line.size == lines[0].size for line in lines)
    assert lines[0].size == pytest.approx(em, rel=0.1)
    for number, line in enumerate(lines):
        assert (line.top + line.bottom) / 2 == pytest.approx(
            3 * em + number * step + 0.65 * em, abs=0.2 * em
        )
        indent = 2 * em if set_lines(CHINESE, SHEET)[number].startswith("　　") else 0
        assert line.left == pytest.approx(3 * em + indent, abs=0.5 * em)


def test_english_lines_keep_their_spaces() -> None:
    image = worn(draw(set_lines(ENGLISH, SHEET), SHEET), noise=10, quality=70)
    assert texts(recognise(pixels(image), number=1, scale=1.0)) == printed(ENGLISH, SHEET)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_or_its_head_is_turned(quarters: int) -> None:
    sheet = Sheet(columns=1, lines=3, width=15)
    image = pixels(draw(set_lines(CHINESE, sheet), sheet))
    turned = recognise(np.rot90(image, quarters), number=3, scale=1.0)
    assert texts(turned) == printed(CHINESE, sheet)[: sheet.lines]
    assert (turned.page.width, turned.page.height) == (image.shape[1], image.shape[0])


def test_a_skewed_page_is_straightened() -> None:
    image = worn(draw(set_lines(CHINESE, SHEET), SHEET), angle=-2.0)
    scan = recognise(pixels(image), number=1, scale=1.0)
    assert texts(scan) == printed(CHINESE, SHEET)
    lines = sorted(scan.page.lines, key=lambda line: line.top)
    lefts = [
        line.left
        for line, text in zip(lines, set_lines(CHINESE, SHEET), strict=True)
        if not text.startswith("　")
    ]
    assert max(lefts) - min(lefts) < 0.3 * SHEET.em


def test_columns_that_run_downwards_are_read_from_the_right() -> None:
    sheet = Sheet(columns=1, lines=4, width=14, vertical=True)
    words = (
        "石桥上的老人每天清晨六点，来到河边。大家散步聊天。",
        "桥下的河水去年冬天第一次结了厚厚的冰",
    )
    image = draw(set_lines(words, sheet), sheet)
    scan = recognise(pixels(image), number=1, scale=1.0)
    assert texts(scan) == printed(words, sheet)
    assert scan.page.vertical
    assert (scan.page.width, scan.page.height) == (image.height, image.width)


def test_a_title_that_runs_downwards_stands_beside_its_lines() -> None:
    sheet = Sheet(columns=1, lines=6, width=12)
    image = draw(set_lines(CHINESE, sheet), sheet)
    page = Image.new("L", (image.width + 80, image.height), 250)
    page.paste(image, (80, 0))
    title = find_font("serif", 44)
    ImageDraw.Draw(page).text((40, 60), "石桥修好了", fill=25, font=title, direction="ttb")
    scan = recognise(pixels(page), number=1, scale=1.0)
    assert not scan.page.vertical
    (found,) = (line for line in scan.page.lines if line.text == "石桥修好了")
    assert found.size == pytest.approx(44, rel=0.25)
    assert found.right < min(line.left for line in scan.page.lines if line is not found)
    assert found.top == pytest.approx(60, abs=20)


def test_a_page_without_print_gives_no_lines() -> None:
    scan = recognise(np.full((300, 400, 3), 240, np.uint8), number=1, scale=1.0)
    assert scan.page.lines == ()
    assert scan.unread == 0


def test_lines_of_an_unknown_script_are_counted_and_not_guessed() -> None:
    known, unknown = find_font("sans", 29), find_font("sans", 29, KOREAN)
    image = Image.new("L", (760, 200), 250)
    pen = ImageDraw.Draw(image)
    pen.text((20, 20), "石桥修好以后来往的人多了一倍", fill=20, font=known)
    pen.text((20, 80), "안녕하세요 저희는 그룹 멤버씨의 팬입니다", fill=20, font=unknown)
    pen.text((20, 140), "대우에 대해 의구심과 불공평함을 느꼈으며", fill=20, font=unknown)
    scan = recognise(pixels(image), number=2, scale=1.0)
    assert texts(scan) == ["石桥修好以后来往的人多了一倍"]
    assert scan.unread == 2
    problem = scan.problem
    assert problem is not None
    assert "page 2: 2 of 3 lines" in str(problem)
    assert "第 2 页：有 2/3 行" in problem.in_language("zh")


def test_nothing_is_fetched_and_nothing_is_printed() -> None:
    script = (
        "import sys\n"
        "def watch(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'):\n"
        "        raise RuntimeError(event)\n"
        "sys.addaudithook(watch)\n"
        "import numpy as np\n"
        "from ingest.printed.ocr import recognise\n"
        "image = np.full((200, 300, 3), 255, np.uint8)\n"
        "image[90:100, 40:200] = 0\n"
        "recognise(image, number=1, scale=1.0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_asking_whether_it_is_there_imports_nothing() -> None:
    script = (
        "import sys\nfrom ingest.printed.ocr import is_available\nassert is_available()\n"
        "print([name for name in ('rapidocr', 'onnxruntime', 'cv2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
    assert is_available()


def test_what_is_missing_says_how_to_get_it() -> None:
    error = missing("scan.pdf")
    assert "pip install 'wenjin[ocr]'" in str(error)
    assert "pip install 'wenjin[ocr]'" in error.in_language("zh")


def every(step: int, text: str) -> list[int]:
    """Columns for the characters, ``step`` apart."""
    return [step * i for i, character in enumerate(text) if not character.isspace()]


@pytest.mark.parametrize(
    ("read", "mended"),
    [
        ("他说:桥修好了,人多了.", "他说：桥修好了，人多了。"),
        ("为什么?谁来修!", "为什么？谁来修！"),
        ("(作者:王五)", "（作者：王五）"),
        ("史的事情。(3）为有用物", "史的事情。（3）为有用物"),
        ("增长5.6%,全年达到3,200元", "增长5.6%，全年达到3,200元"),
        ("8:30 a.m., 98.3%, n=4 (see p. 3)", "8:30 a.m., 98.3%, n=4 (see p. 3)"),
        ("他说， “好” 。", "他说，“好”。"),
    ],
)
def test_punctuation_is_as_wide_as_its_script(read: str, mended: str) -> None:
    assert mend_line(read, []) == mended


def test_spaces_between_chinese_characters_are_put_back() -> None:
    columns = [0, 5, 10, 20, 25, 30]
    assert mend_line("王叶军李思坤", columns) == "王叶军 李思坤"


def test_letters_that_all_stand_apart_are_one_word() -> None:
    assert mend_line("目录说明", every(9, "目录说明")) == "目录说明"


LINES = st.text("桥水人，。,.:?!()（）“”%ab1 　", max_size=30)


@given(LINES, st.data())
def test_mending_changes_spaces_and_widths_alone(text: str, data: st.DataObject) -> None:
    count = sum(not character.isspace() for character in text)
    steps = st.lists(st.integers(1, 20), min_size=count, max_size=count)
    columns = np.cumsum(data.draw(steps)).tolist()
    wide = str.maketrans(",.:?!()", "，。：？！（）")

    def bare(line: str) -> str:
        return "".join(line.split()).translate(wide)

    assert bare(mend_line(text, columns)) == bare(text)


@given(LINES)
def test_lines_without_chinese_are_left_as_they_are(text: str) -> None:
    if not HAN_CHARACTER.search(text) and text.isascii():
        assert mend_line(text, every(5, text)) == text.strip()


def line(size: float, text: str = "石桥上的人") -> PrintedLine:
    return PrintedLine(text, 0, 0, 100, size, size)


def test_sizes_that_only_measuring_tells_apart_are_one() -> None:
    lines = in_common_sizes([line(10.0), line(10.4), line(9.7), line(16.2), line(15.8)])
    assert [round(each.size, 1) for each in lines] == [10.0, 10.0, 10.0, 16.0, 16.0]
    assert in_common_sizes([]) == []


def box(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def test_skew_is_that_of_long_lines() -> None:
    slanted = np.array([[[0, 0], [100, 2], [100, 12], [0, 10]]], np.float32)
    assert skew(slanted) == pytest.approx(0.02, abs=1e-4)
    assert skew(np.array([box(0, 0, 10, 10)], np.float32)) == 0.0


def test_turning_left_brings_the_right_column_to_the_top() -> None:
    page = np.array([box(80, 5, 90, 95), box(60, 5, 70, 50)], np.float32)
    turned = turned_left(page, 100)
    assert turned.tolist() == [box(5, 10, 95, 20), box(5, 30, 50, 40)]


def test_a_box_ends_where_its_line_does() -> None:
    crop = np.full((32, 200, 3), 250, np.uint8)
    crop[8:24, 40:140] = 20
    crop[10, 180] = 20  # a speck
    boxes = np.array([box(100, 10, 300, 42)], np.float32)
    (found,) = trimmed(boxes, [crop])
    assert found.tolist() == pytest.approx(np.array(box(139, 10, 241, 42)), abs=1.01)


def test_boxes_are_widened_only_where_nothing_stands() -> None:
    boxes = np.array([box(0, 0, 100, 20), box(110, 0, 200, 20)], np.float32)
    first, second = widened(boxes)
    assert (first[0][0], first[1][0]) == (-20, 105)
    assert (second[0][0], second[1][0]) == (105, 220)


def test_tall_boxes_are_laid_on_the_side_that_their_lines_have() -> None:
    boxes = np.array([box(0, 0, 90, 20), box(100, 0, 120, 90)], np.float32)
    downwards, upwards = (laid(boxes, upwards=either) for either in (False, True))
    assert lies(downwards).tolist() == lies(upwards).tolist() == [False, True]
    assert downwards[1].tolist() == [[120, 0], [120, 90], [100, 90], [100, 0]]
    assert upwards[1].tolist() == [[100, 90], [100, 0], [120, 0], [120, 90]]


def test_a_line_is_stood_up_character_by_character() -> None:
    crop = np.full((24, 62, 3), 250, np.uint8)
    for i, shade in enumerate((10, 20, 30)):
        crop[2:22, 21 * i + 1 : 21 * i + 19] = shade
        crop[2:6, 21 * i + 1 : 21 * i + 19] = 0  # its right side, as it lies on its left
    upright = stood_up(crop, 20)
    assert upright.shape == (24, 72, 3)
    for i, shade in enumerate((10, 20, 30)):
        middle = upright[:, 24 * i : 24 * i + 24, 0]
        assert middle[12, 12] == shade
        assert middle[12, 20] == 0


@pytest.mark.parametrize(
    ("text", "other", "mended"),
    [
        ("鍵一環 數據顯示", "鍵一環。數據顯示", "鍵一環。數據顯示"),
        ("養路工鼓了心氣順了", "養路二鼓了、心氣順了。", "養路工鼓了、心氣順了。"),
        ("利和责任数据", "利和责任°数据’", "利和责任。数据，"),
        ("培訓６期到38·1%", "培訓6期到3 8.1%", "培訓6期到38.1%"),
        ("Don't stop at all", "Don°t stop", "Don't stop at all"),
    ],
)
def test_only_punctuation_is_taken_from_the_second_reading(
    text: str, other: str, mended: str
) -> None:
    assert with_marks(text, other) == mended


def test_boxes_are_cut_where_the_next_column_begins() -> None:
    across = np.full((20, 300, 3), 250, np.uint8)
    across[5:15, 2:98] = across[5:15, 120:298] = 20
    whole = np.full((20, 180, 3), 20, np.uint8)
    whole[:4] = 250
    boxes = [box(0, 0, 300, 20), *(box(121, top, 301, top + 20) for top in (40, 80, 120))]
    cut = split_at_gutters(np.array(boxes, np.float32), [across, whole, whole, whole])
    expected = np.array([box(0, 0, 98, 20), box(120, 0, 300, 20)])
    assert cut[:2] == pytest.approx(expected, abs=1.01)
    assert len(cut) == 5
    assert len(split_at_gutters(np.array(boxes[:3], np.float32), [across, whole, whole])) == 3


def test_a_mark_at_the_end_of_a_line_is_no_line() -> None:
    boxes = np.array([box(0, 0, 200, 30), box(208, 2, 222, 16), box(240, 0, 250, 12)], np.float32)
    assert without_lone_marks(boxes).tolist() == boxes[[0, 2]].tolist()


def test_long_lines_tell_the_size_of_short_ones() -> None:
    texts = [
        "石桥上的老人每天清晨六点来到河边散步",
        "石桥",
        "A bridge, old and narrow, and well built",
    ]
    boxes = np.array([box(0, 0, 364, 25), box(0, 40, 43, 64), box(0, 80, 380, 105)], np.float32)
    chinese, short, western = type_sizes(texts, boxes, shrunk=1.0)
    assert chinese == pytest.approx(20, rel=0.03)
    assert short in (chinese, western)
    assert western == pytest.approx(20, rel=0.1)


def test_lines_beside_a_picture_are_no_marks() -> None:
    lines = [box(920, top, 1120, top + 24) for top in (100, 130)]
    boxes = np.array([box(0, 60, 900, 700), *lines], np.float32)
    assert len(without_lone_marks(boxes)) == 3


def test_sizes_are_those_of_widths_where_a_shrunk_image_makes_boxes_low() -> None:
    texts = ["石桥上的老人每天清晨六点来到河边散步"] * 4 + ["散步。"]
    lines = [
        box(0, 40 * row, 432, 40 * row + height) for row, height in enumerate((34, 34, 34, 26))
    ]
    boxes = np.array([*lines, box(0, 160, 50, 186)], np.float32)
    assert type_sizes(texts, boxes, shrunk=2.6) == pytest.approx([24.0] * 5, rel=0.03)
