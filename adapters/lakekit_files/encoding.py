"""Texts in other encodings than UTF-8, and bytes that are none.

On their way to UTF-8, bytes that cannot be decoded become low surrogates, U+DC00 and their value. UTF-8 has none of
these, so their records are found malformed like others that are no UTF-8, and what the bytes were can still be told.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

UTF8 = "utf-8"

_MARK = "lakekit.undecodable"
_MARKED = re.compile("[\udc00-\udcff]")
_NO_TEXTS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem", "utf-7"}
"""Python's codecs that read texts, and no text that is in a file in that encoding."""


def encoding_of(told: str) -> str:
    """The encoding's name as Python has it. Raises LookupError for one that it has not, or that is not for texts."""
    name = codecs.lookup(told).name
    if name.replace("_", "-") in _NO_TEXTS:
        raise LookupError(told)
    b"a".decode(name, "ignore")
    # A mark at the beginning is no part of a text here, told or not.
    return UTF8 if name == "utf-8-sig" else name


def transcoded(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """`chunks` in UTF-8. What is in UTF-8 comes as it is, right or wrong."""
    if encoding == UTF8:
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)(_MARK)
    for chunk in chunks:
        yield decoder.decode(chunk).encode(UTF8, "surrogatepass")
    yield decoder.decode(b"", final=True).encode(UTF8, "surrogatepass")


def spelled(data: bytes, encoding: str) -> str:
    """A malformed record as a text: each byte that cannot be decoded as `\\xff`."""
    if encoding == UTF8:
        return data.decode(errors="backslashreplace")
    return _MARKED.sub(lambda mark: f"\\x{ord(mark[0]) - 0xDC00:02x}", data.decode(UTF8, "surrogatepass"))


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101  # registered for decoding alone
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_MARK, _mark)
