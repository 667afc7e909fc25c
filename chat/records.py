"""The JSON that the command line and the API give: plain records of the types."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from chat.answers.context import surroundings
from chat.i18n import LANGUAGES
from chat.types import Answer, Citation, Found, Sentence
from chat.wording import filter_text, reprints
from index import tokens
from ingest.types import Article
from retriever.types import Hit, Query

Record = dict[str, Any]


def article_record(
    article: Article, *, reprint_of: str | None = None, text: bool = False
) -> Record:
    """An article as in ``articles --json``, with the id of the one that it repeats, if it does;
    with its ``text`` as in ``show --json``.
    """
    record: Record = {
        "id": article.id,
        "title": article.title,
        "subtitle": article.subtitle,
        "authors": list(article.authors),
        "affiliation": article.affiliation,
        "source": article.source,
        "page": article.page,
        "published": article.published,
        "language": article.language,
        "headings": [heading.text for heading in article.headings],
        "characters": len(article.text),
        "path": article.path,
        "notes": list(article.notes),
        "guessed": list(article.guessed),
        "reprint_of": reprint_of,
    }
    if text:
        record["text"] = article.text
    return record


def hit_record(hit: Hit, topic: str) -> Record:
    """A hit as in ``search --json``; ``matched`` are the words of ``topic`` (`Query.topic`) that it
    has.
    """
    return {
        "score": round(hit.score, 6),
        "lexical": round(hit.lexical, 6),
        "dense": round(hit.dense, 6),
        **_origin(hit.article),
        "heading": hit.passage.heading,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.text,
        "matched": matched_words(topic, hit),
        "reprints": [_origin(article) for article in hit.reprints],
    }


def matched_words(topic: str, hit: Hit) -> list[str]:
    """The words of ``topic`` that the passage, its heading or its article's title has, in their
    order and normalised, without stop words and without those inside a longer one of them.
    """
    read = "\n".join(filter(None, [hit.article.title, hit.passage.heading, hit.text]))
    there = _said(read)
    found = [word for word in _asked(topic) if word in there]
    return [word for word in found if not any(word != one and word in one for one in found)]


# A hit is told of when it is found, and once more with the answer.
@lru_cache(512)
def _said(text: str) -> frozenset[str]:
    return frozenset(tokens.words(text))


@lru_cache(64)
def _asked(topic: str) -> tuple[str, ...]:
    words = dict.fromkeys(tokens.words(tokens.content(topic)))
    return tuple(word for word in words if word not in tokens.STOP_WORDS)


def _origin(article: Article) -> Record:
    """What tells people which article something is from; its ``label`` is never empty."""
    return {
        "article_id": article.id,
        "title": article.title,
        "label": article.label,
        "authors": list(article.authors),
        "affiliation": article.affiliation,
        "source": article.source,
        "page": article.page,
        "published": article.published,
        "language": article.language,
        "path": article.path,
        "guessed": list(article.guessed),
    }


def citation_record(citation: Citation, hits: Iterable[Hit] = ()) -> Record:
    """A citation as in ``ask --json``, with who else printed it, as ``hits`` know it."""
    article = citation.article
    start, end = surroundings(citation)
    return {
        "number": citation.number,
        **_origin(article),
        "heading": citation.heading,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "context": {"start": start, "end": end, "text": article.text[start:end]},
        "reprints": [_origin(other) for other in reprints(article, hits)],
    }


def query_record(query: Query) -> Record:
    """A question as it was understood, as in ``ask --json``."""
    filters = [
        {
            "key": each.key,
            "kind": each.kind,
            "value": each.value,
            "words": each.words,
            "label": {language: filter_text(each, language) for language in LANGUAGES},
        }
        for each in query.filters
    ]
    return {"text": query.text, "filters": filters}


def found_record(found: Found, articles: int) -> Record:
    """That the search is done, in a library of so many ``articles``."""
    return {
        "query": query_record(found.query),
        "searched": articles,
        "hits": [hit_record(hit, found.query.topic) for hit in found.hits],
    }


def sentence_record(sentence: Sentence, hits: Iterable[Hit] = ()) -> Record:
    """A sentence as it comes, with the citations that back it whole."""
    return {
        "text": sentence.text,
        "citations": [citation_record(citation, hits) for citation in sentence.citations],
    }


def exchange_record(answer: Answer) -> Record:
    """What has to be remembered of an answer for the question after it."""
    from chat.questions.conversation import Exchange  # slow to import, and not all need it

    exchange = Exchange.of(answer)
    return {
        "question": exchange.question,
        "articles": list(exchange.articles),
        "titles": list(exchange.titles),
    }


def answer_record(answer: Answer) -> Record:
    """An answer as in ``ask --json``. ``answer`` is empty when abstained."""
    return {
        "question": answer.question,
        "query": query_record(answer.query),
        "probability": round(answer.probability, 4),
        "answer": answer.text,
        "abstained": answer.abstained,
        "disagreement": answer.disagreement,
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.citations)}
            for sentence in answer.sentences
        ],
        "citations": [citation_record(citation, answer.hits) for citation in answer.citations],
        "hits": [hit_record(hit, answer.query.topic) for hit in answer.hits],
        "timings": {stage: round(value, 3) for stage, value in answer.timings.items()},
    }
