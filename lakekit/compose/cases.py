"""The cases of a project's transforms, ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory
from typing import Protocol

from attrs import frozen

from lakekit.app.cases.bench import Bench
from lakekit.app.cases.catalogue import Catalogue
from lakekit.app.cases.check import check, prepare
from lakekit.app.cases.create import create
from lakekit.app.cases.sample import Wish
from lakekit.app.tools import Tools
from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.compose.transforms import declared, importable
from lakekit.domain.errors import ConfigError
from lakekit.domain.transform_case import CaseReport, TransformCase
from lakekit.plugin.once import once
from lakekit.ports.engine import Engine
from lakekit.ports.runtime import SparkRuntime
from lakekit.project.cases.discovery import FOLDER, cases_of, in_bucket
from lakekit.project.cases.reading import read_cases
from lakekit.project.cases.writing import Rows, case_text, write_new
from lakekit.project.model import Settings
from lakekit.project.selection import Selection, named
from lakekit.project.yaml_tree import yaml_tree


class Apart(Protocol):
    """The project with a lake of its own."""

    @property
    def tools(self) -> Tools: ...

    def runtime(self) -> SparkRuntime: ...

    def close(self) -> None: ...


@frozen
class Place:
    """Where cases run: an engine and a runtime for all of them, and a way to an empty lake for each."""

    catalogue: Catalogue
    bench: Callable[[], Bench]
    key: bytes


@frozen
class Created:
    """A file with a new case: the rows of each input, those that are expected, and columns that had to be left out."""

    file: str
    given: Mapping[str, int]
    expected: int
    left_out: tuple[str, ...] = ()


class Cases:
    """`packages` finds the folder of a plugin's transforms; `apart` makes the project with an empty lake in a folder,
    with an engine or a new one, and `runtime` the runtime of such a one."""

    def __init__(
        self,
        settings: Settings,
        packages: Callable[[str], Path],
        apart: Callable[[Path, Engine | None], Apart],
        runtime: Callable[[Apart], SparkRuntime],
    ) -> None:
        self._settings, self._packages, self._apart, self._runtime = settings, packages, apart, runtime

    def run(self, selection: Selection, patterns: Sequence[str] = ()) -> Iterator[CaseReport]:
        """Run the cases of the selected transforms whose names match one of the patterns, or all; the reports as they
        come. Raises ConfigError for mistakes in any of them, before the first has run, and where there is none and the
        selection may not be empty."""
        chosen = self.chosen(selection, patterns)
        if not chosen:
            return
        with self.place() as place:
            prepared = [prepare(case, place.catalogue) for case in chosen]
            for each in prepared:
                yield check(place.bench(), each, place.catalogue, place.key)

    def chosen(self, selection: Selection, patterns: Sequence[str] = ()) -> tuple[TransformCase, ...]:
        """The cases that `run` runs. Raises ConfigError as it does."""
        every = cases_of(self._settings, self._packages)
        meant = self._meant(selection)
        found = tuple(c for c in every if c.transform in meant and (not patterns or _matches(c.name, patterns)))
        if not found and not selection.may_be_empty:
            raise _no_case(every)
        return found

    def create(self, name: str, wish: Wish, tools: Callable[[], Tools]) -> Created:
        """Write a case of the transform from rows of the lake behind `tools`. Raises ConfigError for what is none, and
        what `lakekit.app.cases.create` does."""
        if self._settings.bucket:
            raise in_bucket(self._settings.bucket)
        transform = named({job.transform.name: job.transform for job in self.jobs}, name)
        with self.place() as place:
            made = create(tools(), place.bench(), place.catalogue, transform.name, wish, place.key)
            day = tools().clock.now().date()
        inputs = {name: Rows(told.columns, told.rows) for name, told in made.inputs.items()}
        expected = Rows(made.expected.columns, made.expected.rows)
        text = case_text(f"rows of {day}", transform.dataset, inputs, expected, now=made.now)
        read_cases(yaml_tree(text, FOLDER), [transform.name])
        file = write_new(self._settings.root, transform.dataset, text)
        given = {name: len(told.rows) for name, told in made.inputs.items()}
        return Created(file, given, len(expected.rows), tuple(sorted(made.left_out)))

    def _meant(self, selection: Selection) -> set[str]:
        if not selection.names and not selection.exclude:
            return {job.transform.name for job in self.jobs}
        entries = {job.transform.name: job.transform for job in self.jobs}
        return {transform.name for transform in selection.of(entries)}

    @once
    def jobs(self) -> tuple[TransformJob, ...]:
        """The transforms of the project, read from their files alone."""
        return declared(self._settings)

    @contextmanager
    def place(self) -> Iterator[Place]:
        """A private folder, gone at the end with all that is in it."""
        importable(self._settings.root, [job.transform.language for job in self.jobs])
        contracts = {name: source.contract for name, source in self._settings.sources.items()}
        with TemporaryDirectory(prefix="lakekit-test-") as folder, closing(self._apart(Path(folder), None)) as shared:
            benches = _Benches(Path(folder), shared, self._apart, self._runtime)
            try:
                catalogue = Catalogue(self.jobs, contracts, lambda: benches.runtime)
                yield Place(catalogue, benches.new, token_bytes(32))
            finally:
                benches.close()


class _Benches:
    def __init__(
        self,
        folder: Path,
        shared: Apart,
        apart: Callable[[Path, Engine | None], Apart],
        runtime: Callable[[Apart], SparkRuntime],
    ) -> None:
        self._folder, self._shared, self._apart, self._make = folder, shared, apart, runtime
        self._open: Apart | None = None
        self._count = 0

    @once
    def runtime(self) -> SparkRuntime:
        return self._make(self._shared)

    def new(self) -> Bench:
        """An empty lake; the one before is closed."""
        self._end()
        self._count += 1
        folder = self._folder / f"case-{self._count}"
        folder.mkdir()
        self._open = self._apart(folder, self._shared.tools.engine)
        return Bench(Workshop(self._open.tools, lambda: self.runtime), folder / "files")

    def close(self) -> None:
        """End what is open."""
        self._end()
        made = self.__dict__.get("runtime")
        if made is not None:
            made.close()

    def _end(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _no_case(every: Sequence[TransformCase]) -> ConfigError:
    there = ", ".join(repr(case.name) for case in every[:10])
    return ConfigError(
        "case.none",
        "no case is selected" if every else "there is no case of a transform",
        where=f"{FOLDER}/",
        why=f"there are {there}" if every else "nothing would be tested, and nobody would know",
        next="write one: `lakekit test --create silver.orders`; or add --allow-empty where none is meant",
    )
