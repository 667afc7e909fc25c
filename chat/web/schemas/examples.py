"""Examples of what is sent and of what comes back, all of them true of the sample library."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

QUESTION = "What did the inquiry into the flood warning find?"
ARTICLE = "a54f0c0242c19e2c"
TITLE = "Volunteers Take Over the Flood Sirens"
OTHER_ARTICLE = "081553a65e3863b4"

Named = dict[str, dict[str, Any]]
Responses = dict[str, dict[str, Any]]


def _example(summary: str, value: Any) -> dict[str, Any]:
    return {"summary": summary, "value": value}


_ABOUT_BUSES = "林晓舟写的文章里，夜间公交头半个月运送了多少乘客？"
_EXCHANGE = {"question": QUESTION, "articles": [ARTICLE], "titles": [TITLE]}

QUESTIONS: Named = {
    "question": _example("A question · 问题", {"question": QUESTION}),
    "follow-up": _example(
        "One that leans on the question before · 追问",
        {"question": "Who wrote it?", "history": [_EXCHANGE]},
    ),
    "without": _example(
        "One with a filter left out · 去掉条件",
        {"question": _ABOUT_BUSES, "without": ["author:林晓舟"]},
    ),
}
CONVERSATIONS: Named = {
    "question": _example(
        "A question · 问题",
        {"model": "wenjin", "messages": [{"role": "user", "content": QUESTION}]},
    ),
    "stream": _example(
        "An answer sentence by sentence · 逐句回答",
        {
            "model": "wenjin",
            "messages": [{"role": "user", "content": QUESTION}],
            "stream": True,
            "stream_options": {"include_usage": True},
        },
    ),
}
SEARCHED: Named = {
    "words": _example("Words · 词语", "夜间公交"),
    "question": _example("A question · 问题", QUESTION),
}
AN_ID: Named = {"id": _example("An article's id · 文章编号", ARTICLE)}
SOME_IDS: Named = {"two": _example("Two articles · 两篇文章", f"{ARTICLE},{OTHER_ARTICLE}")}

_SENTENCE = (
    "An inquiry found that a tree trunk had jammed the gauge at Coldwell weir, so that the "
    "computer went on reporting a calm river."
)
_BEFORE = "By then 214 homes had water in them. "
_ORIGIN = {
    "article_id": ARTICLE,
    "title": TITLE,
    "label": TITLE,
    "authors": ["Idris Pell", "June Hathersage"],
    "affiliation": None,
    "source": "THE TARNWICK HERALD",
    "page": "4",
    "published": "2024-10-12",
    "language": "en",
    "path": "samples/pages/Tarnwick_Herald_2024-10-12_Page_4.txt",
    "guessed": [],
}
_CITATION = {
    "number": 1,
    **_ORIGIN,
    "heading": None,
    "start": 148,
    "end": 274,
    "quote": _SENTENCE,
    "context": {"start": 111, "end": 274, "text": _BEFORE + _SENTENCE},
    "reprints": [],
}
_HIT = {
    "score": 0.434434,
    "lexical": 0.454093,
    "dense": 0.305845,
    **_ORIGIN,
    "heading": None,
    "start": 0,
    "end": 274,
    "text": "When the river rose on the night of 9 February 2023, the automatic warning reached "
    "Lower Tarn 50 minutes late. " + _BEFORE + _SENTENCE,
    "matched": ["inquiry", "flood", "warning"],
    "reprints": [],
}
_QUERY = {"text": QUESTION, "filters": []}
ANSWER = {
    "question": QUESTION,
    "query": _QUERY,
    "probability": 0.9813,
    "answer": _SENTENCE,
    "abstained": False,
    "disagreement": False,
    "sentences": [{"text": _SENTENCE, "citations": [1]}],
    "citations": [_CITATION],
    "hits": [_HIT],
    "timings": {"search": 9.1, "evidence": 5.2, "generate": 0.6, "total": 14.9},
    "exchange": _EXCHANGE,
}
_ADDRESS = f"http://127.0.0.1:7860/articles/{ARTICLE}?start=148&end=274&lang=en#quote"
_CONTENT = (
    f"{_SENTENCE}[1]\n\nSources:\n- [1] {TITLE} · Idris Pell, June Hathersage · "
    f"THE TARNWICK HERALD 4 · 2024-10-12 · {_ADDRESS}"
)
_MARK = {
    "start_index": len(_SENTENCE),
    "end_index": len(_SENTENCE) + 3,
    "title": TITLE,
    "url": _ADDRESS,
}
COMPLETION = {
    "id": "chatcmpl-5f0c1d9a7b3e42d68c0f1a2b",
    "object": "chat.completion",
    "created": 1795000000,
    "model": "wenjin",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": _CONTENT,
                "refusal": None,
                "annotations": [{"type": "url_citation", "url_citation": _MARK}],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {
        "prompt_tokens": len(QUESTION),
        "completion_tokens": len(_CONTENT),
        "total_tokens": len(QUESTION) + len(_CONTENT),
    },
}
_OPINION = {
    "question": QUESTION,
    "helpful": True,
    "answer": {
        "query": {"text": QUESTION},
        "answer": _SENTENCE,
        "abstained": False,
        "citations": [{"article_id": ARTICLE, "start": 148, "end": 274}],
        "hits": [{"article_id": ARTICLE}],
    },
}
_OUTDATED = {"helpful": False, "reason": "outdated", "note": "The gauge is new."}
OPINIONS: Named = {
    "helpful": _example("It helped · 有帮助", _OPINION),
    "outdated": _example("It is outdated · 内容已过时", _OPINION | _OUTDATED),
}


def _stream(*events: tuple[str, dict[str, Any]]) -> str:
    """The events as they go over the wire."""
    return "".join(
        f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n" for name, data in events
    )


_EVENTS = _stream(
    ("found", {"query": _QUERY, "searched": 20, "hits": [_HIT]}),
    ("sentence", {"text": _SENTENCE, "citations": [_CITATION]}),
    ("done", ANSWER),
)
_REPORT = {
    "files": {
        "found": 1,
        "read": 1,
        "unchanged": 0,
        "passed_over": 0,
        "failed": 0,
        "forgotten": 0,
    },
    "articles": {"new": 1, "reprints": 0, "changed": 0, "known": 0, "removed": 0},
    "passages": 1,
    "failed": [],
    "partly_read": [],
    "library": {"articles": 21, "passages": 64},
    "seconds": 0.412,
    "stopped": False,
}
_READING = _stream(("progress", {"share": 1.0, "articles": 1}), ("done", _REPORT))

_KEPT = {
    "id": "7d3a03091bb375b4",
    "title": "石桥",
    "language": "zh",
    "text": "河水流过石桥。桥上有人。",
    "authors": ["王五"],
    "published": "2024-05-06",
}
_LISTED = {
    "id": ARTICLE,
    "title": TITLE,
    "label": TITLE,
    "subtitle": None,
    "authors": ["Idris Pell", "June Hathersage"],
    "affiliation": None,
    "source": "THE TARNWICK HERALD",
    "page": "4",
    "published": "2024-10-12",
    "language": "en",
    "headings": [],
    "characters": 1425,
    "path": "samples/pages/Tarnwick_Herald_2024-10-12_Page_4.txt",
    "notes": [],
    "guessed": [],
    "reprint_of": None,
}
_WHOLE = {
    **_LISTED,
    **_KEPT,
    "label": _KEPT["title"],
    "affiliation": None,
    "source": None,
    "page": None,
    "characters": 12,
    "path": "",
    "sections": [],
}
_FACTS = {
    "articles": 20,
    "passages": 63,
    "version": version("wenjin"),
    "changes": True,
    "examples": [QUESTION],
}
_REFERENCES = (
    f"[1] Idris Pell, June Hathersage. {TITLE}[N]. THE TARNWICK HERALD, 2024-10-12(4).\n"
    "[2] 林晓舟, 高原. 末班车开到凌晨一点云河夜间公交半月见闻[N]. 云河日报, 2024-09-18(5).\n"
)
RESPONSES: Responses = {
    "ask": {"application/json": ANSWER, "text/event-stream": _EVENTS},
    "search": {"application/json": {"query": _QUERY, "hits": [_HIT]}},
    "complete": {"application/json": COMPLETION},
    "library": {"application/json": _FACTS},
    "list_articles": {"application/json": {"total": 1, "articles": [_LISTED]}},
    "read_article": {"application/json": _WHOLE},
    "remove_article": {"application/json": _WHOLE},
    "add_articles": {"application/json": {"added": 1}, "text/event-stream": _READING},
    "references": {"text/plain": _REFERENCES},
    "health": {"application/json": {"status": "ok"}},
    "readiness": {"application/json": {"status": "ready"}},
}
"""By operation and kind of content."""

SENT_ARTICLES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Restored"},
                "examples": {
                    "removed": _example(
                        "An article that was removed · 被移除的文章", {"articles": [_KEPT]}
                    )
                },
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
