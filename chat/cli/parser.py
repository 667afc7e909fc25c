"""The command line's grammar: its commands, their arguments and flags, in two languages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from chat import i18n
from chat.cli import calibrate as cli_calibrate
from chat.cli import doctor as cli_doctor
from chat.cli import evaluate as cli_evaluate
from chat.cli import ingest as cli_ingest
from chat.cli import library as cli_library
from chat.cli import mcp as cli_mcp
from chat.cli import pack as cli_pack
from chat.cli import questions as cli_questions
from chat.cli import serving as cli_serving
from chat.cli import training as cli_training
from chat.cli import upkeep as cli_upkeep
from chat.cli.context import Context
from chat.settings import TABLE, Setting, Value

_LIBRARY = ("library", "embedder", "device", "offline", "language")
_SEARCH = (*_LIBRARY, "reranker", "passages")
_ANSWER = (*_SEARCH, "generator", "certainty")
_HTTP = ("host", "port", "origins", "questions_per_minute", "trusted_proxies", "log_format")
_SERVER = (*_ANSWER, *_HTTP, "root_path", "timeout", "allow_upload")

# What argparse says about a wrong command line, by the key of our own words for it.
_COMPLAINTS = {
    "required": re.compile(r"the following arguments are required: (?P<what>.+)"),
    "unrecognized": re.compile(r"unrecognized arguments: (?P<what>.+)"),
    "value": re.compile(r"argument (?P<what>.+): expected .+"),
    "number": re.compile(r"argument .+: invalid int value: (?P<what>.+)"),
    "decimal": re.compile(r"argument .+: invalid float value: (?P<what>.+)"),
    "command": re.compile(r"argument .+: invalid choice: (?P<what>\S+) \(.+"),
}


@dataclass(frozen=True, slots=True)
class Argument:
    """What a command takes besides settings; ``options`` are those of ``add_argument``.

    The name of a flag begins with ``--``. The help is the text ``cli.argument.<name>``.
    """

    name: str
    options: dict[str, Any]

    @property
    def is_flag(self) -> bool:
        """Whether it may be left out."""
        return self.name.startswith("--")

    @property
    def usage(self) -> str:
        """Its place in a usage line."""
        metavar: str = self.options["metavar"]
        return f"{metavar}…" if self.options.get("nargs") == "+" else metavar


@dataclass(frozen=True, slots=True)
class Command:
    """A command of one word or two: its help is the text ``cli.command.<name>``, with a dot between
    them.
    """

    name: str
    run: Callable[[argparse.Namespace, Context], int]
    arguments: tuple[Argument, ...]
    settings: tuple[str, ...]


_JSON = Argument("--json", {"action": "store_true"})
_QUIET = Argument("--quiet", {"action": "store_true"})
_FORCE = Argument("--force", {"action": "store_true"})
_QUESTION = Argument("question", {"metavar": "QUESTION", "nargs": "?"})
_BATCH = Argument("--batch", {"metavar": "FILE"})
_WITHOUT = Argument("--without", {"metavar": "KEY", "action": "append", "default": []})
_PATHS = Argument("paths", {"metavar": "PATH", "nargs": "+"})
_SYNC = Argument("--sync", {"action": "store_true"})
_WATCH = Argument("--watch", {"action": "store_true"})
_COLUMNS = Argument("--columns", {"metavar": "FIELD=COLUMN,…", "default": ""})
_ENCODING = Argument("--encoding", {"metavar": "NAME"})
_WORKERS = Argument("--workers", {"metavar": "N", "type": int})
_MEMORY = Argument("--memory", {"metavar": "MB", "type": int})
_NO_OCR = Argument("--no-ocr", {"action": "store_false", "dest": "ocr"})
_INGEST = (
    *(_PATHS, _SYNC, _WATCH, _COLUMNS, _ENCODING, _NO_OCR, _WORKERS, _MEMORY, _JSON, _QUIET),
)
_ARTICLE = Argument("article", {"metavar": "ARTICLE"})
_REFERENCE = Argument("--reference", {"metavar": "NAME"})
_ARTICLES = Argument("articles", {"metavar": "ARTICLE", "nargs": "+"})
_FILE = Argument("file", {"metavar": "FILE", "type": Path})
_DATA = Argument("data", {"metavar": "DATA", "type": Path})
_OUT = Argument("out", {"metavar": "OUT", "type": Path})
_ADAPT = Argument("--adapt", {"action": "store_true"})
_STEPS = Argument("--steps", {"metavar": "N", "type": int, "default": argparse.SUPPRESS})
_SEED = Argument("--seed", {"metavar": "N", "type": int, "default": argparse.SUPPRESS})
_FIGURES = Argument("--figures", {"metavar": "EVAL", "type": Path})
_FORMAT = Argument("--format", {"metavar": "NAME"})
_WITH_DOCUMENTS = Argument("--with-documents", {"action": "store_true"})
_REPORT = Argument("--report", {"metavar": "FILE", "type": Path, "action": "append", "default": []})
_EVAL = (_FILE, _FORMAT, _WITH_DOCUMENTS, _JSON, _REPORT)
_RUN = Argument("--run", {"metavar": "FILE", "type": Path, "dest": "run_in"})
_QRELS = Argument("--qrels", {"metavar": "FILE", "type": Path})
_RUN_OUT = Argument("--run-out", {"metavar": "FILE", "type": Path})
_QRELS_OUT = Argument("--qrels-out", {"metavar": "FILE", "type": Path})
_RETRIEVAL = (*_EVAL, _RUN, _QRELS, _RUN_OUT, _QRELS_OUT)
_QUESTIONS = Argument("questions", {"metavar": "QUESTIONS", "nargs": "?", "type": Path})
_RESET = Argument("--reset", {"action": "store_true"})
_GIVEN = Argument("--answers", {"metavar": "FILE", "type": Path})
_NLI = Argument("--nli", {"metavar": "MODEL"})
_WARM_UP = Argument("--warm-up", {"metavar": "N", "type": int, "default": 5})
_REPEATS = Argument("--repeats", {"metavar": "N", "type": int, "default": 3})
_BEFORE = Argument("before", {"metavar": "BEFORE", "type": Path})
_AFTER = Argument("after", {"metavar": "AFTER", "type": Path})
_GATE = Argument("--gate", {"action": "store_true"})
_TOLERANCE = Argument("--tolerance", {"metavar": "X", "type": float})
_COMPARE = (_BEFORE, _AFTER, _GATE, _TOLERANCE, _JSON, _REPORT)
_REPAIR = Argument("--repair", {"action": "store_true"})
_PACK = Argument("pack", {"metavar": "FILE", "type": Path})
_OVER_HTTP = Argument("--http", {"action": "store_true"})
_TRAINING = (_DATA, _OUT, _ADAPT, _STEPS, _SEED, _FIGURES)

COMMANDS = (
    Command("ingest", cli_ingest.ingest, _INGEST, (*_LIBRARY, "user_dictionary")),
    Command("ask", cli_questions.ask, (_QUESTION, _BATCH, _WITHOUT, _JSON), _ANSWER),
    Command("search", cli_questions.search, (_QUESTION, _WITHOUT, _JSON), _SEARCH),
    Command("articles", cli_library.list_articles, (_JSON,), _LIBRARY),
    Command("show", cli_library.show, (_ARTICLE, _REFERENCE, _JSON), _LIBRARY),
    Command("remove", cli_library.remove, (_ARTICLES,), _LIBRARY),
    Command("eval", cli_evaluate.evaluate, _EVAL, _ANSWER),
    Command("eval retrieval", cli_evaluate.retrieval, _RETRIEVAL, _SEARCH),
    Command("eval answers", cli_evaluate.answers, (*_EVAL, _GIVEN, _NLI), _ANSWER),
    Command("eval abstention", cli_evaluate.abstention, (*_EVAL, _GIVEN), _ANSWER),
    Command("eval speed", cli_evaluate.speed, (*_EVAL, _WARM_UP, _REPEATS), _ANSWER),
    Command("eval compare", cli_evaluate.compare, _COMPARE, ("language",)),
    Command(
        "calibrate",
        cli_calibrate.calibrate,
        (_QUESTIONS, _RESET, _JSON),
        (*_SEARCH, "certainty"),
    ),
    Command("reindex", cli_upkeep.reindex, (_FORCE, _QUIET), _LIBRARY),
    Command("doctor", cli_doctor.doctor, (_REPAIR, _JSON, _QUIET), _ANSWER),
    Command("pack", cli_pack.pack, (_PACK, _JSON, _QUIET), _ANSWER),
    Command(
        "unpack",
        cli_pack.unpack,
        (_PACK, _JSON, _QUIET),
        ("library", "device", "offline", "language"),
    ),
    Command("train", cli_training.train, _TRAINING, ("embedder", "device", "offline", "language")),
    Command("serve", cli_serving.serve, (), _SERVER),
    Command("demo", cli_serving.demo, (), _SERVER),
    Command("mcp", cli_mcp.mcp, (_OVER_HTTP,), (*_ANSWER, *_HTTP)),
)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that speaks ``language`` ("zh" or "en")."""

    def __init__(self, *, language: str, **options: Any) -> None:
        super().__init__(
            add_help=False,  # argparse's own is in English
            allow_abbrev=False,
            formatter_class=_ChineseHelp if language == "zh" else argparse.HelpFormatter,
            **options,
        )
        self.language = language

    def text(self, key: str, **values: object) -> str:
        """The text ``cli.<key>`` in the parser's language."""
        return i18n.text(f"cli.{key}", self.language, **values)

    def error(self, message: str) -> NoReturn:
        """Leave with code 2 and one line on stderr."""
        for key, pattern in _COMPLAINTS.items():
            if found := pattern.fullmatch(message):
                message = self.text(f"complaint.{key}", what=found["what"])
        self.exit(2, f"{self.prog}: {message}{self.text('complaint.help', program=self.prog)}\n")


