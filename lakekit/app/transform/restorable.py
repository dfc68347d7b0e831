"""The table of a transform, as a restore sees it: which build a version holds, and what the next one does then.

A build is its commit, so a version that comes back has with it the versions of the inputs that it was made from. The
next build goes on from there, by the rules by which it always does, and under a number of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from lakekit.app.restore import Prospect, Restorable
from lakekit.app.tools import Tools
from lakekit.app.transform.history import commits, holding, repeated, stand
from lakekit.app.transform.job import TransformJob
from lakekit.app.transform.note import decode_adoption, encode_build
from lakekit.app.transform.plan import plan_of
from lakekit.domain.build import Build, Scope
from lakekit.domain.versions import Milestone, OnwardBuild


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


def _ahead(tools: Tools, job: TransformJob, readers: Collection[str], now: int, version: int) -> Prospect:
    transform, stands = job.transform, stand(tools.tables, job.transform, version)
    newest, build = holding(tools.tables, transform), repeated(transform, stands)
    plan = plan_of(tools.tables, job, back_to=version)
    onward = OnwardBuild(
        plan=plan,
        since=stands.build.inputs if stands.build else (),
        forgets=transform.keeps_events or (plan.scope is Scope.FULL and not plan.rebuild),
        adopted=max(0, _adopted(tools, job, None) - _adopted(tools, job, version)),
        events=transform.input_names[0] if transform.made_of_events else "",
        readers=tuple(readers),
    )
    return Prospect(
        now=_milestone(now, newest[1] if newest else None),
        then=_milestone(version, stands.build),
        note=encode_build(build) if build else None,
        onward=onward,
    )


def _adopted(tools: Tools, job: TransformJob, back_to: int | None) -> int:
    """The events that adoptions have added, as far as the log still tells."""
    if not job.transform.keeps_events:
        return 0
    told = (decode_adoption(info.note) for info in commits(tools.tables, job.transform.dataset.table, back_to))
    return sum(adoption.events for adoption in told if adoption)


def _milestone(version: int, build: Build | None) -> Milestone:
    return Milestone(version, build=build.number if build else None)
