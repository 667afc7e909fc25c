"""Whether what an answer cites backs it: after ALCE (Gao et al., EMNLP 2023), and to the letter.

A sentence is recalled if the quotes that it cites, taken together, support it. A citation of a
recalled sentence is precise unless it is beside the point: unless it doesn't support the sentence
alone and the others do so without it. What supports means is the judge's: `lexical`, or a model of
natural language inference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from chat.answers.cite import supported
from chat.evaluation.replies import Reply, Source
from chat.types import AnswerSentence, Claim, Evidence
from ingest.types import Article
from retriever.evaluate import squeezed

Supports = Callable[[str, Sequence[str]], bool]
"""Whether the quotes (at least one) together support the sentence."""
ArticleText = Callable[[str], str | None]
"""The text of the article with this id; None if the library doesn't have it."""


def citation_recall(reply: Reply, supports: Supports) -> float:
    """The share of the sentences (at least one) that what they cite supports."""
    return fmean(_backed(each, reply, supports) for each in reply.sentences)


def citation_precision(reply: Reply, supports: Supports) -> float:
    """The share of the citations that their sentence needs, or that support it alone.

    As in ALCE, an answer without citations gets 0.
    """
    judged = [
        _backed(each, reply, supports) and _needed(number, each, reply, supports)
        for each in reply.sentences
        for number in each.citations
    ]
    return fmean(judged) if judged else 0.0


def _backed(sentence: AnswerSentence, reply: Reply, supports: Supports) -> bool:
    quotes = _quotes(sentence.citations, reply)
    return bool(quotes) and supports(sentence.text, quotes)


def _needed(number: int, sentence: AnswerSentence, reply: Reply, supports: Supports) -> bool:
    alone = _quotes([number], reply)
    others = _quotes([each for each in sentence.citations if each != number], reply)
    if not alone:
        return False
    return supports(sentence.text, alone) or not (others and supports(sentence.text, others))


def _quotes(numbers: Sequence[int], reply: Reply) -> list[str]:
    """What the citations lead to; invented ones lead nowhere."""
    return [reply.sources[number].quote for number in numbers if number in reply.sources]


def quoted(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether the sentence stands in the quotes word for word."""
    return squeezed(sentence) in squeezed("\n".join(quotes))


def lexical(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether the sentence passes the citation check (`cite.supported`): its numbers, Western
    words and most of its other words stand in the quotes.
    """
    evidence = [_evidence(quote) for quote in quotes]
    return supported(Claim(sentence, tuple(range(len(evidence)))), evidence)


def _evidence(quote: str) -> Evidence:
    article = Article("", None, (), None, None, None, None, "", (), quote, "")
    return Evidence(article, 0, len(quote), 0.0)


def uncited(reply: Reply) -> float:
    """The share of the sentences (at least one) that cite nothing."""
    return fmean(not each.citations for each in reply.sentences)


def invalid(reply: Reply, article_text: ArticleText) -> float:
    """The share of the numbers cited (at least one) that lead to no text that is there."""
    return fmean(not _leads_to_text(number, reply, article_text) for number in reply.cited)


def exact(reply: Reply, article_text: ArticleText) -> bool:
    """Whether every sentence is cited, every citation is used, and each quote stands where its
    citation says, to the character.
    """
    return (
        all(each.citations for each in reply.sentences)
        and reply.cited == reply.sources.keys()
        and not invalid(reply, article_text)
    )


def _leads_to_text(number: int, reply: Reply, article_text: ArticleText) -> bool:
    source = reply.sources.get(number)
    return source is not None and stands(source, reply.contexts, article_text)


def stands(source: Source, contexts: Sequence[str], article_text: ArticleText) -> bool:
    """Whether the quote is that span of its article; of an article that isn't in the library, or
    isn't named, whether it stands in a passage that was read.
    """
    text = article_text(source.article_id) if source.article_id else None
    if text is not None:
        return bool(source.quote) and text[source.start : source.end] == source.quote
    return any(quoted(source.quote, [context]) for context in contexts)
