"""What the use cases of transforms work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import field, frozen

from lakekit.app.tools import Tools
from lakekit.domain.build import Pin
from lakekit.domain.lineage import Edge
from lakekit.domain.transform import Transform
from lakekit.ports.runtime import Body, SparkRuntime


@frozen
class TransformJob:
    """A transform, what it runs, and what its columns are made of, as far as that is known. `obstacle` says why it
    cannot be built by increments; "" where it can."""

    transform: Transform
    body: Body
    obstacle: str = ""
    edges: tuple[Edge, ...] = ()


@frozen
class Workshop:
    """The ports of a run of transforms. The runtime is made when the first of them is evaluated."""

    tools: Tools
    runtime: Callable[[], SparkRuntime]


@frozen
class Wanted:
    """What is asked of a build: to make all anew; at which versions inputs are read, where not as they are now."""

    refresh: bool = False
    pins: Mapping[str, Pin] = field(factory=dict)
