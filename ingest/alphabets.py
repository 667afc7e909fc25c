"""Alphabets: whose letters stand in words as they should, and which encodings hold which."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from ingest.characters import information

# Encodings that nothing but their declaration tells from others.
SCRIPTS = {
    "HEBREW": ("cp1255", "iso8859-8", "cp862"),
    "ARABIC": ("cp1256", "iso8859-6", "cp864"),
    "THAI": ("cp874",),
    "GREEK": ("iso8859-7", "mac-greek"),
    "CYRILLIC": ("iso8859-5", "koi8-u", "mac-cyrillic", "cp855", "kz1048"),
    "LATIN": (
        *("cp1250", "cp1254", "cp1257", "cp1258", "mac-roman", "mac-latin2", "cp437", "cp850"),
        *(f"iso8859-{number}" for number in (2, 3, 4, 10, 13, 14, 15, 16)),
    ),
}
OF_SCRIPT = 0.95  # share of the letters beyond ASCII that belong to the script
# Bits of a letter, if nothing is known of its script but that it is declared.
LETTERS = {"LATIN": 5.5}
OTHER_LETTER = 4.2
ODD = 0.1  # share of the characters beyond ASCII that may be neither letters nor punctuation
SOLID = 0.4  # share of the words with accents that may be nothing but accented letters
MIXED = 0.1  # share of the words that may be wrong

_WORD = re.compile(r"[^\W\d_]+")
_MIXED_WORD = re.compile(  # of two scripts, or with a capital behind a small letter
    "[A-Za-z][\u0370-\u04ff]|[\u0370-\u04ff][A-Za-z]|"
    "[\u03ac-\u03ce\u0430-\u045f][\u0386-\u03ab\u0400-\u042f]"
)
_CAPITAL_INSIDE = re.compile("[a-zà-öø-ÿ][À-ÖØ-Þ]")
_THAI_MARK = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")  # stands on a letter
_LOST_MARK = re.compile(f"(?<![\u0e01-\u0e2e\u0e31-\u0e3a\u0e47-\u0e4e]){_THAI_MARK.pattern}")
_BARE_LETTER = re.compile("[A-Za-z]")
_WESTERN_MARKS = frozenset("’‘“”„–—…•€£°§©®«»¿¡·´½²º\xa0،؛؟")
# The accented letters of a language; a text in Windows-1252 has those of one, or a line has.
_ALPHABETS = tuple(
    frozenset(letters + letters.upper())
    for letters in (
        "àâæçéèêëîïôœùûüÿ",  # French
        "äöüßéàè",  # German
        "áéíóúüñçàèòïâãêôõª",  # Spanish, Catalan, Portuguese
        "àèéìíîòóùú",  # Italian
        "ëéïóöüèáêç",  # Dutch
        "åäöéæøüàèô",  # Swedish, Finnish, Danish, Norwegian
        "áðéíóúýþæö",  # Icelandic
    )
)


def script_of(encoding: str) -> str | None:
    """The script of the letters beyond ASCII that an encoding holds, by Python's name for it."""
    return next((script for script, names in SCRIPTS.items() if encoding in names), None)


def information_in(script: str, text: str) -> float:
    """How many bits a text takes if its letters beyond ASCII are common ones of a script."""
    others = "".join(c for c in text if c < "\x80" or not _is_letter(c))
    bits = LETTERS.get(script, OTHER_LETTER)
    return bits * (len(text) - len(others)) + information(others)


def is_of_script(text: str, script: str) -> bool:
    """Whether the letters beyond ASCII are of a script, and stand in words as its letters do."""
    counts = Counter(character for character in text if character > "\x7f")
    letters = {c: n for c, n in counts.items() if _is_letter(c)}
    own = sum(n for c, n in letters.items() if _script(c) in (script, "COMBINING"))
    if own < OF_SCRIPT * sum(letters.values()):
        return False
    if len(_LOST_MARK.findall(text)) > MIXED * len(_THAI_MARK.findall(text)):
        return False
    if script == "LATIN":
        return has_western_form(text)
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    mixed = sum(bool(_BARE_LETTER.search(word)) for word in words)
    if _oddities(counts) > ODD * counts.total() or mixed > MIXED * len(words):
        return False
    return not mixes_scripts(text)


def _is_letter(character: str) -> bool:
    """Whether a character is a letter or a mark on one."""
    return unicodedata.category(character)[0] in "LM"


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def mixes_scripts(text: str) -> bool:
    """Whether many words have letters of two alphabets, or capitals behind small letters."""
    return len(_MIXED_WORD.findall(text)) > MIXED * len(_WORD.findall(text))


def has_western_form(text: str) -> bool:
    """Whether accents stand as in Western languages: within words, few beside each other."""
    counts = Counter(character for character in text if character > "\x7f")
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    solid = sum(len(word) >= 3 and not _BARE_LETTER.search(word) for word in words)
    capital = sum(bool(_CAPITAL_INSIDE.search(word)) for word in words)
    if _oddities(counts) > ODD * counts.total() or capital > MIXED * len(words):
        return False
    return solid <= SOLID * len(words)


def _oddities(counts: Counter[str]) -> int:
    """How many characters beyond ASCII are neither letters, marks on them, nor punctuation."""
    return sum(n for c, n in counts.items() if not (_is_letter(c) or c in _WESTERN_MARKS))


def has_accents_of_a_language(text: str) -> bool:
    """Whether the accented letters are those of one language, or in every line of one."""
    total = sum(character > "\x7f" and character.isalpha() for character in text)
    by_line = sum(_of_one_language(line, _ALPHABETS[:-1]) for line in text.splitlines())
    return _of_one_language(text, _ALPHABETS) >= 0.95 * total or by_line >= 0.98 * total


def _of_one_language(text: str, alphabets: Sequence[frozenset[str]]) -> int:
    """How many of the accented letters belong to the language that has most of them."""
    counts = Counter(character for character in text if character > "\x7f")
    return max(sum(n for c, n in counts.items() if c in alphabet) for alphabet in alphabets)
