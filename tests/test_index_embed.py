from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

from index import static
from index.embed import (
    BUILTIN,
    BuiltinEmbedder,
    OpenAIEmbedder,
    SentenceTransformerEmbedder,
    load_embedder,
)
from ingest.errors import ModelError, SettingError

MODULES = "torch transformers sentence_transformers model2vec scipy"


@pytest.fixture(scope="module")
def builtin() -> BuiltinEmbedder:
    return BuiltinEmbedder()


def cosine(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (static.unit(left) * static.unit(right)).sum(axis=1)


def test_builtin_gives_unit_rows_and_zero_for_nothing(builtin: BuiltinEmbedder) -> None:
    vectors = builtin.encode_passages(["今天天气很好。", "The weather is fine.", "", "！？"])
    assert vectors.shape == (4, builtin.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 0, 0], abs=1e-5)
    assert builtin.encode_queries([]).shape == (0, builtin.dimension)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣", "台湾"),
        ("後來發現頭髮", "后来发现头发"),
        ("ＧＤＰ　２０２３", "gdp 2023"),
        ("“经济”——增长！", "经济 增长"),
        ("Café", "cafe"),
        ("臺灣總統府後面的頭髮與麵條", "台湾总统府后面的头发与面条"),
        ("乾淨的圖書館裡", "干净的图书馆里"),
        ("著名作家說著話", "著名作家说著话"),
        ("ＴＡＩＰＥＩ　１０１", "taipei 101"),
        ("ﾊﾟﾘ　①②", "パリ 12"),
    ],
)
def test_forms_of_the_same_text_have_the_same_vector(
    builtin: BuiltinEmbedder, one: str, other: str
) -> None:
    left, right = builtin.encode_queries([one, other])
    assert left @ right > 0.9999


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        (
            "Who won the football match?",
            "足球比赛中，主队以二比一获胜。",
            "市政府公布了新的税收办法。",
        ),
        ("学校什么时候开学", "The schools open on the first of September.", "Rice prices rose."),
        ("city government budget", "市政府公布今年的预算。", "昨夜大雨，河水上涨。"),
        (
            "医院的护士",
            "The nurses of the hospital went on strike.",
            "The bridge was built of stone.",
        ),
    ],
)
def test_builtin_finds_across_languages(
    builtin: BuiltinEmbedder, question: str, right: str, wrong: str
) -> None:
    scores = builtin.encode_passages([right, wrong]) @ builtin.encode_queries([question])[0]
    assert scores[0] > scores[1] + 0.05


def test_tokens_add_up_to_the_text(builtin: BuiltinEmbedder) -> None:
    text = "中国经济增长 and trade"
    vectors, weights = builtin.token_vectors(text), builtin.token_weights(text)
    assert vectors.shape == (len(weights), builtin.dimension)
    whole = (vectors * weights[:, None]).sum(axis=0)
    assert cosine(whole[None], builtin.encode_queries([text])) == pytest.approx(1, abs=1e-4)


