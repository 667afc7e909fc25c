from __future__ import annotations

import gzip
import json
import random
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from index import static
from index.training import train
from index.training.charsmap import folded, folding
from index.training.checkpoint import Checkpoint, make_folder, uninterrupted
from index.training.data import clean_glosses, read_corpus
from index.training.figures import figures, recall
from index.training.ragged import Ragged
from index.training.tokenizer import WordCounts, build_tokenizer, normaliser
from ingest.errors import ModelError

# fmt: off
CHINESE = (
    "经济", "学校", "医院", "天气", "火车", "河流", "政府", "音乐", "足球", "农民", "工厂", "法律",
    "银行", "电影", "老师", "森林", "桥梁", "汽车", "邮局", "市场", "警察", "大学", "海洋", "历史",
)
ENGLISH = (
    "economy", "school", "hospital", "weather", "train", "river", "government", "music", "football",
    "farmer", "factory", "law", "bank", "film", "teacher", "forest", "bridge", "car", "post office",
    "market", "police", "university", "ocean", "history",
)
# fmt: on
WORDS = dict(zip(CHINESE, ENGLISH, strict=True))
RECIPE = train.Recipe(
    steps=60, batch=128, dimension=32, vocabulary=3000, learning_rate=0.05, scale=20.0
)


def sentences(seed: int, count: int) -> list[dict[str, str]]:
    """Sentences that are four nouns in a row, in both languages."""
    chosen = random.Random(seed)
    rows = [chosen.sample(sorted(WORDS), 4) for _ in range(count)]
    return [{"zh": "和".join(row), "en": " and ".join(WORDS[w] for w in row)} for row in rows]


def write(path: Path, text: str) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(text)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rows = [json.dumps(row, ensure_ascii=False) for row in sentences(1, 400)]
    write(folder / "zh_en_paragraphs.jsonl.gz", "\n".join(rows))
    entries = [f"{zh} {zh} [x1] /the {en}/(old) {en}; {en}/\n" for zh, en in WORDS.items()]
    write(folder / "cedict_ts.u8.gz", "# a comment\n" + "".join(entries))
    return folder


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eval")
    for language in ("zh", "en"):
        squad = [
            {"context": row[language], "qas": [{"question": row[language]}]}
            for row in sentences(2, 50)
        ]
        write(folder / f"xquad.{language}.json.gz", json.dumps({"data": [{"paragraphs": squad}]}))
    return folder


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> static.StaticModel:
    return train.train(data, tmp_path_factory.mktemp("model"), recipe=RECIPE)


def test_a_trained_model_finds_the_other_language(
    model: static.StaticModel, evaluation: Path
) -> None:
    table = figures(model, evaluation)
    rows = {line.split("|")[1].strip(): line.split("|")[2] for line in table.splitlines()[2:]}
    assert rows.keys() == {"zh→zh", "en→zh", "zh→en", "en→en"}
    assert float(rows["en→zh"]) > 70  # by chance 2
    assert float(rows["zh→en"]) > 70


def test_training_again_gives_the_same_model(
    data: Path, model: static.StaticModel, tmp_path: Path
) -> None:
    again = train.train(data, tmp_path, recipe=RECIPE)
    assert again.digest == model.digest == static.load(tmp_path).digest
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "model.safetensors",
        "tokenizer.json",
    ]
    other = train.train(data, tmp_path / "other", recipe=replace(RECIPE, seed=2))
    assert other.digest != model.digest


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C interrupts, even where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupted:
    """A task that Ctrl-C meets while it is busy, the given time it is asked."""

    def __init__(self, task: train.WeightedTask, calls: int) -> None:
        self.task, self.calls = task, calls

    def __call__(self, random: np.random.Generator, size: int) -> train.Batch:
        self.calls -= 1
        if not self.calls:
            signal.raise_signal(signal.SIGINT)
        return self.task.task(random, size)


