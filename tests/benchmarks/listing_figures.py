"""How quick the list of articles is in a large library, and whether it holds up who asks:
``python tests/benchmarks/listing_figures.py FOLDER [ARTICLES]`` makes a library of so many small
articles in FOLDER (kept there for the next run), and prints how long the first list after a start
takes, how long later ones do, and what a question takes meanwhile.
"""

from __future__ import annotations

import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from chat.assistant import Assistant
from index.embed import load_embedder
from index.index import Index
from index.store.listing import ORDERS, Wanted
from ingest.types import Article, article_id

ARTICLES = 50_000
BATCH = 2_000
QUESTION = "渡船的票价是多少？"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "一乙二十丁厂七卜人入八九几儿了力乃刀又三于干亏士工土才寸下大丈与万上小口巾山"
SOURCES = [f"{place}{kind}" for place in GIVEN for kind in ("日报", "晚报", "都市报")]
WHO = "镇里 县里 学校 居民 船工 菜农 老师 村民 医院 码头 图书馆 水厂 车站 工会 商会 合作社".split()  # noqa: SIM905
WHAT = "渡船 票价 水渠 大桥 阅览室 班车 路灯 果园 河堤 食堂 粮仓 电站 操场 药房 堤坝 茶山".split()  # noqa: SIM905
DONE = "修好了 涨了价 降了价 停了一年 开了张 换了新的 要关掉 搬了家 多了一倍 少了三成".split()  # noqa: SIM905


def articles(start: int, count: int) -> Iterator[Article]:
    """Those with the numbers from ``start`` on."""
    drawn = random.Random(start)
    for number in range(start, start + count):
        sentences = [
            f"{drawn.choice(WHO)}说，{drawn.randrange(1, 999)}号{drawn.choice(WHAT)}"
            f"{drawn.choice(DONE)}，花了{drawn.randrange(1, 99)}万元。"
            for _ in range(drawn.randrange(6, 18))
        ]
        text = "\n".join("".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5))
        title = f"{drawn.choice(WHO)}的{drawn.choice(WHAT)}{drawn.choice(DONE)}（{number}）"
        day = date(2016, 1, 1) + timedelta(days=drawn.randrange(3_600))
        yield Article(
            id=article_id(title, text),
            title=title,
            authors=tuple(
                drawn.choice(SURNAMES) + drawn.choice(GIVEN) + drawn.choice(GIVEN)
                for _ in range(drawn.randrange(3))
            ),
            affiliation=None,
            source=drawn.choice(SOURCES),
            page=None,
            published=day.isoformat() if number % 20 else None,
            language="zh",
            headings=(),
            text=text,
            path=f"{number // 50}.jsonl",
        )


def make(folder: Path, count: int) -> None:
    """Make the library of ``count`` articles, or what it lacks of them."""
    with Index.open(folder, load_embedder("builtin"), create=True) as index:
        for start in range(index.article_count, count, BATCH):
            index.add(articles(start, min(BATCH, count - start)))


def spent(work: Callable[[], object]) -> float:
    """Milliseconds that it takes."""
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def middle_and_most(work: Callable[[int], object], times: int) -> tuple[float, float]:
    """The median and the 95th percentile of some runs, in milliseconds."""
    every = sorted(spent(lambda at=at: work(at)) for at in range(times))  # type: ignore[misc]
    return statistics.median(every), every[int(0.95 * (times - 1))]


def asked_meanwhile(assistant: Assistant, work: Callable[[], object]) -> tuple[float, float]:
    """How long the work takes, and the slowest question while it is under way (milliseconds)."""
    over = threading.Event()
    slowest = [0.0]

    def ask() -> None:
        while not over.is_set():
            slowest.append(spent(lambda: assistant.ask(QUESTION)))

    asking = threading.Thread(target=ask)
    asking.start()
    taken = spent(work)
    over.set()
    asking.join()
    return taken, max(slowest)


def typed(query: str) -> list[str]:
    """What has been typed of it by and by."""
    return [query[:end] for end in range(1, len(query) + 1)]


def figures(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    """Each figure and its name."""
    make(folder, count)
    with Assistant.open(folder) as assistant:
        index = assistant.index
        yield "articles", f"{index.article_count:,}"
        assistant.ask(QUESTION)
        alone = middle_and_most(lambda _: assistant.ask(QUESTION), 20)
        yield "a question, p50 / p95", "{:.0f} / {:.0f} ms".format(*alone)
        first, delayed = asked_meanwhile(assistant, lambda: index.listed(Wanted()))
        yield "the first list", f"{first:.0f} ms"
        yield "slowest question meanwhile", f"{delayed:.0f} ms"
        yield "the first statistics", f"{spent(index.statistics):.0f} ms"
        queries = typed("渡船涨了价") + typed("王小山") + typed("大日报 水渠")
        kinds: dict[str, Callable[[int], Wanted]] = {
            "as one types": lambda at: Wanted(query=queries[at % len(queries)]),
            "in each order": lambda at: Wanted(order=ORDERS[at % len(ORDERS)]),
            "by an author": lambda at: Wanted(author=f"{SURNAMES[at % 30]}小山"),
            "from a source": lambda at: Wanted(source=SOURCES[at % len(SOURCES)]),
            "of a year": lambda at: Wanted(since=f"{2016 + at % 9}-01-01", until="2025-12-31"),
            "far down": lambda at: Wanted(offset=at * count // 200),
            "far down, with words": lambda at: Wanted(query="渡船", offset=at * count // 2000),
        }
        for name, wanted in kinds.items():
            both = middle_and_most(lambda at: index.listed(wanted(at)), 100)  # noqa: B023
            yield f"later lists {name}, p50 / p95", "{:.1f} / {:.1f} ms".format(*both)
        new = list(articles(index.article_count, 50))
        index.add(new)
        yield "the first list after 50 new", f"{spent(lambda: index.listed(Wanted())):.1f} ms"
        index.remove([article.id for article in new])
        yield "the first list after 50 gone", f"{spent(lambda: index.listed(Wanted())):.1f} ms"


def main(folder: str, count: str = str(ARTICLES)) -> None:
    for name, figure in figures(Path(folder), int(count)):
        print(f"| {name} | {figure} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
