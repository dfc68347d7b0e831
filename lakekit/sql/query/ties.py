"""What a query may choose in one way or in another, where rows have no order or the same."""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from lakekit.sql.query.values import is_aggregate

_SETTLED = (
    *(exp.Sum, exp.Count, exp.Min, exp.Max, exp.Avg, exp.CountIf, exp.LogicalAnd, exp.LogicalOr, exp.ApproxDistinct),
    *(exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop),
    *(exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist),
)
"""Functions of rows that have one result, in whichever order the rows come."""


def tie(tree: exp.Expr, harmless: Collection[int] = ()) -> exp.Expr | None:
    """The first node that may choose among rows, but for those that are `harmless`, told by their identity."""
    return next((node for node in tree.walk() if id(node) not in harmless and _chooses(node)), None)


def _chooses(node: exp.Expr) -> bool:
    if isinstance(node, exp.Limit | exp.Offset | exp.Fetch | exp.QueryTransform):
        return True
    if isinstance(node, exp.Window):
        function = node.this.this if isinstance(node.this, exp.Filter) else node.this
        return node.args.get("spec") is not None or not isinstance(function, (exp.Identifier, *_SETTLED))
    return is_aggregate(node) and not isinstance(node, _SETTLED)
