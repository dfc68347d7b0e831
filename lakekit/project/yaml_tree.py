"""YAML as a tree: composed by the safe loader, never constructed, so nothing in it is guessed or run."""

from __future__ import annotations

from typing import Any

import yaml

from lakekit.domain.errors import ConfigError
from lakekit.project.nodes import Fields, Node, Place, Scalar, Series, check_depth, check_new, scalar

_INDIRECT = ("while scanning an anchor", "while scanning an alias", "while scanning a tag")
"""Where the scanner stops in texts such as `*.csv`, which nobody meant as an alias."""


def yaml_tree(text: str, file: str) -> Node:
    """The one document of `text`. Raises ConfigError, at the place, for what is not YAML, and for anchors,
    aliases and tags: they make a file mean something else than it shows, and a small file a huge one."""
    try:
        root = _Composer(text, file).get_single_node()
    except yaml.reader.ReaderError as error:
        raise _syntax(_position(text, error.position, file), "a character that YAML does not allow") from None
    except yaml.MarkedYAMLError as error:
        raise _marked(error, file) from None
    except (ValueError, OverflowError, yaml.YAMLError):
        # Two slips of the scanner: an escape beyond Unicode, and a version number of thousands of digits.
        raise _syntax(Place(file), "an escape or a directive that cannot be read") from None
    tree = _node(root, "the file", file) if root else None
    if tree is None or (isinstance(tree, Scalar) and tree.absent):
        raise empty(file)
    return tree


def empty(file: str) -> ConfigError:
    """The error of a file that says nothing."""
    return Place(file).error(
        "config.empty",
        f"{file} is empty",
        "a file without keys is more often lost than meant",
        "write it, or delete it",
    )


class _Composer(yaml.SafeLoader):
    def __init__(self, text: str, file: str) -> None:
        super().__init__(text)
        self._file, self._depth = file, 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # types-PyYAML has no type for it
        place = _place(event.start_mark, self._file)
        check_depth(self._depth, place)
        _refuse_indirection(event, place)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _refuse_indirection(event: yaml.Event, place: Place) -> None:
    if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
        raise _indirect(place)


def _indirect(place: Place) -> ConfigError:
    return place.error(
        "config.unsupported_yaml",
        "anchors (&), aliases (*) and tags (!) are not used in project files",
        "a value shall be read where it stands; a text that begins with one of these needs quotes",
        "write the value itself, or put the text in quotes",
    )


def _node(node: yaml.Node, name: str, file: str, at: Place | None = None) -> Node:
    place = _place(node.start_mark, file)
    if isinstance(node, yaml.ScalarNode):
        return scalar(name, node.value, place, plain=node.style is None)
    if isinstance(node, yaml.SequenceNode):
        return Series(name, tuple(_node(item, name, file) for item in node.value), at or place)
    entries: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for key_node, value in node.value:
        key, key_place = _key(key_node, file)
        check_new(key, key_place, keys)
        keys[key], entries[key] = key_place, _node(value, key, file, key_place)
    return Fields(name, entries, keys, at or place)


def _key(node: yaml.Node, file: str) -> tuple[str, Place]:
    place = _place(node.start_mark, file)
    if not isinstance(node, yaml.ScalarNode):
        raise _syntax(place, "a list or mapping stands where a key should")
    return scalar("a key", node.value, place, plain=False).text, place


def _marked(error: yaml.MarkedYAMLError, file: str) -> ConfigError:
    if error.context in _INDIRECT:
        return _indirect(_place(error.context_mark, file))
    place = _place(error.problem_mark or error.context_mark, file)
    problem = error.problem or "not YAML"
    if "'\\t'" in problem:
        return place.error(
            "config.tab",
            "a tab stands where YAML wants blanks",
            "YAML forbids tabs in indentation and between a key and its value",
            "replace the tab by blanks",
        )
    return _syntax(place, problem)


def _place(mark: Any, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


def _syntax(place: Place, why: str) -> ConfigError:
    if "block end" in why:
        why, next_ = "the line is indented otherwise than those beside it", "give it as many blanks as they have"
    else:
        next_ = "mend the line, or put the text in quotes"
    return place.error("config.syntax", "not valid YAML", why, next_)


def _position(text: str, position: int, file: str) -> Place:
    before = text[:position]
    return Place(file, before.count("\n") + 1, position - before.rfind("\n"))