def test_builtin_loads_without_torch() -> None:
    code = (
        "import sys; from index.embed import load_embedder; "
        "load_embedder().encode_queries(['问津']); "
        f"print(*(set('{MODULES}'.split()) & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "\n"


def test_builtin_is_small() -> None:
    assert sum(file.stat().st_size for file in BUILTIN.iterdir()) <= 16_000_000


def test_an_exported_model_gives_the_same_vectors_everywhere(
    builtin: BuiltinEmbedder, tmp_path: Path
) -> None:
    from model2vec import StaticModel

    long = "上海市舉行會議，討論２０２３年的預算。The Economy of China grew. " * 200
    known = [
        "臺灣的經濟",
        "台湾的经济",
        "ＧＤＰ　２０２３",
        "A poem by Li Bai ☂ 𓀀",
        "1,200.5",
        "کتاب b",
    ]
    unknown = ["", " \n\t", "！？……", "🎉👍🏽", "𓀀𓀁"]
    texts = [*known, long[:250], long[:10_000], *unknown]
    static.export(static.load(BUILTIN), tmp_path)
    ours = builtin.encode_passages(texts)
    assert np.linalg.norm(ours, axis=1) == pytest.approx([1] * (len(known) + 2) + [0] * 5)
    embedder = load_embedder(f"sentence-transformers:{tmp_path}", offline=True)
    assert embedder.dimension == builtin.dimension
    for theirs in (
        StaticModel.from_pretrained(tmp_path).encode(texts),
        embedder.encode_passages(texts),
        embedder.encode_queries(texts),
    ):
        assert np.linalg.norm(theirs, axis=1) == pytest.approx(np.linalg.norm(ours, axis=1))
        assert cosine(ours, theirs)[: -len(unknown)].min() > 0.9999
    assert embedder.encode_queries([]).shape == (0, builtin.dimension)


def test_many_texts_have_the_vectors_that_each_has_alone(builtin: BuiltinEmbedder) -> None:
    texts = [f"第{number}次会议 " + "增长" * (number % 7) for number in range(600)]
    together = builtin.encode_passages(texts)
    assert together.shape == (600, builtin.dimension)
    for number in (0, 255, 256, 599):
        assert np.array_equal(together[number], builtin.encode_queries([texts[number]])[0])


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEmbedder:
    """One with random weights, for which a Chinese character or an English word is a token."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("transformer")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"河水桥", "bridge", "water"]
    BertTokenizer({word: number for number, word in enumerate(words)}).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=512,
    )
    BertModel(config).save_pretrained(folder)
    model = SentenceTransformer(modules=[Transformer(str(folder)), Pooling(8)])
    model.save(str(folder / "model"))
    return SentenceTransformerEmbedder(str(folder / "model"), offline=True)


def test_a_transformer_gives_texts_together_the_vectors_of_each(
    transformer: SentenceTransformerEmbedder,
) -> None:
    texts = ["河水", "", "bridge " * 700, "桥", *("water" + "桥" * length for length in range(300))]
    alone = np.concatenate([transformer.encode_passages([text]) for text in texts])
    assert transformer.encode_passages(texts) == pytest.approx(alone, abs=1e-5)
    assert transformer.encode_queries(texts) == pytest.approx(alone, abs=1e-5)
    assert transformer.encode_passages([]).shape == (0, 8)


def test_a_transformer_hardly_sees_padding_nor_too_much_at_once(
    transformer: SentenceTransformerEmbedder,
) -> None:
    texts = [word * count for count in range(100, 400) for word in ("桥", "water ")]
    shapes, wanted = [], 2 * sum(range(102, 402))
    watching = transformer._model.register_forward_pre_hook(
        lambda _, given: shapes.append(given[0]["input_ids"].shape)
    )
    transformer.encode_passages(texts)
    watching.remove()
    given = [rows * tokens for rows, tokens in shapes]
    assert wanted <= sum(given) < 1.05 * wanted
    assert max(given) <= 4096
    assert len(given) < 60


def test_a_text_of_any_length_has_a_vector(builtin: BuiltinEmbedder) -> None:
    once, often = builtin.encode_passages(["经济增长", "经济增长，" * 2000])
    assert once @ often > 0.9999


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model"):
        load_embedder(f"builtin:{tmp_path}")
    with pytest.raises(ModelError, match="can't be loaded"):
        SentenceTransformerEmbedder(str(tmp_path))


def test_offline_refuses_what_needs_the_network() -> None:
    with pytest.raises(ModelError, match="folder"):
        load_embedder("sentence-transformers:BAAI/bge-m3", offline=True)
    with pytest.raises(ModelError, match="offline"):
        load_embedder("openai:http://models.example/v1#m", offline=True)


@pytest.mark.parametrize("spec", ["word2vec", "", "openai:", "sentence-transformers"])
def test_an_unknown_kind_names_the_known_ones(spec: str) -> None:
    with pytest.raises(SettingError, match=r"builtin.*sentence-transformers.*openai"):
        load_embedder(spec)


def embedding_server(request: httpx.Request) -> httpx.Response:
    """Gives each text (its length, 1), last text first."""
    body = json.loads(request.content)
    assert request.url.path == "/v1/embeddings"
    assert body["model"] == "m"
    rows = [
        {"index": number, "embedding": [len(text), 1]} for number, text in enumerate(body["input"])
    ]
    return httpx.Response(200, json={"data": rows[::-1]})


def test_openai_keeps_the_order_over_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENJIN_API_KEY", "secret")
    keys = []

    def handle(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Authorization"])
        return embedding_server(request)

    embedder = OpenAIEmbedder("http://host/v1#m", transport=httpx.MockTransport(handle))
    texts = ["x" * length for length in range(150)]
    expected = static.unit(np.array([[length, 1] for length in range(150)], np.float32))
    assert embedder.dimension == 2
    assert embedder.name == "openai/http://host/v1#m"
    assert embedder.encode_passages(texts) == pytest.approx(expected)
    assert embedder.encode_queries([]).shape == (0, 2)
    assert set(keys) == {"Bearer secret"}
    assert len(keys) == 1 + 3


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"data": []}),
        httpx.Response(200, json={"error": "no such model"}),
        httpx.Response(200, json=[]),
    ],
)
def test_a_failing_server_is_a_model_error(response: httpx.Response) -> None:
    transport = httpx.MockTransport(lambda request: response)
    with pytest.raises(ModelError, match="http://host/v1"):
        OpenAIEmbedder("http://host/v1#m", transport=transport)


def test_a_missing_server_is_a_model_error() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(ModelError, match="refused"):
        OpenAIEmbedder("http://host/v1#m", transport=httpx.MockTransport(refuse))


@pytest.mark.parametrize("address", ["http://host/v1", "host#m", "ftp://host#m"])
def test_a_malformed_address_is_a_setting_error(address: str) -> None:
    with pytest.raises(SettingError, match="http://host/v1#model"):
        OpenAIEmbedder(address)
