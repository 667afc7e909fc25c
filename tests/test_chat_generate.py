import pytest

from chat.generators.generate import ExtractiveGenerator, load_generator
from chat.types import Claim, Evidence
from ingest.errors import SettingError
from ingest.types import Article

ARTICLE = Article("a", None, (), None, None, None, None, "zh", (), "第一句。第二句。", "a.txt")


def test_the_extractive_generator_says_the_evidence() -> None:
    evidence = [Evidence(ARTICLE, 4, 8, 1.0), Evidence(ARTICLE, 0, 4, 0.5)]
    claims = list(load_generator("extractive").generate("？", evidence))
    assert claims == [Claim("第二句。", (0,)), Claim("第一句。", (1,))]


def test_extractive_is_the_default() -> None:
    assert isinstance(load_generator(), ExtractiveGenerator)


@pytest.mark.parametrize(
    "spec", ["", "gpt", "extractive:x", "transformers", "openai:", "Extractive"]
)
def test_an_unknown_generator_fails_with_the_known_ones(spec: str) -> None:
    with pytest.raises(SettingError, match=r"extractive, transformers:.*, openai:") as error:
        load_generator(spec)
    assert "可用的有" in error.value.in_language("zh")
