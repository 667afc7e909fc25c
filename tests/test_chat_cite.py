import pytest

from chat.answers.cite import Citations, strike_invented, supported
from chat.types import Claim, Evidence
from ingest.types import Article

TEXT = "京津冀地域面积21.6万平方公里，总人口1.12亿人。雄安新区由Alibaba参与建设。"
ARTICLE = Article("a", "题", (), None, None, None, None, "zh", (), TEXT, "a.txt")
MIDDLE = TEXT.index("雄安")
EVIDENCE = (Evidence(ARTICLE, 0, MIDDLE, 1.0), Evidence(ARTICLE, MIDDLE, len(TEXT), 0.5))


def test_the_evidence_itself_is_supported() -> None:
    for position, evidence in enumerate(EVIDENCE):
        assert supported(Claim(evidence.text, (position,)), EVIDENCE)


@pytest.mark.parametrize(
    ("text", "cited", "backed"),
    [
        ("京津冀总人口为1.12亿人。", (0,), True),
        ("京津冀總人口為1.12億人。", (0,), True),
        ("京津冀总人口为1.13亿人。", (0,), False),
        ("京津冀总人口为12亿人。", (0,), False),
        ("雄安新区由alibaba建设。", (1,), True),
        ("雄安新区由Tencent建设。", (1,), False),
        ("京津冀总人口为1.12亿人。", (1,), False),
        ("京津冀总人口为1.12亿人，雄安新区由Alibaba建设。", (0, 1), True),
        ("上海自贸区的企业数量创下历史新高。", (0,), False),
        ("的是", (0,), False),
        ("", (0,), False),
    ],
)
def test_other_words_need_support(text: str, cited: tuple[int, ...], backed: bool) -> None:
    assert supported(Claim(text, cited), EVIDENCE) is backed


@pytest.mark.parametrize("cited", [(), (2,), (-1,), (0, 7)])
def test_a_claim_without_real_evidence_is_not_supported(cited: tuple[int, ...]) -> None:
    assert not supported(Claim(EVIDENCE[0].text, cited), EVIDENCE)


def test_invented_and_repeated_citations_are_struck() -> None:
    assert strike_invented(Claim(" 话。", (5, 1, 1, -1)), EVIDENCE) == Claim("话。", (1,))


def test_citations_are_numbered_by_first_use_and_a_span_has_one_number() -> None:
    citations = Citations()
    numbers = [citations.cite(EVIDENCE[i]).number for i in (1, 0, 1)]
    assert numbers == [1, 2, 1]


def test_a_citation_quotes_its_article() -> None:
    citation = Citations().cite(EVIDENCE[1])
    assert citation.quote == TEXT[MIDDLE:] == EVIDENCE[1].text
