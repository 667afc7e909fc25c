"""What mastheads, datelines and files' names say: newspaper, date, page; and a text's language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import PurePath

from ingest.page.lines import han_count

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_NUMERAL = "[〇○零一二三四五六七八九十]"
_CHINESE_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]")
_CHINESE_NUMERAL_DATE = re.compile(
    f"({_NUMERAL}{{4}})年({_NUMERAL}{{1,3}})月({_NUMERAL}{{1,3}})[日号號]"
)
_ISO_DATE = re.compile(r"(?<![0-9A-Za-z-])(\d{4})[-./_](\d{1,2})[-./_](\d{1,2})(?!\d)")
_COMPACT_DATE = re.compile(r"(?<![0-9A-Za-z])((?:19|20)\d\d)(\d\d)(\d\d)(?![0-9A-Za-z])")
_MONTHS = "January February March April May June July August September October November December"
_MONTH = "(" + "|".join(f"{name[:3]}(?:{name[3:]}|t)?" for name in _MONTHS.split()) + r")\.?"
_MONTH_FIRST = re.compile(
    rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE
)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(\d{{4}})\b", re.IGNORECASE)

_PAPER = re.compile(
    "[\u4e00-\u9fff]{1,10}?(?:日报|晚报|早报|晨报|时报|周报|商报|都市报|导报|青年报|工人报|日報|晚報|早報|"
    "晨報|時報|週報|周報|商報|導報|青年報|人民报|科技报|教育报|农民报|法治报|经济报|文汇报|文匯報|周刊|週刊|"
    "新闻|新聞|报|報)(?![\u4e00-\u9fff])"
)
_WESTERN_NAMES = (
    "Daily News|Daily|Times|Post|Herald|News|Tribune|Journal|Gazette|Chronicle|Observer|Guardian|"
    "Standard|Star|Sun|Telegraph|Weekly|Review|Courier|Mail|Globe"
)
_WESTERN_PAPER = re.compile(
    rf"(?:[A-Z][\w'’-]*\s+){{1,5}}?(?:{_WESTERN_NAMES}|{_WESTERN_NAMES.upper()})\b"
)
_PAGE = re.compile(
    r"第\s*([A-Z]?\d{1,3}|[一二三四五六七八九十]{1,3})\s*版|(?<![\w])([A-Z]?\d{1,3})\s*版(?!次)|"
    r"\b(?:[Pp]age|PAGE)\s+([A-Z]?\d{1,3})\b|(?<![\w])([A-Z]\d{1,2})(?![\w])"
)
# A page called by its number and its section: 09 要闻 · A03 国际新闻
_SECTION = re.compile(
    "(?<!\\S)([A-Z]\\d{1,2}|\\d\\d)[ \u3000·|｜]?[\u4e00-\u9fff]{0,4}"
    "(?:要闻|要聞|国际|國際|国内|國內|社会|社會|文化|体育|體育|"
    "经济|經濟|财经|財經|理论|理論|评论|評論|副刊|专题|專題|专版|專版|综合|綜合|时事|時事|新闻|新聞|教育|科技|"
    "健康|生活|娱乐|娛樂|读书|讀書|周刊|週刊|时政|時政|观点|觀點|调查|調查|广告|廣告|生态|生態|视觉|視覺)(?!\\S)"
)
_LABELLED_SOURCE = re.compile(r"(?:来源|來源|稿源|Source)\s*[:：]\s*([^\s:：|｜，,]{2,20})")
# In the names of files and folders: rmrb2024060501 · nw.D110000renmrb_20240605_1-01 · 2024-06/05
_CODE = re.compile(r"[A-Za-z]{2,10}[-_]?((?:19|20)\d\d)(\d\d)(\d\d)([0-2]\d)?$")
_PAGE_OF_ISSUE = re.compile(r"_(?:19|20)\d{6}_\d{1,3}-([A-Z]?\d{1,3})$")
_FOLDERS_OF_ISSUE = re.compile(r"/((?:19|20)\d\d)[-/](\d{1,2})/(\d{1,2})/")
_DATELINE = re.compile(
    r"[【（(]?[^，。！？\d]{2,16}?(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日[^，。！？\d]{0,6}?[电電讯訊]"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")

# Languages are told by their scripts, and among Western ones by their commonest words.
_SAMPLE = 20_000  # characters
_SHARE = 0.08  # of the words, that must be common ones of a language,
_DIFFERENT = 3  # of them different ones,
_DISTINCTIVE = 1.3  # and times more of them than of English ones

_NO_WORDS = re.compile(  # addresses, names of fields
    r"(?:\b[A-Za-z]{2,10}://|\bwww\.)[!-~]+|[\w.+-]{1,60}@[\w.-]+|\b[A-Za-z]{1,20}_\w+", re.ASCII
)
_EASTERN = re.compile("[\u3040-\u30ff\uac00-\ud7af]+")
_HANGUL = re.compile("[\uac00-\ud7af]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
_WORDS = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "ru": re.compile("[\u0400-\u04ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
}
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_COMMON = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is that for it was on with as are be by at from this have not but "
        "a an i you we he his they will or if can your our has what which there please",
        "de": "der die das und ist in den von zu mit sich des auf für nicht ein eine als auch dem",
        "fr": "le la les de des et du en un une est que dans qui pour par sur au pas plus il aux",
        "es": "el la los las de del y en un una que es por con para se no su al lo como más",
        "it": "il la di che e è un una per in del della non sono con i le da nel si gli alla",
        "pt": "o a os as de do da e em um uma que não para com por se no na dos das mais é ao",
        "nl": "de het een van en in is dat op te zijn met voor niet aan er die ook bij wordt",
        "sv": "och att det i en som är på av för med den till inte ett om har de var jag",
        "pl": "i w na z do się nie to jest że o jak po przez dla od są był które oraz",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file says about its text outside of it: in a header, in fields, in a table's columns.

    ``guessed`` names those fields that it only suggests. An empty field says nothing.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None
    page: str | None = None
    published: str | None = None
    language: str | None = None
    guessed: tuple[str, ...] = ()


def find_issue(mastheads: Iterable[str], path: str) -> Stated:
    """What the masthead lines say, and after them the name of the file and of its folders.

    What only the latter say is named in ``guessed``.
    """
    clues = list(mastheads)
    printed = Stated(
        source=next(filter(None, map(find_source, clues)), None),
        published=next(filter(None, map(find_date, clues)), None),
        page=next(filter(None, map(find_page, clues)), None),
    )
    return either(printed, _named(path))


def either(first: Stated, second: Stated) -> Stated:
    """Each field as the first one states it, or else the second one."""
    guessed = [name for name in first.guessed if getattr(first, name)]
    guessed += [
        name for name in second.guessed if getattr(second, name) and not getattr(first, name)
    ]
    return Stated(
        title=first.title or second.title,
        authors=first.authors or second.authors,
        source=first.source or second.source,
        page=first.page or second.page,
        published=first.published or second.published,
        language=first.language or second.language,
        guessed=tuple(dict.fromkeys(guessed)),
    )


@lru_cache(maxsize=4096)
def _named(path: str) -> Stated:
    """What the name of a file and those of its folders say."""
    name = PurePath(path)
    clues = [name.stem, *reversed(name.parent.parts)]
    code = _CODE.match(name.stem)
    issue = _FOLDERS_OF_ISSUE.search(f"/{name.parent.as_posix()}/")
    days = [find_date(clue) for clue in clues]
    days += [_iso(*map(int, found.groups()[:3])) for found in (code, issue) if found]
    # A folder named P6 or A3 need not be a page.
    numbers = [find_page(clue) for clue in clues if clue == name.stem or "版" in clue]
    numbers += [found[1].lstrip("0") for found in [_PAGE_OF_ISSUE.search(name.stem)] if found]
    numbers += [code[4].lstrip("0") for code in [code] if code and code[4]]
    return Stated(
        source=next(filter(None, map(find_source, clues)), None),
        published=next(filter(None, days), None),
        page=next(filter(None, numbers), None),
        guessed=("source", "published", "page"),  # those that it says
    )


def find_dateline(text: str, clues: Iterable[str]) -> str | None:
    """The day of a dateline (``新华社北京6月5日电``); its year may stand in the clues only."""
    found = _DATELINE.match(text)
    if not found:
        return None
    years = [found[1], *(year[1] for clue in clues for year in _YEAR.finditer(clue))]
    year = next(filter(None, years), None)
    return _iso(int(year), int(found[2]), int(found[3])) if year else None


def find_date(text: str) -> str | None:
    """The first full date in ``text`` as an ISO date, or None."""
    for pattern in (_CHINESE_DATE, _ISO_DATE, _COMPACT_DATE):
        for found in pattern.finditer(text):
            day = _iso(*(int(group) for group in found.groups()))
            if day:
                return day
    for found in _CHINESE_NUMERAL_DATE.finditer(text):
        day = _iso(*(_numeral(group) for group in found.groups()))
        if day:
            return day
    for found in _MONTH_FIRST.finditer(text):
        return _iso(int(found[3]), _month(found[1]), int(found[2]))
    for found in _DAY_FIRST.finditer(text):
        return _iso(int(found[3]), _month(found[2]), int(found[1]))
    return None


def find_source(text: str) -> str | None:
    """The newspaper's name in a masthead or file name, or None."""
    separated = text.replace("_", " ")
    labelled = _LABELLED_SOURCE.search(separated)
    if labelled:
        return labelled[1]
    found = _PAPER.search(separated) or _WESTERN_PAPER.search(separated)
    return found[0].strip() if found else None


