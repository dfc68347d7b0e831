"""Reading Thrift's compact protocol, in which Parquet writes its footers: structures as values by field number."""

from __future__ import annotations

import struct
from typing import Any

_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(13)

_FIXED = {_TRUE: "<b", _FALSE: "<b", _BYTE: "<b", _DOUBLE: "<d"}
"""Of a list: there booleans are bytes, 1 for true."""


def read_struct(data: bytes) -> dict[int, Any]:
    """The structure that `data` begins with: numbers, bytes, lists, and structures within it.

    Raises ValueError or IndexError where there is none.
    """
    return _Reader(data).struct()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> dict[int, Any]:
        fields: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != _STOP:
            step, kind = head >> 4, head & 15
            number = number + step if step else self._signed()
            fields[number] = kind == _TRUE if kind in {_TRUE, _FALSE} else self._value(kind)
        return fields

    def _value(self, kind: int) -> Any:
        if kind in {_I16, _I32, _I64}:
            return self._signed()
        if kind == _BINARY:
            return self._take(self._unsigned())
        if kind == _STRUCT:
            return self.struct()
        if kind in {_LIST, _SET}:
            return self._list()
        if kind in _FIXED:
            return struct.unpack(_FIXED[kind], self._take(struct.calcsize(_FIXED[kind])))[0]
        if kind == _MAP:
            return self._map()
        raise ValueError(f"no Thrift type has the number {kind}")

    def _list(self) -> list[Any]:
        head = self._byte()
        size, kind = head >> 4, head & 15
        return [self._value(kind) for _ in range(self._unsigned() if size == 15 else size)]

    def _map(self) -> dict[Any, Any]:
        size = self._unsigned()
        kinds = self._byte() if size else 0
        return {self._value(kinds >> 4): self._value(kinds & 15) for _ in range(size)}

    def _signed(self) -> int:
        told = self._unsigned()
        return (told >> 1) ^ -(told & 1)

    def _unsigned(self) -> int:
        value, shift = 0, 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise ValueError("the footer is cut off")
        self._at += size
        return taken
