"""Bylines and closing remarks: who wrote an article, and where the author works."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.page.lines import HAN, HAN_CHARACTER, ends_sentence
from ingest.page.surnames import COMPOUND_SURNAMES, SURNAMES

LONGEST = 60

_MARK = re.compile(r"^[□■◆◇●○◎▲△▪▫◼◻☐❑❒▣★☆]+\s*")
_SQUARES = "□■◼◻☐❑❒▣▪▫"
_ROLE = (
    "(?:首席|高级|特约|特派|见习|实习|资深|高級|特約|見習|實習|資深)?"
    "(?:记者|記者|通讯员|通訊員|报道员|報道員|评论员|評論員|撰稿人?|撰文|实习生|實習生|编译|編譯|作者|"
    "执笔|執筆)"
)
_OUTLET = f"(?:[{HAN}]{{2,6}}[·•])?[{HAN}]{{0,9}}?"
_ROLE_TOKEN = re.compile(f"^{_OUTLET}{_ROLE}(?P<rest>[{HAN}·]*)$")
_WRITTEN_BY = re.compile(
    "^(?:文|文字|图文|圖文|文图|供稿|作者|撰文|撰稿|执笔|執筆|主笔|主筆|口述|文字整理|整理|采访|採訪)"
    r"(?=\s*[/／|｜:：])"
)
_WRITERS_ROLE = re.compile("^(?:主笔|主筆|口述|讲述|講述|整理|采访|採訪|编写|編寫)$")
_DONE = re.compile(
    "^(?:综合|綜合|联合|聯合|摄影|攝影|采写|採寫)*(?:报道|報道|報導|采写|採寫|文|撰文)$|"
    f"^(?:发自|發自)[{HAN}]{{2,8}}$|^[{HAN}]{{2,4}}(?:报道|報道|報導)$"
)
_PHOTOGRAPHER = re.compile(f"(?<=[{HAN}]{{2}})[摄攝]$")
_OTHER_ROLE = re.compile(  # of those who made something else than the text
    "^(?:图|圖|摄|攝|图片|圖片|摄影|攝影|制图|製圖|供图|供圖|漫画|漫畫|插画|插畫|视频|视觉|设计|設計|"
    "[译譯]|译者|譯者|翻译|翻譯|(?:责任|責任|本版|美术|美術)?(?:编辑|編輯)|责编|責編|校对|校對|审核|審核|监制|監製)$"
)
_SEPARATORS = re.compile(r"[\s、，,;；/／|｜:：]+")
_SPACED_NAME = re.compile(f"(?<![{HAN}])([{HAN}])[\\s\u3000]+([{HAN}])(?![{HAN}])")
_FOREIGN_NAME = re.compile(f"^[{HAN}]{{1,8}}(?:[·•・][{HAN}]{{1,8}})+$")
_INSTITUTION = re.compile(
    "(?:大学|大學|学院|學院|研究院|研究所|研究中心|中心|党校|黨校|医院|醫院|学校|學校|公司|委员会|"
    "委員會|教授|研究员|研究員|院长|院長|博士|局|厅|部|社|会|會)$"
)
_WESTERN_BYLINE = re.compile(r"^(?:By|BY)[:\s]\s*(?P<names>\S.*)$")
_WESTERN_NAME = re.compile(
    r"^[A-Z][\w.'’-]*(?: (?:de|da|del|van|von|der|den|la|bin|al|[A-Z][\w.'’-]*)){1,4}$"
)
_AND = re.compile(r"\s*(?:,|;|&|\||\band\b|\bAND\b)\s*")
_WESTERN_ROLE = re.compile(
    r"^(?:(?:Our|Staff|Senior|Chief|Special|Contributing|Guest|Political|Science|Foreign|News)\s)*"
    r"(?:Writer|Reporter|Correspondent|Editor|Columnist|Contributor)s?(?:\s|$)"
)
_WESTERN_OUTLET = re.compile(
    r"(?:\s|^)(?:Times|Post|News|Daily|Herald|Tribune|Journal|Gazette|Chronicle|Observer|Press|"
    r"Agency|Service|University|College|Institute|Desk|Team|Board|Staff)$"
)
_IN_BRACKETS = re.compile("^[（(](?P<inside>[^（）()]*)[）)]$")
_REMARK = re.compile("[（(](?P<inside>[^（）()]*)[）)]$")

_OPENING = "^[（(\\[【〔]?\\s*"
_CLOSER = re.compile(
    f"{_OPENING}(?:本文|第一|该文|該文)*作者[：:]?"
    "(?P<names>[^系係为為是单單均分现現所简簡，,。:：]{0,30}?)[，,:：]?\\s*"
    "(?:分别|分別|均|现|現|所在|简介|簡介|[：:，,\\s])*(?:系|係|为|為|是|(?:单位|單位)[系係为為是]?)"
    "[：:\\s]*(?P<place>.+?)\\s*[。．.]?\\s*[）)\\]】〕]?$"
)
_NAMED_CLOSER = re.compile(  # without "is": （作者：张三，云川大学教授）, and without "author"
    f"{_OPENING}(?:(?:本文|第一)?(?:作者简介|作者簡介|作者)[：:\\s]*(?P<names>[{HAN}·、\\s]{{2,24}}?)[，,\\s]+|"
    f"(?P<name>[{HAN}]{{2,4}}?)[系係])"
    "(?P<place>[^，,。]{4,60}?)\\s*[。．.]?\\s*[）)\\]】〕]?$"
)
_NEXT_AUTHOR = re.compile(f"[，,；;]\\s*(?P<name>[{HAN}]{{2,4}}?)[系係为為是](?P<place>[^，,；;]+)")
_BARE_CLOSER = re.compile("^(?:作者单位|作者單位|作者简介|作者簡介)[：:]")
_WESTERN_CLOSER = re.compile(
    r"^\(?(?:The|This) (?:author|writer)s? (?:is|are|was|were|works? (?:at|for)) "
    r"(?:respectively )?(?P<place>[^?!]{3,160}?)\.?\)?$"
)
_FUNDING_IN_CLOSER = re.compile("[。；;，,]\\s*(本文[系係为為是].*)$")


@dataclass(frozen=True, slots=True)
class Credit:
    """What a byline or a closing remark says; ``note`` is what it adds about the article.

    ``guessed`` are authors whose names weren't set apart.
    """

    authors: tuple[str, ...]
    affiliation: str | None = None
    note: str | None = None
    guessed: bool = False


def parse_byline(line: str) -> Credit | None:
    """The authors that ``line`` names, or None if it isn't a byline.

    Bylines are such as ``□ 张三``, ``本报记者 张三``, ``文/张三``, ``By Jane Doe``.
    """
    if len(line) > LONGEST or ends_sentence(line.rstrip(".")):
        return None
    western = _WESTERN_BYLINE.match(line)
    if western:
        return _western_byline(western["names"])
    wrapped = _IN_BRACKETS.match(line)
    if wrapped:
        return _signature(wrapped["inside"].strip())
    return _chinese_byline(line)


def parse_closer(text: str) -> Credit | None:
    """What a remark such as ``（作者系…）`` says about the author, or None if it isn't one."""
    if not text or len(text) > 4 * LONGEST:
        return None
    opened = text[0] in "（([【〔"
    if opened and text.rstrip("。.")[-1:] not in tuple("）)]】〕"):
        return None  # the rest of it stands on the next line
    western = _WESTERN_CLOSER.match(text)
    if western:
        return Credit((), western["place"])
    if not opened and not _BARE_CLOSER.match(text):
        return None
    found = _CLOSER.match(text)
    return _closer(found["names"], found["place"]) if found else _named_closer(text)


