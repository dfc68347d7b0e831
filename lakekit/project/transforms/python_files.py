"""A transform as a file of Python: one function under `@transform(...)`, whose options are read and not run.

    @transform(inputs={"orders": "bronze.orders"}, materialization="merge", keys=["order_id"])
    def orders(orders: DataFrame) -> DataFrame: ...

The file is imported when the transform is evaluated, and no sooner: a plan runs no code of a project.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from keyword import iskeyword
from pathlib import Path

from attrs import evolve

from lakekit.domain.lineage import DECLARED, ColumnSource, Sources
from lakekit.domain.names import Dataset
from lakekit.domain.transform import Language, Mention, Transform
from lakekit.project.nodes import Fields, Node, Place, Scalar, Series, check_new, scalar
from lakekit.project.reading import bad_value, dataset_name, fields, listed, required, series, text
from lakekit.project.transforms.fingerprint import fingerprint
from lakekit.project.transforms.functions import ProjectFunction
from lakekit.project.transforms.options import Around, read_options

DECORATOR = "transform"
_OWN = ("inputs", "lineage")
"""Options that files of SQL have not: there both are known."""
_PLAIN = (bool, int, float, type(None))


def read_python(
    root: Path, file: str, content: str, dataset: Dataset, around: Around
) -> tuple[Transform, ProjectFunction]:
    """The transform of a file, and its function. Raises ConfigError, at the place, for what is no Python, for a file
    without a decorated function or with several, and for options that are no literals."""
    tree = _parsed(content, file)
    function, call = _decorated(tree, file)
    options = _options(call, file)
    inputs = _inputs(options, function, file)
    told = Transform(
        dataset,
        Language.PYTHON,
        tuple(Mention(name, str(place)) for name, place in inputs.values()),
        fingerprint(root, tree, function),
        file,
    )
    if "lineage" in options.entries:
        told = evolve(told, lineage=_lineage(options.entries["lineage"], told))
    others = {key: node for key, node in options.entries.items() if key not in _OWN}
    keys = {key: options.keys[key] for key in others}
    made = read_options(Fields(options.name, others, keys, options.place), told, around) if others else told
    given = {parameter: name for parameter, (name, _) in inputs.items()}
    return made, ProjectFunction(root / file.removeprefix(around.prefix), function.name, given)


def _parsed(content: str, file: str) -> ast.Module:
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError) as error:
        line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
        why = getattr(error, "msg", None) or type(error).__name__
        raise Place(file, line, column).error(
            "transform.python_syntax", f"{file} is not valid Python", why, "correct the line"
        ) from None


def _decorated(tree: ast.Module, file: str) -> tuple[ast.FunctionDef, ast.Call]:
    found = [
        (statement, decorator)
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef)
        for decorator in statement.decorator_list
        if _name(decorator.func if isinstance(decorator, ast.Call) else decorator) == DECORATOR
    ]
    called = [(function, decorator) for function, decorator in found if isinstance(decorator, ast.Call)]
    if len(found) != 1 or not called:
        place = _place(found[-1][0], file) if found else Place(file)
        raise place.error(
            "transform.no_function",
            f"{file} has {len(found) or 'no'} function under @transform(...)",
            "a file makes one dataset, by one function, whose inputs @transform(inputs=...) names",
            "write one; put what others share into a file that begins with _",
        )
    return called[0]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _options(call: ast.Call, file: str) -> Fields:
    if call.args or any(keyword.arg is None for keyword in call.keywords):
        raise _not_literal(_place(call, file))
    entries: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for keyword in call.keywords:
        name = str(keyword.arg)
        name = name[:-1] if iskeyword(name[:-1]) else name  # except_
        keys[name] = _place(keyword, file)
        entries[name] = _node(keyword.value, name, file)
    return Fields(f"@{DECORATOR}", entries, keys, _place(call, file))


def _node(value: ast.expr, name: str, file: str) -> Node:
    place = _place(value, file)
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return Series(name, tuple(_node(item, name, file) for item in value.elts), place)
    if isinstance(value, ast.Dict):
        return _fields(value, name, file)
    if not isinstance(value, ast.Constant):
        raise _not_literal(place)
    if isinstance(value.value, str):
        return scalar(name, value.value, place, plain=False)
    if isinstance(value.value, _PLAIN):
        told = "" if value.value is None else str(value.value).lower()
        return Scalar(name, told, place, True, False, told)
    raise _not_literal(place)


def _fields(value: ast.Dict, name: str, file: str) -> Fields:
    entries: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for key, item in zip(value.keys, value.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            raise _not_literal(_place(key or value, file))
        place = _place(key, file)
        check_new(key.value, place, keys)
        keys[key.value], entries[key.value] = place, _node(item, key.value, file)
    return Fields(name, entries, keys, _place(value, file))


def _inputs(options: Fields, function: ast.FunctionDef, file: str) -> Mapping[str, tuple[str, Place]]:
    """The dataset of each parameter, and where it is named."""
    told = fields(required(options, "inputs"))
    made = {parameter: (dataset_name(node), node.place) for parameter, node in told.entries.items()}
    signature = function.args
    parameters = [a.arg for a in (*signature.posonlyargs, *signature.args, *signature.kwonlyargs)]
    if signature.posonlyargs or signature.vararg or signature.kwarg or set(parameters) != set(made):
        raise _place(function, file).error(
            "transform.bad_parameters",
            f"{function.name} takes {listed(parameters)}, and its inputs are {listed(made)}",
            "each input is handed to the parameter of its name, and nothing else is",
            "give the function a parameter for each input",
        )
    return made


def _lineage(node: Node, transform: Transform) -> Mapping[str, Sources]:
    """`{"email": ["bronze.customers.email"]}`: of which columns of its inputs each is made."""
    return {
        column: tuple(_source(text(item), transform) for item in series(sources))
        for column, sources in fields(node).entries.items()
    }


def _source(told: Scalar, transform: Transform) -> ColumnSource:
    dataset, dot, name = told.text.rpartition(".")
    if not dot or dataset not in transform.input_names:
        why = f"the inputs are {listed(transform.input_names)}"
        raise bad_value(told, why, "write layer.dataset.column", "transform.unknown_input")
    return ColumnSource(dataset, name, True, DECLARED)


def _place(node: ast.expr | ast.keyword | ast.FunctionDef, file: str) -> Place:
    return Place(file, node.lineno, node.col_offset + 1)


def _not_literal(place: Place) -> Exception:
    return place.error(
        "transform.not_literal",
        "an option of @transform is computed",
        "options are read without running the file, so that a plan runs no code",
        "write keywords with texts, numbers, lists and dicts of them",
    )
