"""The same text in several articles counts once."""

from dataclasses import replace

import pytest
from conftest import make_article

from ingest.types import Article, Passage
from retriever.reprints import collapse
from retriever.types import Hit

RELEASE = (
    "市水务局昨天宣布，今年汛期前将加固全市一百二十公里河堤，工程总投资4.6亿元。"
    "加固工程分三期进行，首期从南门桥到渡口，长38公里，预计5月底完工。"
    "水务局负责人介绍，施工期间沿河步道将分段封闭，居民可经由新修的便道通行。"
    "为减少对出行的影响，夜间十点到次日六点停止作业，运料车辆绕行外环路。"
)


def hit(article: Article, score: float, start: int = 0, end: int | None = None) -> Hit:
    passage = Passage(article.id, start, len(article.text) if end is None else end)
    return Hit(passage, article, score, lexical=0.5, dense=0.5)


def collapsed(*texts: str, k: int = 8) -> list[Hit]:
    articles = [make_article(text, title=f"第{n}篇") for n, text in enumerate(texts)]
    return collapse([hit(one, 1 - n / 10) for n, one in enumerate(articles)], k)


REPRINTS = {
    "another title": RELEASE,
    "a byline": f"本报记者李四报道 {RELEASE}",
    "another dateline": f"新华社江城3月9日电 {RELEASE}",
    "a note at the end": f"{RELEASE}（责任编辑：赵六）",
    "cut at the end": RELEASE[: RELEASE.index("为减少")],
    "some other words": RELEASE.replace("昨天宣布", "近日对外表示").replace("居民", "附近市民"),
    "in traditional characters": RELEASE.replace("务", "務")
    .replace("汛期", "汛期")
    .replace("长", "長"),
    "other punctuation": RELEASE.replace("，", ", "),
    "in digits": RELEASE.replace("分三期", "分3期"),
}


@pytest.mark.parametrize("text", REPRINTS.values(), ids=REPRINTS)
def test_a_reprint_stands_beside_the_better_one(text: str) -> None:
    [only] = collapsed(RELEASE, text)
    assert (only.article.title, [one.title for one in only.reprints]) == ("第0篇", ["第1篇"])
    [only] = collapsed(text, RELEASE)
    assert (only.article.title, [one.title for one in only.reprints]) == ("第0篇", ["第1篇"])


OTHERS = {
    "another amount": RELEASE.replace("4.6亿", "5.2亿"),
    "another number in Chinese": RELEASE.replace("分三期", "分四期"),
    "another length in one place": RELEASE.replace("38公里", "36公里"),
    "another day": RELEASE.replace("5月底", "6月底"),
    "one sentence quoted": "市民马先生每天沿河晨跑，他对封路有些担心，也盼望河堤早日修好。"
    "水务局负责人介绍，施工期间沿河步道将分段封闭，居民可经由新修的便道通行。"
    "马先生说，便道离家远了一些，不过安全最重要，他打算改在公园里跑步，等完工以后再回来。",
    "much more than that": RELEASE + "".join(f"第{n}条街的商户也有话说{n}。" for n in range(60)),
    "something else": "渡船每天开十班，票价两元，学生和老人半价。",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_is_no_reprint_stays(text: str) -> None:
    assert [len(one.reprints) for one in collapsed(RELEASE, text)] == [0, 0]
    assert len(collapsed(text, RELEASE)) == 2


def test_a_quoted_passage_of_its_own_makes_no_reprint() -> None:
    """The passages are alike, the articles aren't."""
    quote = "水务局负责人介绍，施工期间沿河步道将分段封闭，居民可经由新修的便道通行。"
    runner = "市民马先生每天清早沿河跑步，他盼望河堤早日修好，也担心封路以后要去挤公园。"
    other = make_article(quote + runner, title="晨跑")
    release = make_article(RELEASE, title="河堤")
    start = RELEASE.index(quote)
    hits = [hit(release, 1, start, start + len(quote)), hit(other, 0.9, 0, len(quote))]
    assert collapse(hits, 8) == hits


def test_passages_of_one_article_are_never_reprints() -> None:
    refrain = "长亭外，古道边，芳草碧连天。"
    song = make_article(refrain * 2, title="送别")
    hits = [hit(song, 1, 0, len(refrain)), hit(song, 0.9, len(refrain))]
    assert collapse(hits, 8) == hits


def test_as_many_as_asked_for_with_reprints_from_further_down() -> None:
    others = ["渡船每天开十班，票价两元。", "大桥全长三百米，去年通车。"]
    first, second = collapsed(RELEASE, *others, f"本报讯 {RELEASE}", k=2)
    assert [one.title for one in first.reprints] == ["第3篇"]
    assert (second.text, second.reprints) == (others[0], ())


def test_an_article_that_repeats_two_passages_is_named_once() -> None:
    first = make_article(RELEASE, title="甲报")
    second = make_article(RELEASE, title="乙报")
    middle = RELEASE.index("水务局负责人")
    spans = [(0, middle), (middle, len(RELEASE))]
    hits = [hit(one, 1, *span) for one in (first, second) for span in spans]
    kept = collapse(hits, 8)
    assert [(one.article, one.reprints) for one in kept] == [(first, (second,))] * 2


@pytest.mark.parametrize("text", ["", "！", "好。", "12"])
def test_short_texts(text: str) -> None:
    assert len(collapsed(text, text)) == 1
    assert len(collapsed(text, "渡船每天开十班。")) == 2


def test_reprints_that_are_known_already_stay_and_go_along() -> None:
    one, two, three, four = (make_article(RELEASE, title=f"第{n}篇") for n in range(4))
    first = replace(hit(one, 1), reprints=(two,))
    second = replace(hit(three, 0.9), reprints=(four, two))
    assert collapse([first, second], 8) == [replace(first, reprints=(two, three, four))]
