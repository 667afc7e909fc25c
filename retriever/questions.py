"""Questions to measure with, from whatever layout they come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.errors import QuestionError, SettingError
from ingest.types import Article
from retriever.entries import Entry, malformed, read_entries, read_table, read_text
from retriever.importers import LAYOUTS, Layout, corpus_article, ragas_questions
from retriever.trec import Qrels, read_qrels
from retriever.types import Question

__all__ = [
    "Question",
    "documents",
    "judged_by",
    "layouts",
    "read_contexts",
    "read_corpus",
    "read_questions",
]

Tell = Callable[[str, str], None]
"""Takes what the user should know, in English and in Chinese."""

_CRUD_TASKS = "questanswer"  # the other tasks of CRUD-RAG ask nothing


def layouts() -> tuple[str, ...]:
    """The names of the layouts that can be read."""
    return tuple(LAYOUTS)


def read_questions(
    path: Path, *, layout: str | None = None, qrels: Path | None = None, tell: Tell | None = None
) -> list[Question]:
    """The questions of a file, gzip or not, or of a folder laid out like BEIR's sets.

    The layout shows in the content unless one of `layouts` is named. ``qrels`` is a file of
    judgements, which for BEIR is found beside the queries: what it doesn't judge is left out.
    Where an id comes again it gets a number (``7#2``), blank questions are left out, and ``tell``
    is told so.

    Raises QuestionError, which names the line or place, when something can't be read, and
    SettingError for an unknown layout.
    """
    source = _beside(path, "queries.jsonl")
    chosen, entries = _read(source, layout)
    if chosen is LAYOUTS["beir"] and qrels is None:
        qrels = _judgements(source.parent)
    found = [question for entry in entries for question in chosen.questions(entry)]
    unique = _unique(_asking(found, tell), tell)
    if not unique:
        raise malformed(str(source), "there is no question", "没有问题")
    return judged_by(unique, read_qrels(qrels)) if qrels else unique


def documents(path: Path, *, layout: str | None = None) -> Iterator[Article]:
    """The articles that a file of questions carries, or for BEIR those of the corpus beside it.

    Raises as `read_questions` does, also when the layout carries no articles.
    """
    source = _beside(path, "queries.jsonl")
    chosen, entries = _read(source, layout)
    if chosen is LAYOUTS["beir"]:
        yield from read_corpus(_beside(source.parent, "corpus.jsonl"))
        return
    if chosen.articles is None:
        raise malformed(
            str(path),
            "these questions come without documents; give a library",
            "这些问题不带文档；请给出文章库",
        )
    for entry in entries:
        for article in chosen.articles(entry):
            if article.text.strip():
                yield replace(article, path=str(path))


def read_corpus(path: Path) -> Iterator[Article]:
    """The documents of a JSON Lines file as articles: ``_id`` or ``id``, ``text``, and if there is
    one a ``title``. The path of each is its id, by which judgements name it. Raises QuestionError.
    """
    for entry in read_entries(read_text(path), path):
        article = corpus_article(entry)
        if article.text.strip():
            yield article


def read_contexts(path: Path, *, layout: str | None = None) -> dict[str, tuple[str, ...]]:
    """What a system had found for the questions of a ragas file, by their ids, best first.

    Raises as `read_questions` does, also for another layout.
    """
    chosen, entries = _read(path, layout)
    if chosen.questions is not ragas_questions:
        raise malformed(
            str(path),
            "nothing that a system found is in it; give a file of ragas",
            "其中没有系统检索到的内容；请给出 ragas 格式的文件",
        )
    asking = [entry for entry in entries for one in chosen.questions(entry) if one.question.strip()]
    questions = read_questions(path, layout=layout)
    return {
        question.id: entry.texts("retrieved_contexts", "contexts")
        for question, entry in zip(questions, asking, strict=True)
    }


def judged_by(questions: Iterable[Question], qrels: Qrels) -> list[Question]:
    """The questions that ``qrels`` judges, with its judgements. Raises QuestionError for none."""
    judged = [replace(each, docs=dict(qrels[each.id])) for each in questions if each.id in qrels]
    if not judged:
        raise QuestionError(
            "no judgement has the id of a question: give both the same ids",
            "没有一条相关性判断的 id 与问题的 id 相同：请使用一致的 id",
        )
    return judged


def _beside(path: Path, name: str) -> Path:
    """``path``, or if it is a folder the file of this name in it, which may be gzip."""
    if not path.is_dir():
        return path
    zipped = path / f"{name}.gz"
    return zipped if zipped.exists() else path / name


def _judgements(folder: Path) -> Path | None:
    """The judgements of a BEIR set: those of the test part if there are several."""
    found = sorted((folder / "qrels").glob("*.tsv"))
    return next((file for file in found if file.stem == "test"), found[0] if found else None)


def _read(path: Path, layout: str | None) -> tuple[Layout, list[Entry]]:
    """What a file is laid out as, and its objects."""
    text = read_text(path)
    if layout == "tsv" or (layout is None and _is_table(text)):
        return LAYOUTS["tsv"], read_table(text, path)
    entries = _unwrapped(read_entries(text, path))
    if not entries:
        raise malformed(str(path), "there is no question", "没有问题")
    chosen = _layout(entries[0], layout)
    return chosen, _last_of_each(entries) if chosen.last_counts else entries


def _last_of_each(entries: Sequence[Entry]) -> list[Entry]:
    """Of the objects with one id the last, in the place of the first."""
    return list({entry.name("id"): entry for entry in entries}.values())


def _is_table(text: str) -> bool:
    """Whether the first line isn't JSON, and has a tab in it."""
    line = text.lstrip().partition("\n")[0]
    return "\t" in line.strip() and not line.startswith(("{", "[", "#"))


def _unwrapped(entries: list[Entry]) -> list[Entry]:
    """The objects in a file's one object, where that holds a list of them."""
    if len(entries) != 1:
        return entries
    [whole] = entries
    if "data" in whole:
        return whole.entries("data")
    tasks = [name for name in whole.fields if name.startswith(_CRUD_TASKS)]
    return [entry for name in tasks for entry in whole.entries(name)] if tasks else entries


def _layout(first: Entry, name: str | None) -> Layout:
    """The layout of this name, or else the one that the first object tells."""
    if name is not None:
        if name not in LAYOUTS:
            known = " ".join(layouts())
            raise SettingError(
                f"{name}: no such layout of questions; these are known: {known}",
                f"{name}：没有这种问题格式；可用的有：{known}",
            )
        return LAYOUTS[name]
    for layout in LAYOUTS.values():
        if any(sign <= first.fields.keys() for sign in layout.signs):
            return layout
    known = "; ".join(
        f"{name}: {' '.join(sorted(sign))}" for name, one in LAYOUTS.items() for sign in one.signs
    )
    raise malformed(
        first.place,
        f'needs {{"question": "…"}}, or the fields of another layout ({known})',
        f'需要 {{"question": "…"}}，或其他格式的字段（{known}）',
    )


def _asking(questions: Sequence[Question], tell: Tell | None) -> list[Question]:
    """The questions that aren't blank."""
    asking = [question for question in questions if question.question.strip()]
    blank = len(questions) - len(asking)
    if blank and tell:
        tell(f"{blank} questions are blank and left out", f"{blank} 个问题为空，已略过")
    return asking


def _unique(questions: Iterable[Question], tell: Tell | None) -> list[Question]:
    """The questions, each with an id of its own."""
    times: Counter[str] = Counter()
    unique: dict[str, Question] = {}
    repeated = 0
    for question in questions:
        key = question.id
        while key in unique:
            times[question.id] += 1
            key = f"{question.id}#{times[question.id] + 1}"
        repeated += key != question.id
        unique[key] = replace(question, id=key)
    if repeated and tell:
        tell(
            f"{repeated} questions have an id that came before; they are told apart by #2, #3, …",
            f"{repeated} 个问题的 id 重复，已用 #2、#3……区分",
        )
    return list(unique.values())
