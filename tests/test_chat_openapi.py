"""``/openapi.json``: it tells all that there is, its examples work, and what is answered is as it
says.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema
from scripted import FILTERED_QUESTION, QUESTION, ScriptedAssistant
from serving import serving

from chat.assistant import Assistant
from chat.settings import Settings
from chat.types import Event, Loading
from chat.web.api import create_app, say_errors
from chat.web.metrics import Measured
from chat.web.openapi import TAGS
from chat.web.room import Room
from chat.web.routes.asking import ask_routes
from chat.web.schemas import answers, examples, requests
from chat.web.schemas import library as of_library
from chat.web.schemas.model import Failure, Model
from chat.web.streaming import STREAM
from ingest.errors import ModelError

LOCAL = "http://127.0.0.1:7860"
HERE = ("127.0.0.1", 50_000)  # who asks
RULES = Path(__file__).parent / "data" / "schemathesis.toml"
PAGE = "石门的灯\n记者 李四\n\n" + "石门镇今年给每条巷子都装上了路灯，晚归的人不再摸黑走路。" * 8
Document = dict[str, Any]


@pytest.fixture(scope="module")
def folder(library: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A library of the sample pages, to be changed."""
    copy = tmp_path_factory.mktemp("openapi") / "library"
    shutil.copytree(library, copy)
    return str(copy)


@pytest.fixture(scope="module")
def client(folder: str) -> Iterator[TestClient]:
    settings = Settings(library=folder, questions_per_minute=0)
    with Assistant.open(folder, settings=settings) as assistant:
        yield TestClient(create_app(assistant, settings), base_url=LOCAL, client=HERE)


@pytest.fixture(scope="module")
def document(client: TestClient) -> Document:
    told: Document = client.get("/openapi.json").json()
    return told


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def operation_of(document: Document, wanted: str) -> Document:
    return next(each for _, _, each in operations(document) if each["operationId"] == wanted)


def as_told(model: type[Any], content: Any) -> Any:
    """The content, which has to be as the model says, without anything that it doesn't name."""
    return TypeAdapter(model).validate_json(content, extra="forbid")


def events(model: type[Any], text: str) -> list[str]:
    """The names of a stream's events, which have to be as the model says."""
    names = []
    for block in text.split("\n\n")[:-1]:
        name, data = block.split("\n")
        event = {"event": name.removeprefix("event: "), "data": data.removeprefix("data: ")}
        TypeAdapter(model).validate_python(event, extra="forbid")
        names.append(event["event"])
    return names


# --- what it tells ----------------------------------------------------------------------------


def test_it_is_an_openapi_document(document: Document) -> None:
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()


