"""The tasks the built-in model learns by: each makes batches of (query, passage) token rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from index.static import Translations
from index.training.data import Corpus
from index.training.ragged import BoolArray, IntArray, Ragged, Random, starts_of

QUERY_TOKENS = (3, 22)
PASSAGE_TOKENS = (30, 130)
_LONGEST = 4_000  # characters of a document that are used
_ENCODED_AT_ONCE = 8192
_COMMON = 0.003  # share of all running text from which on a token isn't translated
_SHORT_GLOSS = 4  # tokens of a gloss that may stand in for a word
_SPELT_OUT = 0.08  # share of the words given as their characters
_DROPPED = 0.15  # share of a query's tokens left out
_ASKED = 0.4  # share of the queries with a question word
_QUESTION_WORDS = (
    "什么 是什么 有哪些 哪些 哪里 谁 是谁 为什么 怎么 如何 多少 几 何时 哪一年 什么时候 是否 吗",
    "what|what is|who|who was|where|when|why|how|how many|how much|which|in what year|does",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Row ``i`` of the queries belongs to row ``i`` of the passages and to no other."""

    queries: Ragged
    passages: Ragged


Sides = tuple[Ragged, Ragged]
Task = Callable[[Random, int], Batch]


@dataclass(frozen=True, slots=True)
class Texts:
    """A corpus as tokens, each kind of pair as its two sides."""

    parallel: Sides
    titles: Sides
    questions: Sides
    dictionary: Sides


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the tasks know of single tokens. Row ``t`` is of token ``t``; many have none."""

    glosses: Ragged
    """Numbers of the phrases that translate it, by the dictionary."""
    phrases: Ragged
    """Token rows: what the numbers in ``glosses`` stand for."""
    translations: Translations
    """Tokens that translate it, by the parallel texts."""
    letters: Ragged
    """Its characters, of a Chinese word; else itself."""
    questions: Ragged
    """Token rows: question words, Chinese and English (no row per token)."""


@dataclass(frozen=True, slots=True)
class WeightedTask:
    """A task and its share of the batches."""

    share: float
    task: Task


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> Ragged:
    """The texts as tokens, without those the tokeniser doesn't know."""
    from tqdm import trange

    ids, lengths = [np.zeros(0, np.int64)], [0]
    for first in trange(0, len(texts), _ENCODED_AT_ONCE, desc="tokenising", leave=False):
        chunk = [text[:_LONGEST] for text in texts[first : first + _ENCODED_AT_ONCE]]
        for encoding in tokenizer.encode_batch_fast(chunk, add_special_tokens=False):
            ids.append(np.array(encoding.ids, np.int64))
            lengths.append(len(encoding.ids))
    rows = Ragged(np.concatenate(ids), np.cumsum(lengths))
    return rows.where(rows.ids != 0)


def encode_corpus(corpus: Corpus, tokenizer: Tokenizer) -> Texts:
    """All of the corpus as tokens."""
    return Texts(
        parallel=encode_pairs(tokenizer, corpus.parallel),
        titles=encode_pairs(tokenizer, corpus.titles),
        questions=encode_pairs(tokenizer, corpus.questions),
        dictionary=encode_pairs(tokenizer, corpus.dictionary),
    )


def build_tasks(
    texts: Texts, translations: Translations, tokenizer: Tokenizer
) -> list[WeightedTask]:
    """The tasks that there are texts for, with their shares."""
    (chinese, english), (titles, bodies) = texts.parallel, texts.titles
    (questions, paragraphs), (words, glosses) = texts.questions, texts.dictionary
    running = np.concatenate([bodies.ids, chinese.ids, english.ids])
    usage = np.bincount(running, minlength=tokenizer.get_vocab_size())
    lexicon = build_lexicon(words, glosses, usage, translations, tokenizer)
    translatable = len(lexicon.glosses.ids) + len(translations.tokens)
    tasks = [
        (0.15, len(bodies), crops(bodies, lexicon)),
        (0.03, len(english), crops(english, lexicon)),
        (0.22, len(bodies) * translatable, translated_crops(bodies, lexicon)),
        (0.05, len(english) * translatable, translated_crops(english, lexicon)),
        (0.25, len(chinese), pairs(chinese, english, lexicon, both_ways=True)),
        (0.12, len(words), pairs(words, glosses, lexicon, both_ways=True)),
        (0.08, len(titles), pairs(titles, bodies, lexicon)),
        (0.10, len(questions), pairs(questions, paragraphs, lexicon)),
    ]
    return [WeightedTask(share, task) for share, size, task in tasks if size]