@pytest.fixture(scope="module")
def tasks() -> list[train.WeightedTask]:
    draw = np.random.default_rng(5)
    rows = Ragged.of(draw.integers(1, 80, (200, 12)).tolist())

    def task(random: np.random.Generator, size: int) -> train.Batch:
        taken = rows.take(random.choice(len(rows), size, replace=False))
        return train.Batch(taken.where(taken.places < 4), taken)

    return [train.WeightedTask(1.0, task)]


FITTED = train.Recipe(steps=20, batch=32, dimension=16)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("restraint", [0.0, 5.0])
def test_an_interrupted_run_goes_on_where_it_stopped(
    tasks: list[train.WeightedTask], tmp_path: Path, restraint: float
) -> None:
    recipe = replace(FITTED, restraint=restraint)
    start = train.initial_table(tasks, 100, recipe)
    whole, part = (Checkpoint(tmp_path / name, {"seed": 1}) for name in ("whole", "part"))
    for checkpoint in (whole, part):
        make_folder(checkpoint.folder)
    uninterrupted = train.fit(start, tasks, recipe, whole)
    for calls in (1, 12):  # before the first step, and once more after going on
        stopping = [train.WeightedTask(1.0, Interrupted(tasks[0], calls))]
        with pytest.raises(KeyboardInterrupt):
            train.fit(start, stopping, recipe, part)
    state = part.load("cpu")
    assert state is not None
    assert state["done"] == 11
    assert np.array_equal(train.fit(start, tasks, recipe, part), uninterrupted)
    assert np.array_equal(train.fit(start, tasks, recipe, part), uninterrupted)  # nothing left
    assert np.array_equal(uninterrupted[80:], start[80:])  # tokens of no batch


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_waits_until_a_step_is_whole() -> None:
    done = []

    def step() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append(1)

    with pytest.raises(KeyboardInterrupt):
        step()
    assert done
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_checkpoint_of_another_run_is_refused(data: Path, tmp_path: Path) -> None:
    make_folder(tmp_path)
    checkpoint = Checkpoint(tmp_path, {"seed": 1})
    checkpoint.save({"done": 1})
    with pytest.raises(ModelError, match="other data or with other settings"):
        train.train(data, tmp_path, recipe=RECIPE)

    checkpoint.path.write_bytes(b"PK damaged")
    with pytest.raises(ModelError, match="can't be read"):
        train.train(data, tmp_path, recipe=RECIPE)