def test_every_address_is_told_of(document: Document) -> None:
    assert {(method, path) for method, path, _ in operations(document)} >= {
        ("POST", "/api/ask"),
        ("GET", "/api/search"),
        ("POST", "/api/feedback"),
        ("GET", "/api/library"),
        ("GET", "/api/articles"),
        ("POST", "/api/articles"),
        ("GET", "/api/articles/{article_id}"),
        ("DELETE", "/api/articles/{article_id}"),
        ("GET", "/api/statistics"),
        ("GET", "/api/references"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/{name}"),
        ("GET", "/articles/{article_id}"),
        ("GET", "/widget.js"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
    }


def test_every_operation_is_described(document: Document) -> None:
    tags = {tag["name"] for tag in TAGS}
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for _, path, operation in operations(document):
        assert set(operation["tags"]) <= tags, path
        assert "·" in operation["summary"], path  # in both languages
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (path, parameter["name"])
        if path.startswith("/api/"):
            assert set(operation["responses"]) >= {"403", "429", "500"}, path


def test_every_change_may_want_the_token(document: Document) -> None:
    guarded = [each for _, _, each in operations(document) if "security" in each]
    assert {each["operationId"] for each in guarded} >= {
        "add_articles",
        "remove_article",
        "metrics",
    }
    for operation in guarded:
        assert operation["responses"].keys() >= {"401", "403"}
    for method, path, operation in operations(document):
        if path.startswith("/api/") and method == "DELETE":
            assert "security" in operation


def test_every_failure_of_the_api_is_in_both_languages(document: Document) -> None:
    for _, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if path.startswith("/api/") and status >= "400":
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Failure"}
                assert status not in {"429", "503"} or "Retry-After" in response["headers"]


def test_requests_are_counted_by_the_paths_that_are_described(
    client: TestClient, document: Document
) -> None:
    [paths] = (each.kwargs["paths"] for each in client.app.user_middleware if each.cls is Measured)
    assert sorted(paths) == sorted(document["paths"])


def every_model(model: type[Model] = Model) -> Iterator[type[Model]]:
    for each in model.__subclasses__():
        yield each
        yield from every_model(each)


def without_nulls(schema: Any) -> Any:
    """As FastAPI tells it: what is null by default is not said to be."""
    if isinstance(schema, dict):
        return {key: without_nulls(each) for key, each in schema.items() if each is not None}
    return [without_nulls(each) for each in schema] if isinstance(schema, list) else schema


def test_no_two_models_have_one_name(document: Document) -> None:
    """They would be taken for each other."""
    ref = "#/components/schemas/{model}"
    for model in {each for each in every_model() if "schemas" in each.__module__}:
        _, own = models_json_schema([(model, "validation")], ref_template=ref)
        told = document["components"]["schemas"].get(model.__name__)
        assert told is None or without_nulls(told) == without_nulls(own["$defs"][model.__name__])


@pytest.mark.parametrize("name", ["answers", "completions", "library", "requests", "model"])
def test_every_model_is_used(document: Document, name: str) -> None:
    module = import_module(f"chat.web.schemas.{name}")
    models = {name for name, each in vars(module).items() if isinstance(each, type)}
    own = {name for name in models if vars(module)[name].__module__ == module.__name__}
    assert {name for name in own if name.isidentifier()} - {"Model", "Sent"} <= document[
        "components"
    ]["schemas"].keys()


# --- its examples -----------------------------------------------------------------------------


def test_examples_of_answers_are_as_the_schemas_say(document: Document) -> None:
    count = 0
    for _, _, operation in operations(document):
        for response in operation["responses"].values():
            for kind, content in response.get("content", {}).items():
                if "example" not in content:
                    continue
                count += 1
                if kind == STREAM:
                    model = content["schema"]["$ref"].rpartition("/")[2]
                    modules = (answers, of_library)
                    assert events(
                        next(vars(m)[model] for m in modules if model in vars(m)),
                        content["example"],
                    )
                else:
                    schema = {**content["schema"], "components": document["components"]}
                    jsonschema_rs.validate(schema, content["example"])
    assert count == sum(map(len, examples.RESPONSES.values()))


def test_the_example_of_an_answer_is_what_is_answered(client: TestClient) -> None:
    body = {"question": examples.QUESTION}
    answer = client.post("/api/ask", json=body).json()
    same = ("question", "query", "answer", "abstained", "sentences", "exchange")
    assert {key: answer[key] for key in same} == {key: examples.ANSWER[key] for key in same}
    path = {"path": examples.ANSWER["citations"][0]["path"]}
    assert [each | path for each in answer["citations"]] == examples.ANSWER["citations"]
    listed = client.get("/api/articles", params={"query": examples.TITLE}).json()
    [told] = examples.RESPONSES["list_articles"]["application/json"]["articles"]
    assert [each | {"path": told["path"]} for each in listed["articles"]] == [told]


def test_the_example_of_a_completion_is_what_is_answered(client: TestClient) -> None:
    for example in examples.CONVERSATIONS.values():
        assert client.post("/v1/chat/completions", json=example["value"]).status_code == 200
    body = examples.CONVERSATIONS["question"]["value"]
    answer = client.post("/v1/chat/completions", json=body).json()
    assert {key: answer[key] for key in ("choices", "usage")} == {
        key: examples.COMPLETION[key] for key in ("choices", "usage")
    }


def test_the_example_of_references_is_what_is_given(client: TestClient) -> None:
    ids = f"{examples.ARTICLE},{examples.OTHER_ARTICLE}"
    answer = client.get("/api/references", params={"ids": ids, "format": "gbt7714"})
    assert answer.text == examples.RESPONSES["references"]["text/plain"]


def examples_of(operation: Document) -> Iterator[tuple[str, Any]]:
    """The kind and the value of each example of what is sent."""
    content = operation.get("requestBody", {}).get("content", {})
    for kind, each in content.items():
        for example in each.get("examples", {}).values():
            yield kind, example["value"]


def test_examples_of_questions_are_answered(client: TestClient, document: Document) -> None:
    for _, body in examples_of(operation_of(document, "ask")):
        answer = as_told(answers.Answer, client.post("/api/ask", json=body).content)
        assert not answer.abstained, body
        without = set(body.get("without", ()))
        assert without.isdisjoint(each.key for each in answer.query.filters)


def test_a_filter_of_an_example_would_be_there_without_it(client: TestClient) -> None:
    body = examples.QUESTIONS["without"]["value"]
    answer = client.post("/api/ask", json={"question": body["question"]}).json()
    assert [each["key"] for each in answer["query"]["filters"]] == body["without"]


def test_other_examples_are_taken(client: TestClient, document: Document) -> None:
    for _, body in examples_of(operation_of(document, "give_feedback")):
        assert client.post("/api/feedback", json=body).status_code == 204
    for _, body in examples_of(operation_of(document, "add_articles")):
        for article in body["articles"]:
            added = as_told(of_library.Added, client.post("/api/articles", json=body).content)
            assert added.added == 1
            whole = examples.RESPONSES["read_article"]["application/json"]
            assert client.get(f"/api/articles/{article['id']}").json() == whole
            assert client.delete(f"/api/articles/{article['id']}").json() == whole


def test_examples_of_parameters_find_something(client: TestClient, document: Document) -> None:
    for name, address in (("search", "/api/search"), ("references", "/api/references")):
        [first, *_] = operation_of(document, name)["parameters"]
        for example in first["examples"].values():
            query = {first["name"]: example["value"], "format": "bibtex"}
            answer = client.get(address, params=query)
            assert answer.status_code == 200
            assert "Tarnwick" in answer.text or "夜间公交" in answer.text
    [parameter] = operation_of(document, "read_article")["parameters"]
    for example in parameter["examples"].values():
        assert client.get(f"/api/articles/{example['value']}").status_code == 200
        assert client.get(f"/articles/{example['value']}").status_code == 200


# --- what is answered -------------------------------------------------------------------------


def only_answers(assistant: ScriptedAssistant) -> TestClient:
    app = FastAPI()
    say_errors(app, Settings())
    app.include_router(ask_routes(assistant, Room()))
    return TestClient(app)


def asked(client: TestClient, question: str) -> list[str]:
    """The names of the events of an answer, which have to be as described; and so has the JSON."""
    body = {"question": question}
    as_told(answers.Answer, client.post("/api/ask", json=body).content)
    text = client.post("/api/ask", json=body, headers={"Accept": STREAM}).text
    return events(answers.AskEvent, text)


@pytest.mark.parametrize(
    "question",
    [examples.QUESTION, "龙向晚写过哪些文章？", "文库里有几篇文章？", "火星上有没有渡船？"],
    ids=["found", "by an author", "about the library", "refused"],
)
def test_answers_are_as_described(client: TestClient, question: str) -> None:
    names = asked(client, question)
    assert names[0] == "found"
    assert "done" in names


@pytest.mark.parametrize("question", [QUESTION, FILTERED_QUESTION], ids=["plain", "filtered"])
def test_answers_with_reprints_and_filters_are_as_described(question: str) -> None:
    client = only_answers(ScriptedAssistant())
    assert "reprints" in client.post("/api/ask", json={"question": question}).text
    asked(client, question)


class _Breaking(ScriptedAssistant):
    """Loads a model, which fails."""

    def stream(self, question: str, **given: Any) -> Iterator[Event]:
        yield next(super().stream(question, **given))
        yield Loading("Qwen/Qwen3-0.6B")
        raise ModelError("the model is gone: start it", "模型不在了：请启动它")


def test_what_fails_in_the_middle_is_as_described() -> None:
    client = only_answers(_Breaking())
    answer = client.post("/api/ask", json={"question": QUESTION}, headers={"Accept": STREAM})
    assert events(answers.AskEvent, answer.text) == ["found", "loading", "error"]
    answer = client.post("/api/ask", json={"question": QUESTION})
    assert as_told(Failure, answer.content).status == answer.status_code == 500


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ("/api/library", of_library.LibraryFacts),
        ("/api/articles?limit=200", of_library.Articles),
        (f"/api/articles/{examples.OTHER_ARTICLE}", of_library.WholeArticle),
        ("/api/statistics", of_library.Statistics),
        ("/api/search?q=夜间公交&k=100", answers.Searched),
        ("/healthz", of_library.Alive),
        ("/readyz", of_library.Ready),
    ],
)
def test_what_is_told_of_the_library_is_as_described(
    client: TestClient, address: str, model: type[Any]
) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    as_told(model, answer.content)


