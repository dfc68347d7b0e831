"""Builds and adoptions as the texts that their commits carry."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from lakekit.app.codec import decode, encode
from lakekit.domain.adoption import Adoption
from lakekit.domain.build import Build

MARK = "lakekit.build"
"""The key by which a build's note is known among the notes of others."""

ADOPTION_MARK = "lakekit.adoption"
"""That of an adoption's. It is no build: what a build goes by, its inputs and its code, stays that of the last one."""

Told = TypeVar("Told")


def encode_build(build: Build) -> str:
    """One line of JSON."""
    return _encoded(MARK, build)


def decode_build(text: str | None) -> Build | None:
    """The build, or None where the text is no note of one. Raises StateError for one that cannot be read."""
    return _decoded(MARK, text, Build)


def encode_adoption(adoption: Adoption) -> str:
    """One line of JSON."""
    return _encoded(ADOPTION_MARK, adoption)


def decode_adoption(text: str | None) -> Adoption | None:
    """The adoption, as `decode_build` gives a build."""
    return _decoded(ADOPTION_MARK, text, Adoption)


def _encoded(mark: str, told: object) -> str:
    return json.dumps({mark: json.loads(encode(told))}, separators=(",", ":"))


def _decoded(mark: str, text: str | None, kind: type[Told]) -> Told | None:
    if not text or f'"{mark}"' not in text:
        return None
    try:
        told: Any = json.loads(text)
    except ValueError:
        return None
    return decode(json.dumps(told[mark]), kind) if isinstance(told, dict) and mark in told else None
