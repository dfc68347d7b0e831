"""What delta-rs alone does with small files: one compaction, and a checkpoint behind it. Usage: compact.py TABLE."""

from __future__ import annotations

import sys

from deltalake import DeltaTable


def main(folder: str) -> None:
    table = DeltaTable(folder)
    table.optimize.compact()
    table.create_checkpoint()


if __name__ == "__main__":
    main(sys.argv[1])