def test_what_is_not_a_checkpoint_is_never_written_over(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    for out in (tmp_path / "file", tmp_path / "full"):
        with pytest.raises(ModelError, match="isn't empty"):
            train.train(data, out, recipe=RECIPE)
    make_folder(tmp_path / "new" / "folder")
    make_folder(tmp_path / "new" / "folder")


def test_a_fingerprint_tells_texts_apart() -> None:
    assert train.fingerprint(["甲乙", "丙"]) == train.fingerprint(iter(["甲乙", "丙"]))
    assert train.fingerprint(["甲乙", "丙"]) != train.fingerprint(["甲", "乙丙"])


def test_loss_and_gradient_are_those_of_sentence_transformers() -> None:
    """MultipleNegativesRankingLoss in both directions, by autograd, on the same table."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    draw = np.random.default_rng(3)
    sides = [
        Ragged.of([draw.integers(0, 100, draw.integers(1, 9)).tolist() for _ in range(64)])
        for _ in range(2)
    ]
    table = draw.normal(size=(100, 32)).astype(np.float32)

    module = StaticEmbedding(Tokenizer(models.WordLevel({}, unk_token="")), embedding_weights=table)
    reference = MultipleNegativesRankingLoss(
        SentenceTransformer(modules=[module]),
        scale=20.0,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    features = [
        {"input_ids": torch.from_numpy(side.ids), "offsets": torch.from_numpy(side.starts[:-1])}
        for side in sides
    ]
    expected = reference(features, torch.empty(0))
    expected.backward()

    ours = torch.from_numpy(table.copy()).requires_grad_()
    assert train.learn(ours, train.Batch(*sides), 20.0) == pytest.approx(expected.item(), rel=0.01)
    assert ours.grad is not None
    assert module.embedding.weight.grad is not None
    difference = (ours.grad - module.embedding.weight.grad).norm() / ours.grad.norm()
    assert difference < 0.02  # the products are in bfloat16


def test_without_data_training_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"zh_en_paragraphs\.jsonl"):
        train.train(tmp_path, tmp_path / "out")


def test_recall_counts_ranks() -> None:
    scores = np.array([[3, 2, 1], [3, 2, 1], [3, 2, 1]], np.float32)
    result = recall(scores, [0, 1, 2])
    assert (result.at_1, result.at_5) == pytest.approx((1 / 3, 1))


def test_glosses_are_bare_english() -> None:
    senses = "(coll.) to run/CL:個|个[ge4]/capital 北京[Bei3 jing1]; the court/variant of 跑[pao3]"
    assert clean_glosses(senses) == ["run", "capital", "court"]


def test_every_other_article_of_drcd_is_kept_for_measuring(tmp_path: Path) -> None:
    articles = [
        {"paragraphs": [{"context": f"p{i}", "qas": [{"question": f"q{i}"}]}]} for i in range(5)
    ]
    write(tmp_path / "drcd_dev.json.gz", json.dumps({"data": articles}))
    assert read_corpus(tmp_path).questions == [("q0", "p0"), ("q2", "p2"), ("q4", "p4")]


def test_a_single_character_is_also_said_by_its_sound(tmp_path: Path) -> None:
    write(tmp_path / "cedict_ts.u8.gz", "軍 军 [jun1] /army/\n軍人 军人 [jun1 ren2] /soldier/\n")
    known = read_corpus(tmp_path).dictionary
    assert known == [("军", "army"), ("军", "jun"), ("军人", "soldier")]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("areas", ["area", "s"]), ("states", ["state", "s"]), ("settlers", ["settle", "rs"])],
)
def test_an_unknown_word_is_cut_into_the_fewest_pieces(text: str, pieces: list[str]) -> None:
    words = Counter(dict.fromkeys(["are", "as", "area", "state", "stat", "settle", "set"], 9))
    counts = WordCounts(Counter({"好": 9}), words + Counter({"settlers": 1}), Counter())
    assert build_tokenizer(counts, [], size=2000).encode(text).tokens == pieces


@given(st.lists(st.lists(st.integers(0, 9), max_size=5), min_size=1, max_size=6), st.data())
def test_ragged_rows_behave_like_lists(rows: list[list[int]], drawn: st.DataObject) -> None:
    def lists(ragged: Ragged) -> list[list[int]]:
        return [ragged.take(np.array([i])).ids.tolist() for i in range(len(ragged))]

    ragged = Ragged.of(rows)
    keep = np.array(drawn.draw(st.lists(st.booleans(), min_size=len(ragged.ids))), bool)
    keep = keep[: len(ragged.ids)]
    kept, start = [], 0
    for row in rows:
        kept.append([i for i, k in zip(row, keep[start : start + len(row)], strict=True) if k])
        start += len(row)
    assert lists(ragged) == rows
    assert lists(ragged.where(keep)) == kept
    assert lists(ragged.joined(ragged.where(keep))) == [
        a + b for a, b in zip(rows, kept, strict=True)
    ]
    assert lists(ragged.stacked(ragged)) == rows + rows
    doubled = ragged.singles().joined(ragged.singles())
    assert lists(ragged.spread(doubled)) == [[i for i in row for _ in "ab"] for row in rows]


def test_the_compiled_normaliser_does_what_its_table_says() -> None:
    table, compiled = folding(), normaliser()
    assert table["臺"] == "台"
    assert table["Ａ"] == "a"
    assert table["。"] == " "
    wrong = [c for c, target in table.items() if compiled.normalize_str(c) != target]
    assert wrong == []
    unchanged = [c for c in map(chr, range(0x4E00, 0x9FFF)) if c not in table]
    assert compiled.normalize_str("".join(unchanged)) == "".join(unchanged)


@given(st.characters(codec="utf-8"))
def test_folding_twice_is_folding_once(character: str) -> None:
    once = folded(character)
    assert "".join(map(folded, once)) == once
