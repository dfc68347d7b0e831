"""`${NAME}` in settings, and the guard that keeps secrets out of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import evolve

from lakekit.project.nodes import Fields, Node, Scalar, Series

_REFERENCE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{")
_SECRET = re.compile(r"secret://[a-z][a-z0-9_-]*/[^\s/][^\s]*")
_SECRET_KEY = re.compile(
    r"(.*_)?(passwords?|passwd|pwd|passphrase|secrets?|tokens?|credentials?|"
    r"((api|access|account|private|shared|secret|encryption|signing)_?keys?))(_value)?"
)
_USER_INFO = re.compile(r"://[^/?#\s]*:[^/?#\s]*@")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def resolve(node: Node, env: Mapping[str, str]) -> Node:
    """The tree with each `${NAME}` in a value replaced from `env` and each `$${` turned into `${`.

    Raises ConfigError for a name that is not set, and for a secret that is written out: under a key such as
    `password` nothing can stand but a reference, `secret://env/NAME`, and in a URL no user with a password.
    References stay references.
    """
    return _resolved(node, env, secret=False)


def _resolved(node: Node, env: Mapping[str, str], secret: bool) -> Node:
    if isinstance(node, Series):
        return evolve(node, items=tuple(_resolved(item, env, secret) for item in node.items))
    if isinstance(node, Fields):
        entries = {k: _resolved(v, env, secret or _names_secret(k)) for k, v in node.entries.items()}
        return evolve(node, entries=entries)
    found = evolve(node, text=_REFERENCE.sub(lambda match: _value(match, node, env), node.text))
    _check_secret(found, secret)
    return found


def _value(match: re.Match[str], node: Scalar, env: Mapping[str, str]) -> str:
    if match[0] == "$${":
        return "${"
    name = match[1]
    if name is None:
        raise node.place.error(
            "config.bad_variable",
            f"{node.name!r} has a ${{ that names no variable",
            "a variable is written ${NAME}: letters, digits and _, without a default",
            "write ${NAME}, or $${ for the characters themselves",
        )
    if name not in env or not _clean(env[name]):
        raise node.place.error(
            "config.unset_variable",
            f"{name} is not set" if name not in env else f"{name} holds a character that no setting can have",
            f"{node.name!r} takes its value from the environment",
            f"set {name} in the environment before you run lakekit",
        )
    return env[name]


def _clean(text: str) -> bool:
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)


def _check_secret(node: Scalar, secret: bool) -> None:
    refers = node.text.startswith("secret://")
    if refers and not _SECRET.fullmatch(node.text):
        raise node.place.error(
            "config.bad_secret",
            f"{node.name!r} holds no reference to a secret",
            "a reference is written secret://env/NAME",
            "name the store and the secret in it, without blanks",
        )
    if (secret and not refers) or _USER_INFO.search(node.text):
        raise node.place.error(
            "config.literal_secret",
            f"{node.name!r} holds a secret, or something else where one belongs",
            "settings are read, copied and printed, and a secret in them with them",
            "put the secret into the environment and write secret://env/NAME",
        )


def _names_secret(key: str) -> bool:
    return _SECRET_KEY.fullmatch(_CAPITAL.sub("_", key).replace("-", "_").lower()) is not None
