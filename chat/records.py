"""The JSON that the command line and the API give: plain records of the types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chat.types import Answer, Citation
from chat.wording import reprints
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


def hit_record(hit: Hit) -> Record:
    """A hit as in ``search --json``."""
    return {
        "score": round(hit.score, 6),
        "article_id": hit.article.id,
        "title": hit.article.title,
        "heading": hit.passage.heading,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.text,
        "reprints": [article.id for article in hit.reprints],
    }


def citation_record(citation: Citation, hits: Iterable[Hit] = ()) -> Record:
    """A citation as in ``ask --json``, with who else printed it, as ``hits`` know it."""
    article = citation.article
    return {
        "number": citation.number,
        "article_id": article.id,
        "title": article.title,
        "authors": list(article.authors),
        "affiliation": article.affiliation,
        "published": article.published,
        "path": article.path,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "reprints": [
            {"article_id": other.id, "title": other.title, "path": other.path}
            for other in reprints(article, hits)
        ],
    }


def query_record(query: Query) -> Record:
    """A question as it was understood, as in ``ask --json``."""
    filters = [{"kind": f.kind, "value": f.value, "words": f.words} for f in query.filters]
    return {"text": query.text, "filters": filters}


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
        "hits": [hit_record(hit) for hit in answer.hits],
        "timings": {stage: round(value, 3) for stage, value in answer.timings.items()},
    }