def test_changes_are_as_described(client: TestClient) -> None:
    answer = client.delete(f"/api/articles/{examples.ARTICLE}")
    as_told(of_library.WholeArticle, answer.content)
    kept = json.dumps({"articles": [answer.json()]})
    requests.Restored.model_validate_json(kept)
    as_told(of_library.Added, client.post("/api/articles", content=kept).content)
    read = client.post("/api/articles?name=石门日报.txt", content=PAGE.encode())
    assert events(of_library.UploadEvent, read.text) == ["progress", "done"]
    read = client.post("/api/articles?name=a.pdf", content=b"%PDF-1.4 broken")
    assert events(of_library.UploadEvent, read.text) == ["problem", "done"]


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/articles/none", 404),
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/ask", 405),
        ("HEAD", "/api/articles", 405),
        ("DELETE", "/healthz", 405),
        ("POST", "/api/ask", 422),
        ("GET", "/api/articles?limit=0", 422),
    ],
)
def test_failures_are_as_described(
    client: TestClient, method: str, address: str, status: int
) -> None:
    answer = client.request(method, address)
    assert answer.status_code == status
    if method != "HEAD":
        assert as_told(Failure, answer.content).status == status
    if status == 405:
        assert method not in answer.headers["allow"]
        assert set(answer.headers["allow"].split(", ")) <= {"GET", "POST"}