def build_lexicon(
    words: Ragged,
    glosses: Ragged,
    usage: IntArray,
    translations: Translations,
    tokenizer: Tokenizer,
) -> Lexicon:
    """From a dictionary's pairs: glosses for each token that is all of a word or a gloss.

    ``usage`` (tokens,) says how often each occurs. The most common, such as 的 and "of", get no
    glosses: theirs say nothing.
    """
    phrases = words.stacked(glosses)
    first, count = phrases.ids[phrases.starts[:-1]], len(words)
    partner = np.roll(np.arange(2 * count), -count)
    useful = (phrases.lengths == 1) & (phrases.lengths[partner] <= _SHORT_GLOSS)
    useful &= usage[first] <= _COMMON * usage.sum()
    numbers = np.flatnonzero(useful)
    # A dictionary gives the usual meaning first; of the words with one meaning, the usual first.
    rank = -usage[first[partner]] * ((partner < count) & (phrases.lengths[partner] == 1))
    numbers = numbers[np.lexsort((numbers, rank[numbers], first[numbers]))]
    meanings = np.bincount(first[numbers], minlength=len(usage))
    starts = starts_of(meanings)
    return Lexicon(
        Ragged(partner[numbers], starts),
        phrases,
        translations,
        _letters(tokenizer),
        encode(tokenizer, [*_QUESTION_WORDS[0].split(), *_QUESTION_WORDS[1].split("|")]),
    )


def encode_pairs(tokenizer: Tokenizer, texts: Sequence[tuple[str, str]]) -> tuple[Ragged, Ragged]:
    """Both sides as tokens, without the pairs of which a side is empty."""
    left, right = (encode(tokenizer, [pair[side] for pair in texts]) for side in (0, 1))
    full = np.flatnonzero((left.lengths > 0) & (right.lengths > 0))
    return left.take(full), right.take(full)


def _letters(tokenizer: Tokenizer) -> Ragged:
    vocabulary = tokenizer.get_vocab()
    rows: list[list[int]] = [[number] for number in range(len(vocabulary))]
    for piece, number in vocabulary.items():
        parts = [vocabulary.get(letter) for letter in piece]
        if piece[0] > "\u3000" and all(parts):
            rows[number] = [part for part in parts if part is not None]
    return Ragged.of(rows)


def crops(documents: Ragged, lexicon: Lexicon) -> Task:
    """A short piece of a document → the text around it, which keeps the piece half of the time."""
    documents = _long_enough(documents)

    def task(random: Random, size: int) -> Batch:
        queries, passages = _crop(documents, random, size)
        return Batch(_as_query(queries, lexicon, random), _spell_out(passages, lexicon, random))

    return task


def translated_crops(documents: Ragged, lexicon: Lexicon) -> Task:
    """The same, with the piece replaced by what the dictionary has for its words."""
    documents = _long_enough(documents)

    def task(random: Random, size: int) -> Batch:
        queries, passages = _crop(documents, random, size)
        foreign = _translate(queries, lexicon, random)
        return Batch(_as_query(foreign, lexicon, random), _spell_out(passages, lexicon, random))

    return task


def pairs(left: Ragged, right: Ragged, lexicon: Lexicon, *, both_ways: bool = False) -> Task:
    """A part of one side → a longer part of the other; with ``both_ways`` half the time swapped."""

    def task(random: Random, size: int) -> Batch:
        rows = random.choice(len(left), min(size, len(left)), replace=False)
        for side in (left, right):  # what belongs to two rows would count as wrong for one
            rows = rows[side.take(rows).distinct()]
        asking, asked = left, right
        if both_ways and random.random() < 0.5:
            asking, asked = right, left
        queries = _part(asking.take(rows), random, QUERY_TOKENS)
        passages = _part(asked.take(rows), random, PASSAGE_TOKENS)
        return Batch(_as_query(queries, lexicon, random), _spell_out(passages, lexicon, random))

    return task


