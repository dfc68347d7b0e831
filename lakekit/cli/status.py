"""`lakekit status`."""

from __future__ import annotations

import click

from lakekit.cli.invocation import Invocation


@click.command(short_help="Where each dataset stands.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(invocation: Invocation, as_json: bool) -> None:
    """Where each dataset stands: its newest batch, how far it has been read, its quarantine; of transforms, whether
    they are what their inputs make them."""
    from lakekit.cli import builds, console, documents, render
    from lakekit.project.selection import ANYTHING

    with invocation.application() as app:
        datasets, transforms = app.status(), app.transforms.plan(ANYTHING)
    if as_json:
        console.document({**documents.status(datasets), "transforms": builds.plan_document(transforms)})
    else:
        console.out(render.status(datasets, console.width()))
        console.out(["", *builds.standing(transforms)] if transforms else [])
        console.err(builds.plan_problems(transforms))
