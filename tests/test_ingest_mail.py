from __future__ import annotations

import base64
import contextlib
from email.message import EmailMessage, Message

import pytest
from documents import docx, word_paragraph
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import EmptyFile, LockedFile, ReadError, UnknownFormat
from ingest.formats import File, Options
from ingest.formats.mail import DEEPEST, MOST_ATTACHMENTS, read
from ingest.types import Article, Reading

TEXT = "去年，市里建成十家城市书房。\n读者可以读到夜里十点。\n"


def read_mail(message: Message | bytes) -> Reading:
    content = message if isinstance(message, bytes) else message.as_bytes()
    return read(File("mail.eml", content=content), Options())


def only(message: Message | bytes) -> Article:
    (article,) = read_mail(message).articles
    return article


def mail(text: str = TEXT, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "林晓 <lin@a.example>"
    message["Subject"] = headers.pop("subject", "城市书房点亮夜晚")
    message["Date"] = "Wed, 05 Jun 2024 23:30:00 +0800"
    message.set_content(text, **headers)
    return message


@pytest.mark.parametrize("cte", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_reads_a_message(cte: str, charset: str) -> None:
    article = only(mail(charset=charset, cte=cte))
    assert article.title == "城市书房点亮夜晚"
    assert article.authors == ("林晓",)
    assert article.published == "2024-06-05"
    assert article.text == TEXT.strip()
    assert article.guessed == ()


def test_an_address_is_no_name() -> None:
    message = mail()
    message.replace_header("From", "lin@a.example")
    assert only(message).authors == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_headers_and_text_may_be_raw_bytes_without_a_charset(encoding: str) -> None:
    raw = f"From: 林晓 <lin@a.example>\nSubject: 城市书房点亮夜晚\nDate: 2024-06-05\n\n{TEXT}"
    article = only(raw.encode(encoding))
    assert (article.title, article.authors) == ("城市书房点亮夜晚", ("林晓",))
    assert article.published == "2024-06-05"
    assert article.text == TEXT.strip()


def test_a_wrong_charset_is_not_believed() -> None:
    raw = "Subject: a\nContent-Type: text/plain; charset=iso-8859-1\n\n" + TEXT
    assert only(raw.encode("gb18030")).text == TEXT.strip()
    assert only(raw.replace("iso-8859-1", "no-such").encode()).text == TEXT.strip()


def test_a_whole_message_in_utf16() -> None:
    assert only(f"From: a\nSubject: 书房\n\n{TEXT}".encode("utf-16")).text == TEXT.strip()


def test_plain_text_is_preferred_and_html_is_read_where_it_is_alone() -> None:
    message = mail()
    message.add_alternative("<p>网页文字</p>", subtype="html")
    assert only(message).text == TEXT.strip()
    assert only(mail("<h2>标题</h2><p>网页文字</p>", subtype="html")).text == "标题\n网页文字"


def test_lines_that_a_program_broke_are_joined() -> None:
    long = "This line was broken by the mail program that it was written with, as"
    text = (
        f"Hi,\n\n{long}\nit was too long.\n- one\n- two\n\nRegards,\nJane\n-- \nJane Doe\nEditor\n"
    )
    assert only(mail(text)).text.split("\n") == [
        "Hi,", f"{long} it was too long.", "- one", "- two", "Regards,", "Jane", "--", "Jane Doe",
        "Editor",
    ]  # fmt: skip


def test_flowed_lines_are_joined() -> None:
    text = "One sentence \ngoes on.\n> quoted \n> text\nanswer \n-- \nJane\n"
    message = mail(text)
    message.set_param("format", "flowed")
    expected = ["One sentence goes on.", "quoted text", "answer", "--", "Jane"]
    assert only(message).text.split("\n") == expected


def test_attachments_are_read_or_named() -> None:
    message = mail()
    message.add_attachment(
        docx(word_paragraph("附件的正文。")),
        maintype="application",
        subtype="octet-stream",
        filename="../附件.docx",
    )
    message.add_attachment(b"\x00\x01", maintype="audio", subtype="mpeg", filename="song.mp3")
    message.add_attachment(b"\x00\x01\x02\xff" * 99, maintype="x", subtype="y", filename="a.xyz")
    reading = read_mail(message)
    assert [(one.path, one.text) for one in reading.articles] == [
        ("mail.eml", TEXT.strip()),
        ("mail.eml/附件.docx", "附件的正文。"),
    ]
    assert ["song.mp3" in str(one) for one in reading.problems] == [True, False]
    assert "a.xyz" in reading.problems[1].chinese


def test_messages_in_a_message_are_articles() -> None:
    outer = EmailMessage()
    outer["Subject"] = "转发"
    outer.set_content("见下。")
    outer.add_attachment(mail())
    assert [one.title for one in read_mail(outer).articles] == ["转发", "城市书房点亮夜晚"]


def test_messages_and_attachments_are_bounded() -> None:
    message = mail()
    for _ in range(DEEPEST + 3):
        outer = EmailMessage()
        outer["Subject"] = "外层"
        outer.set_content("信。")
        outer.add_attachment(message)
        message = outer
    reading = read_mail(message)
    assert len(reading.articles) == DEEPEST + 1
    assert len(reading.problems) == 1
    crowded = mail()
    for i in range(MOST_ATTACHMENTS + 2):
        crowded.add_attachment(f"附件第{i}件的文字。", filename=f"{i}.txt")
    reading = read_mail(crowded)
    assert len(reading.articles) == MOST_ATTACHMENTS + 1
    assert len(reading.problems) == 2


def test_deep_multiparts_are_survived() -> None:
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n" for i in range(300))
    with contextlib.suppress(ReadError):
        assert read_mail(f"Subject: a\n{head}\ntext\n".encode()).articles


ARMOUR = "-----BEGIN PGP MESSAGE-----\n\nhIwDY32hYGCE8MkB\n-----END PGP MESSAGE-----\n"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"From: a@a.example\n\n", EmptyFile),
        (b"\xd0\xcf\x11\xe0" + bytes(600), UnknownFormat),
        (b"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--\n", LockedFile),
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nAAAA", LockedFile),
        (f"From: a\n\n{ARMOUR}".encode(), LockedFile),
    ],
)
def test_says_why_a_message_cannot_be_read(content: bytes, error: type[ReadError]) -> None:
    with pytest.raises(error) as caught:
        read_mail(content)
    assert "mail.eml" in caught.value.english
    assert "mail.eml" in caught.value.chinese