def _closer(listed: str, place: str) -> Credit:
    funding = _FUNDING_IN_CLOSER.search(place)
    place = place[: funding.start()] if funding else place
    names = [name for name in _SEPARATORS.split(listed) if _is_name(name, sure=True)]
    further = [more for more in _NEXT_AUTHOR.finditer(place) if is_name(more["name"])]
    if names and further:
        names += [more["name"] for more in further]
        place = "；".join([place[: further[0].start()], *(more["place"] for more in further)])
    note = funding[1] if funding else None
    return Credit(tuple(names), place.strip("：:。 ") or None, note)


def _named_closer(text: str) -> Credit | None:
    found = _NAMED_CLOSER.match(text)
    if not found or not _INSTITUTION.search(found["place"]):
        return None
    names = [name for name in _SEPARATORS.split(found["names"] or found["name"]) if name]
    return Credit(tuple(names), found["place"]) if all(map(is_name, names)) else None


def is_name(line: str) -> bool:
    """Whether a line is nothing but one Chinese name with a common surname."""
    return _is_name(line, sure=False) and "·" not in line


def _signature(inside: str) -> Credit | None:
    """The authors in brackets below a body: ``（记者 张三）``, ``（张三）``, ``(Jane Doe)``."""
    if HAN_CHARACTER.search(inside):
        named = parse_byline(inside) if _has_role(inside) else _chinese_byline(f"□{inside}")
        return named if named and not named.affiliation else None
    return _western_byline(inside) if " " in inside else None