def find_page(text: str) -> str | None:
    """The page's number as printed, without leading zeros, or None."""
    text = text.replace("_", " ")
    found = _PAGE.search(text)
    if not found:
        section = _SECTION.search(text)
        stands = section and (section[0] == text.strip() or find_source(text) or find_date(text))
        return section[1].lstrip("0") if section and stands else None
    number = next(group for group in found.groups() if group)
    if number[0] in "一二三四五六七八九十":
        return str(_numeral(number))
    return number.lstrip("0") or number


def is_section(line: str) -> bool:
    """Whether a line is the number and the name of a page, if it stands in a masthead."""
    return bool(_SECTION.fullmatch(line))


def find_language(text: str) -> str:
    """The ISO 639-1 code of the language. What is too short to tell is what its script suggests."""
    text = _NO_WORDS.sub(" ", text[:_SAMPLE])
    eastern = "".join(_EASTERN.findall(text))
    if eastern:
        korean = len(_HANGUL.findall(eastern))
        if (len(eastern) - korean) * 8 > len(text):
            return "ja"
        if korean * 4 > len(text):
            return "ko"
    chinese = 4 * han_count(text)  # a Chinese character says about as much as four letters
    if chinese > len(text):
        return "zh"
    letters = sum(map(len, _LATIN.findall(text)))
    other, count = _other_script(text)
    if count > max(letters, chinese):
        return other
    return "zh" if chinese >= letters else _western(text)