def test_an_encrypted_part_beside_a_text_is_a_problem() -> None:
    secret = mail()
    secret.add_attachment(ARMOUR, disposition="inline")
    reading = read_mail(secret)
    assert len(reading.articles) == 1
    assert [type(one) for one in reading.problems] == [LockedFile]


@given(st.binary(max_size=400))
def test_any_bytes_give_articles_or_a_clear_error(content: bytes) -> None:
    wrapped = base64.b64encode(content)
    for raw in (
        content,
        b"Subject: " + content,
        b"From: " + content + b"\nContent-Type: text/plain; charset=gbk\n\n" + content,
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + content + b"\n--b--",
        b"Subject: a\nContent-Transfer-Encoding: base64\n\n" + wrapped,
    ):
        with contextlib.suppress(ReadError):
            assert read_mail(raw).articles


def test_a_message_in_big5() -> None:
    text = "去年，市裡建成十家城市書房，讀者可以讀到夜裡十點。"
    assert only(mail(text, charset="big5", cte="base64")).text == text


def test_a_subject_is_no_text_where_a_picture_was_sent() -> None:
    message = (
        b"From: a@b.example\r\nSubject: Our new bridge\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: image/png; name=bridge.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=bridge.png\r\n\r\n"
        + base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(4000))
    )
    with pytest.raises(ReadError, match=r"bridge\.png"):
        read(File("a.eml", content=message), Options(ocr=False))


def test_long_mails_of_wrapped_lines_are_read_in_one_go() -> None:
    line = "河边的石桥修好了来往的人比从前多了一倍老人说从前过河要等渡船"
    body = 20_000 * (line + "\n")
    message = f"From: a@b.example\nSubject: 石桥\n\n{body}".encode()
    (article,) = read(File("a.eml", content=message), Options()).articles
    assert len(article.text) == 20_000 * len(line)