def _long_enough(documents: Ragged) -> Ragged:
    long = np.flatnonzero(documents.lengths >= 2 * QUERY_TOKENS[0])
    return documents.take(long)


def _crop(documents: Ragged, random: Random, size: int) -> tuple[Ragged, Ragged]:
    rows = random.choice(len(documents), min(size, len(documents)), replace=False)
    room = documents.lengths[rows]
    length = np.minimum(random.integers(*PASSAGE_TOKENS, len(rows), endpoint=True), room)
    first = random.integers(0, room - length, endpoint=True)
    asked = np.minimum(random.integers(*QUERY_TOKENS, len(rows), endpoint=True), length // 2)
    inside = random.integers(0, length - asked, endpoint=True)
    queries = documents.crop(rows, first + inside, asked)
    passages = documents.crop(rows, first, length)
    places, owners = passages.places, passages.owners
    hidden = (places >= inside[owners]) & (places < (inside + asked)[owners])
    hidden &= (random.random(len(rows)) < 0.5)[owners]
    return queries, passages.where(~hidden)


def _part(rows: Ragged, random: Random, tokens: tuple[int, int]) -> Ragged:
    """A part of each row with a length between the two of ``tokens``, or all of a shorter one."""
    length = np.minimum(random.integers(*tokens, len(rows), endpoint=True), rows.lengths)
    first = random.integers(0, rows.lengths - length, endpoint=True)
    return rows.crop(np.arange(len(rows)), first, length)


def _translate(rows: Ragged, lexicon: Lexicon, random: Random) -> Ragged:
    """Half of the rows word by word with the dictionary, half as the parallel texts would."""
    glossed = _gloss(rows, lexicon, random)
    likely = _translate_likely(rows, lexicon.translations, random)
    taken = np.arange(len(rows)) + len(rows) * (random.random(len(rows)) < 0.5)
    return glossed.stacked(likely).take(taken)


def _gloss(rows: Ragged, lexicon: Lexicon, random: Random) -> Ragged:
    """Each token by one of its glosses, rather an early one; those without any stay."""
    count = lexicon.glosses.lengths[rows.ids]
    drawn = (random.random(len(count)) ** 2 * count).astype(np.int64)
    drawn += lexicon.glosses.starts[rows.ids]
    numbers = np.append(lexicon.glosses.ids, 0)[np.where(count > 0, drawn, -1)]
    return _replace(rows, count > 0, lexicon.phrases, numbers)


def _translate_likely(rows: Ragged, known: Translations, random: Random) -> Ragged:
    """Each token by one of its translations, drawn by their odds; those without any stay."""
    steps = np.concatenate([np.zeros(1), np.cumsum(known.odds, dtype=np.float64)])
    first, last = known.starts[rows.ids], known.starts[rows.ids + 1] - 1
    low, high = steps[first], steps[last + 1]
    drawn = np.searchsorted(steps, low + random.random(len(first)) * (high - low), "right") - 1
    drawn = np.clip(drawn, first, np.maximum(last, first))  # sums of floats may pass the end
    padded = np.append(known.tokens, 0)
    return Ragged(np.where(last >= first, padded[drawn], rows.ids), rows.starts)


def _as_query(rows: Ragged, lexicon: Lexicon, random: Random) -> Ragged:
    """Some tokens left out (never the first), some words spelt out, some question words added."""
    keep = random.random(len(rows.ids)) >= _DROPPED
    kept = _spell_out(rows.where(keep | (rows.places == 0)), lexicon, random)
    words = lexicon.questions.take(random.integers(0, len(lexicon.questions), len(rows)))
    asked = (random.random(len(rows)) < _ASKED)[words.owners]
    return kept.joined(words.where(asked))


def _spell_out(rows: Ragged, lexicon: Lexicon, random: Random) -> Ragged:
    spelt = random.random(len(rows.ids)) < _SPELT_OUT
    return _replace(rows, spelt, lexicon.letters, rows.ids)


def _replace(rows: Ragged, chosen: BoolArray, parts: Ragged, numbers: IntArray) -> Ragged:
    """Each of the ``chosen`` tokens by the row of ``parts`` that ``numbers`` has in its place."""
    own = len(parts) + np.arange(len(rows.ids))
    return rows.spread(parts.stacked(rows.singles()).take(np.where(chosen, numbers, own)))