@pytest.mark.parametrize("body", [b"\xff\xfe{", b"[" * 100_000, b'{"question": ' + b"9" * 5000])
def test_what_is_not_even_json_is_422(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert as_told(Failure, answer.content).status == answer.status_code == 422
    assert answer.json()["error"]["zh"] == "请求不是 JSON"


@pytest.mark.parametrize(
    "change", [{"published": "2024-99-99"}, {"published": "２０２４-01-01"}, {"id": "0"}]
)
def test_no_article_is_put_back_that_never_was(client: TestClient, change: Document) -> None:
    [article] = examples.SENT_ARTICLES["requestBody"]["content"]["application/json"]["examples"][
        "removed"
    ]["value"]["articles"]
    body = {"articles": [article | change]}
    assert client.post("/api/articles", json=body).status_code == 422


@pytest.mark.parametrize("whole", [5, 5.0])
def test_a_whole_number_may_be_written_in_two_ways(client: TestClient, whole: float) -> None:
    cited = {"article_id": examples.ARTICLE, "start": 0, "end": whole}
    body = {"question": "x", "helpful": True, "answer": {"citations": [cited]}}
    assert client.post("/api/feedback", json=body).status_code == 204
    cited["end"] = str(whole)  # but isn't a string
    assert client.post("/api/feedback", json=body).status_code == 422


# --- whatever is sent -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "narrowed",
    [
        [],
        ["--include-name=POST /api/ask", f"--header=Accept: {STREAM}", "--phases=examples,fuzzing"],
    ],
    ids=["everything", "streams"],
)
def test_whatever_is_sent_is_answered_as_described(client: TestClient, narrowed: list[str]) -> None:
    """No 5xx, no status and no content that isn't told of, nothing wrong taken, nothing right
    refused, over a real connection.
    """
    program = Path(sysconfig.get_path("scripts")) / "schemathesis"
    command = [sys.executable, str(program), f"--config-file={RULES}", "run", "--no-color"]
    with serving(client.app) as address:
        done = subprocess.run(
            [*command, *narrowed, f"{address}/openapi.json"], capture_output=True, text=True
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"(\d\d+) generated, \1 passed", done.stdout), done.stdout