def _other_script(text: str) -> tuple[str, int]:
    """The language of a script that one language is mostly written in, and its letters' number."""
    counts = {language: len(script.findall(text)) for language, script in _SCRIPTS.items()}
    language = max(counts, key=counts.__getitem__)
    ukrainian = language == "ru" and 50 * len(_UKRAINIAN.findall(text)) > counts["ru"]
    return ("uk" if ukrainian else language), counts[language]


def _western(text: str) -> str:
    """The language of a text in Latin letters; English if that can't be told."""
    words = Counter(_WORDS.findall(text.lower()))
    hits = {language: sum(words[word] for word in common) for language, common in _COMMON.items()}
    best = max(hits, key=hits.__getitem__)
    different = sum(word in words for word in _COMMON[best])
    share = max(_SHARE * words.total(), _DISTINCTIVE * hits["en"])
    return best if different >= _DIFFERENT and hits[best] >= share else "en"


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month(name: str) -> int:
    return [month[:3].lower() for month in _MONTHS.split()].index(name[:3].lower()) + 1


def _numeral(text: str) -> int:
    """A number written in Chinese: ``二〇二四``, ``六``, ``十二``, ``二十一``."""
    if "十" not in text:
        return int(text.translate(_DIGITS))
    tens, _, ones = text.partition("十")
    return 10 * int((tens or "一").translate(_DIGITS)) + int((ones or "〇").translate(_DIGITS))
