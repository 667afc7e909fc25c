"""Documents that are zip files with XML inside: those of Office, OpenDocument files, EPUB books."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zipfile import ZipFile

from ingest.errors import DamagedFile, FileTooLarge
from ingest.formats import File
from ingest.zips import check_members, open_zip, read_member

LARGEST_MEMBER = 96 * 2**20  # bytes of XML, which takes many times as much memory


@dataclass(frozen=True, slots=True)
class Package:
    """An open document; ``name`` is for messages."""

    archive: ZipFile
    name: str

    def has(self, member: str) -> bool:
        """Whether there is a member of that name."""
        return member in self.archive.NameToInfo

    def read(self, member: str) -> bytes:
        """A member's bytes. Raises DamagedFile, FileTooLarge, LockedFile."""
        info = self.archive.NameToInfo.get(member)
        if info is None:
            raise damaged(self.name)
        if info.file_size > LARGEST_MEMBER:
            raise too_large(self.name)
        return read_member(self.archive, info, self.name)

    def xml(self, member: str) -> Any:
        """A member's root element. Raises DamagedFile, FileTooLarge, LockedFile."""
        return parse_xml(self.read(member), self.name)

    def related(self, member: str) -> dict[str, tuple[str, str]]:
        """What a member of an Office document refers to: kind and name of the part, by id."""
        folder, base = posixpath.split(member)
        listed = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(listed):
            return {}
        return {
            one.get("Id", ""): (
                one.get("Type", "").rsplit("/", 1)[-1],
                resolve(folder, one.get("Target", "")),
            )
            for one in self.xml(listed)
        }


@contextmanager
def open_package(file: File) -> Iterator[Package]:
    """The document, its sizes checked. Raises DamagedFile, FileTooLarge, LockedFile."""
    with open_zip(file) as archive:
        check_members(archive, file)
        yield Package(archive, file.name)


def resolve(folder: str, target: str) -> str:
    """The name of the member that ``target``, a reference from within ``folder``, stands for."""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def local(element: Any) -> str:
    """An element's name without its namespace; nothing for what is no element."""
    return _bare(element.tag)


@lru_cache(maxsize=1024)
def _bare(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """The value of the attribute of that name, in whatever namespace."""
    return next((v for key, v in element.attrib.items() if key.rpartition("}")[2] == name), None)


def parse_xml(data: bytes, name: str) -> Any:
    """The root element; entities stay unexpanded, nothing is fetched. Raises DamagedFile.

    The parser's own limits on depth, on the length of a text and on what entities in attributes
    expand to are left on.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged(name) from error


def damaged(name: str) -> DamagedFile:
    """What is said of a document that breaks its format's rules."""
    return DamagedFile(
        f"{name} is damaged; open it in the program that it was made with and save it again",
        f"{name} 已损坏；请用原来的程序打开并重新保存",
    )


def too_large(name: str) -> FileTooLarge:
    """What is said of a document that unpacks to more than a reader takes."""
    return FileTooLarge(
        f"{name} holds far too much text at once; split it into smaller files",
        f"{name} 内容过大；请拆分成较小的文件",
    )
