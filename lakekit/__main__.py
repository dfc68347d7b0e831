"""`python -m lakekit` is `lakekit`."""

from __future__ import annotations

from lakekit.cli.main import main

if __name__ == "__main__":
    main()
