"""The table of a transform, as a restore sees it: which build a version holds, and what the next one does then.

A build is its commit, so a version that comes back has with it the versions of the inputs that it was made from. The
next build goes on from there, by the rules by which it always does, and under a number of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from itertools import tee

from lakekit.app.restore import Prospect, Restorable
from lakekit.app.tools import Tools
from lakekit.app.transform.history import holding, kept, repeated, stand_at
from lakekit.app.transform.job import TransformJob
from lakekit.app.transform.note import decode_adoption, encode_build
from lakekit.app.transform.plan import plan_of
from lakekit.domain.build import Build, Scope
from lakekit.domain.versions import Milestone, OnwardBuild
from lakekit.ports.table_store import CommitInfo, Snapshot


def of_transform(tools: Tools, job: TransformJob, readers: Collection[str]) -> Restorable:
    """The table of a transform, which `readers` are made from. Nothing follows its commit: that has all there is."""
    transform = job.transform
    return Restorable(
        dataset=transform.name,
        path=transform.dataset.table,
        leases=(transform.lease,),
        ahead=partial(_ahead, tools, job, readers),
        settle=lambda: None,
    )


def _ahead(tools: Tools, job: TransformJob, readers: Collection[str], now: Snapshot, then: Snapshot) -> Prospect:
    transform = job.transform
    newest, left, before, after = tee(tools.tables.history(transform.dataset.table), 4)
    held = holding(transform, kept(newest))
    stands = stand_at(tools.tables, transform, then, kept(left, then.version))
    build, plan = repeated(transform, stands), plan_of(tools.tables, job, stands=stands)
    gone = _adopted(kept(before)) - _adopted(kept(after, then.version)) if transform.keeps_events else 0
    onward = OnwardBuild(
        plan=plan,
        since=stands.build.inputs if stands.build else (),
        forgets=transform.keeps_events or (plan.scope is Scope.FULL and not plan.rebuild),
        adopted=max(0, gone),
        events=transform.input_names[0] if transform.made_of_events else "",
        readers=tuple(readers),
    )
    return Prospect(
        now=_milestone(now.version, held[1] if held else None),
        then=_milestone(then.version, stands.build),
        note=encode_build(build) if build else None,
        onward=onward,
    )


def _adopted(commits: Iterable[CommitInfo]) -> int:
    """The events that adoptions have added, as far as the log still tells."""
    told = (decode_adoption(info.note) for info in commits)
    return sum(adoption.events for adoption in told if adoption)


def _milestone(version: int, build: Build | None) -> Milestone:
    return Milestone(version, build=build.number if build else None)
