"""The user's dictionary, from a file into the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chat.cli.context import Context
from ingest.errors import SettingError

if TYPE_CHECKING:
    from index.files.update import Opener
    from index.index import Index


def opener(context: Context) -> Opener:
    """Opens the library; if the settings name a dictionary, its terms are cut by that.

    Raises SettingError if the dictionary can't be read, or a line isn't a word.
    """
    if not context.settings.user_dictionary:
        return context.open_index
    words = _read(Path(context.settings.user_dictionary))

    def open_index(*, create: bool) -> Index:
        index = context.open_index(create=create)
        try:
            index.use_words(words)
        except BaseException:
            index.close()
            raise
        return index

    return open_index


def _read(path: Path) -> str:
    from index.dictionary import user_words

    try:
        lines = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingError(
            f"The user dictionary {path} can't be read ({reason}): give a text file in UTF-8",
            f"无法读取用户词典 {path}（{reason}）：请给出 UTF-8 编码的文本文件",
        ) from error
    user_words(lines)
    return lines
