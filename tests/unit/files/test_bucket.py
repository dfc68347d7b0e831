"""Which objects of a bucket are a source's: those that the same path names among the files of a folder."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.errors import SourceError
from lakekit_files.bucket import Bucket
from lakekit_files.listing import find
from lakekit_files.options import read_options
from lakekit_local.storage import LocalStorage

NAMES = st.sampled_from(["a.csv", "b.csv", ".hidden.csv", "note.txt", "c.parquet", "[x].csv"])
FOLDERS = st.sampled_from(["", "data/", "data/2024/", "data/2024/05/", "data/.old/", "other/"])
PATTERNS = [
    *("data", "data/", "data/a.csv", "data/*.csv", "data/*", "data/**", "data/**/*.csv", "**/a.csv", "*/*.csv"),
    *("data/20[12]4/*.csv", "data/[!a].csv", "data/?.csv", "data/[x].csv", "*", "**", "./data/*.csv", "none/*.csv"),
    *("data/.old/*", "data/.*/*.csv", "data/2024/**/05/*"),
]


@given(st.lists(st.builds(str.__add__, FOLDERS, NAMES), min_size=1, unique=True), st.sampled_from(PATTERNS))
def test_a_path_names_in_a_bucket_what_it_names_in_a_folder(keys: list[str], pattern: str) -> None:
    options = read_options({"path": pattern})
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for key in keys:
            (root / key).parent.mkdir(parents=True, exist_ok=True)
            (root / key).write_text(key)
        bucket = Bucket(LocalStorage(root), pattern, f"{root}/")
        try:
            expected = [mark.path for mark in find(root, options)]
        except SourceError:
            with pytest.raises(SourceError, match=r"source\.no_files"):
                bucket.find(options)
            return
        assert [mark.path for mark in bucket.find(options)] == expected