class _ChineseHelp(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Commands(argparse._SubParsersAction):  # type: ignore[type-arg]  # at run time it has none
    """Commands of which some have two words: ``eval answers`` is one, and ``eval`` another."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        two = " ".join(values[:2])
        words = [two, *values[2:]] if two in self.choices else values
        super().__call__(parser, namespace, words, option_string)


class _Version(argparse.Action):
    """Prints the version; a class because looking it up costs time that other commands save."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print("wenjin", version("wenjin"))
        parser.exit()


def build_parser(language: str) -> Parser:
    """The whole grammar, its help in ``language`` ("zh" or "en").

    Flags may stand before the command or after it; those not given leave no attribute behind.
    """
    parser = Parser(language=language, prog="wenjin")
    parser.usage = parser.text("help.usage", command="COMMAND …")
    parser.description = parser.text("help.description")
    commands = parser.add_subparsers(
        title=parser.text("help.commands"),
        required=True,
        metavar="COMMAND",
        prog="wenjin",
        action=_Commands,
    )
    for command in COMMANDS:
        _add_command(commands, command, language)
    flags = _add_flags(parser)
    flags.add_argument("--version", action=_Version, nargs=0, help=parser.text("help.version"))
    _add_settings(parser, flags, _SERVER)
    return parser


def _add_command(
    commands: argparse._SubParsersAction[Parser], command: Command, language: str
) -> None:
    purpose = i18n.text(f"cli.command.{command.name.replace(' ', '.')}", language)
    parser = commands.add_parser(command.name, language=language, help=purpose)
    words = [command.name, *(each.usage for each in command.arguments if not each.is_flag)]
    parser.usage = parser.text("help.usage", command=" ".join(words))
    parser.description = purpose
    arguments = parser.add_argument_group(parser.text("help.arguments"))
    flags = _add_flags(parser)
    for argument in command.arguments:
        group = flags if argument.is_flag else arguments
        purpose = parser.text(f"argument.{argument.name.removeprefix('--')}")
        group.add_argument(argument.name, **argument.options, help=purpose)
    _add_settings(parser, flags, command.settings)
    parser.set_defaults(run=command.run)


def _add_flags(parser: Parser) -> argparse._ArgumentGroup:
    flags = parser.add_argument_group(parser.text("help.options"))
    flags.add_argument("-h", "--help", action="help", help=parser.text("help.help"))
    return flags


def _add_settings(parser: Parser, flags: argparse._ArgumentGroup, names: Iterable[str]) -> None:
    """The flags of the settings ``names``, and the one that names the settings file."""
    for row in TABLE:
        if row.name in names:
            purpose = row.help(parser.language).replace("`", "")
            flags.add_argument(
                *(("-k", row.flag) if row.name == "passages" else (row.flag,)),
                default=argparse.SUPPRESS,
                help=parser.text("help.default", purpose=purpose, default=_shown(row)),
                **_shape(row),
            )
    flags.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help=parser.text("help.config"),
    )


def _shown(row: Setting) -> Value:
    return "-" if row.default == "" else row.default


def _shape(row: Setting) -> dict[str, Any]:
    """A switch, or a flag with a value; values stay text, for the settings check them."""
    if isinstance(row.default, bool):
        return {"action": argparse.BooleanOptionalAction}
    return {"metavar": row.name.upper()}
