"""What a function of a project does, as a text that changes when its code, or code of the project that it uses, does.

Layout, comments and docstrings do not count. Of its own file that is what the function names, and what that names in
turn; of other files of the project that are imported, all. A plugin's transforms may stand in its package: then
modules of that package are such files. What else is installed does not count: a plan would differ from one machine to
the next.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

_DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


def fingerprint(root: Path, tree: ast.Module, function: ast.FunctionDef) -> str:
    """64 hex digits of the function in the module `tree` of the project in `root`. Its decorators do not count: options
    are compared by themselves."""
    statements = _reached(tree, function)
    told = sorted(_dumped(statement) for statement in statements if statement is not function)
    bare = ast.FunctionDef(**{**vars(function), "decorator_list": []})
    modules = sorted(_modules(root, statements, set()))
    return hashlib.sha256(repr([_dumped(bare), told, modules]).encode()).hexdigest()


def _reached(tree: ast.Module, function: ast.FunctionDef) -> list[ast.stmt]:
    """The statements of the module that define what the function names, directly or not, imports among them."""
    defines = [(statement, _defined(statement)) for statement in tree.body]
    found: list[ast.stmt] = [function]
    for statement in found:
        names = _named(statement)
        found += [other for other, defined in defines if other not in found and defined & names]
    return found


def _defined(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _named(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}


def _modules(root: Path, statements: list[ast.stmt], seen: set[Path]) -> Iterator[tuple[str, str]]:
    """The files of the project that these statements import, and those that they import, by path."""
    for name in _imported(statements):
        path = _file(root, name)
        if path is None or path in seen:
            continue
        seen.add(path)
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (OSError, ValueError, SyntaxError):
            continue  # told when it is imported
        yield path.relative_to(root).as_posix(), _dumped(tree)
        yield from _modules(root, tree.body, seen)


def _imported(statements: list[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file(root: Path, module: str) -> Path | None:
    parts = module.split(".")
    if parts[0] == root.name and (root / "__init__.py").is_file():
        parts = parts[1:]
    base = root.joinpath(*parts)
    found = (path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file())
    return next(found, None)


def _dumped(node: ast.AST) -> str:
    return ast.dump(_Undocumented().visit(ast.parse(ast.unparse(node))))


class _Undocumented(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node, _DOCUMENTED) and node.body and _is_text(node.body[0]):
            node.body = node.body[1:] or [ast.Pass()]
        return node


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