def _western_byline(names: str) -> Credit | None:
    authors = []
    for part in _AND.split(names.strip()):
        name = _WESTERN_ROLE.sub("", part.title() if part.isupper() else part)
        if _WESTERN_OUTLET.search(name):
            continue
        if _WESTERN_NAME.match(name):
            authors.append(name)
        elif not authors:
            return None
    return Credit(tuple(authors)) if authors else None


def _chinese_byline(line: str) -> Credit | None:
    mark = _MARK.match(line)
    rest = line[mark.end() :] if mark else line
    affiliation = None
    remark = _REMARK.search(rest)
    placed = remark and is_name(rest[: remark.start()]) and _INSTITUTION.search(remark["inside"])
    if remark and (mark or placed):
        affiliation = remark["inside"]
        rest = rest[: remark.start()]
    if not HAN_CHARACTER.search(rest):
        return Credit((rest,)) if mark and _WESTERN_NAME.match(rest) else None
    square = bool(mark) and line[0] in _SQUARES
    names: list[str] = []
    others = False  # whether the names are of those who took the pictures, or edited
    tokens = _tokens(rest)
    parted = [_apart(token) for token in tokens] if mark or _has_role(rest) else []
    tokens = [part for parts in parted for part in parts] or tokens
    for token in tokens:
        kind = _token_kind(token, square=square, sure=bool(names))
        if kind is None:
            return None
        if kind in ("", "others"):
            others = kind == "others"
            square = square or not kind  # after "本报记者" comes a name, however rare
        elif kind == "place":
            affiliation = affiliation or token
        elif not others:
            names.append(kind)
    if not names or not (mark or placed or _has_role(rest) or _are_bare_names(names, rest)):
        return None
    guessed = any(len(parts) > 1 and parts[0] in names for parts in parted)
    return Credit(tuple(dict.fromkeys(names)), affiliation, guessed=guessed)


def _apart(token: str) -> list[str]:
    """The two names in a token that lacks a space between them, or the token."""
    if len(token) not in (5, 6) or _INSTITUTION.search(token) or _ROLE_TOKEN.match(token):
        return [token]
    cuts = [(token[:i], token[i:]) for i in (2, 3)]
    found = [cut for cut in cuts if all(is_name(name) and name[0] in SURNAMES for name in cut)]
    return list(found[0]) if len(found) == 1 else [token]


def _are_bare_names(names: list[str], line: str) -> bool:
    """Whether a line of nothing but names is a byline: two names, or one that is spaced out."""
    spaced = bool(re.fullmatch(f"[{HAN}][\u3000 ]+[{HAN}]", line)) and line[0] in SURNAMES
    return spaced or len(names) > 2 or (len(names) > 1 and max(map(len, names)) > 2)


def _tokens(text: str) -> list[str]:
    letters = text.split()
    three = len(letters) == 3 and all(map(HAN_CHARACTER.fullmatch, letters))
    joined = "".join(letters) if three else _SPACED_NAME.sub(r"\1\2", text.strip())
    return [_PHOTOGRAPHER.sub("", token) for token in _SEPARATORS.split(joined) if token]


def _token_kind(token: str, *, square: bool, sure: bool) -> str | None:
    """The name in a token, "" for a role, "others", "place", or None for what no byline holds."""
    if _OTHER_ROLE.match(token):
        return "others"
    role = _ROLE_TOKEN.match(token)
    if role and (not role["rest"] or _is_name(role["rest"], sure=False)):
        return role["rest"]
    if _DONE.match(token) or _WRITERS_ROLE.match(token) or _WRITTEN_BY.match(token + ":"):
        return ""
    if _is_name(token, sure=square and len(token) <= 3):
        return token
    if sure and _INSTITUTION.search(token):
        return "place"
    return None


def _is_name(token: str, *, sure: bool) -> bool:
    """Whether ``token`` can be a person's name; without ``sure`` it needs a known surname."""
    if _FOREIGN_NAME.match(token):
        return True
    if not re.fullmatch(f"[{HAN}某]{{2,4}}", token):
        return False
    if token.startswith(COMPOUND_SURNAMES):
        return len(token) > 2
    return sure or (token[0] in SURNAMES and len(token) <= 3)


def _has_role(text: str) -> bool:
    tokens = [token for token in _SEPARATORS.split(text) if token] or [""]
    role = _ROLE_TOKEN.match(tokens[0])
    written = any(map(_WRITTEN_BY.match, [text, *text.split()]))
    return bool(role or written or _DONE.match(tokens[-1]))
