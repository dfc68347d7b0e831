"""`lakekit explain`."""

from __future__ import annotations

import click

from lakekit.cli import completing


@click.command(short_help="What an error code means, and what mends it.")
@click.argument("code", required=False, shell_complete=completing.codes)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(code: str | None, as_json: bool) -> None:
    """What the error CODE means, and what mends it; all codes without one.

    A code is the first word of an error, such as source.no_files. Needs no project.
    """
    from lakekit.cli import console
    from lakekit.cli.explaining import explanation, explanations

    told = [explanation(code)] if code else list(explanations())
    if as_json:
        console.document({"codes": [{"code": e.code, "meaning": e.meaning, "mend": e.mend} for e in told]})
    elif code:
        console.out([told[0].code, f"  {told[0].meaning}", f"  {told[0].mend}"])
    else:
        wide = max(len(e.code) for e in told)
        console.out(f"{e.code:<{wide}}  {e.meaning}" for e in told)
