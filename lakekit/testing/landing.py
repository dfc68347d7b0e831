"""What every implementation of the `Landing` port promises."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lakekit.domain.errors import StateError
from lakekit.domain.landing import Manifest, Part
from lakekit.domain.names import Dataset
from lakekit.plugin.provider import Port
from lakekit.ports.landing import Landing
from lakekit.testing.suite import Suite

ORDERS = Dataset("bronze", "orders")
UID = "018f3a5c0000700080000000000000a1"
OTHER_UID = "018f3a5c0000700080000000000000a2"


class LandingSuite(Suite):
    """Subclass it as `Test...` and say how to make the adapter."""

    port = Port.LANDING

    def make(self, folder: Path) -> Landing:
        """An adapter whose landing zone belongs to `folder`: the same one for the same folder."""
        raise NotImplementedError

    @pytest.fixture
    def landing(self, tmp_path: Path) -> Landing:
        return self.make(tmp_path)

    def harm(self, landing: Landing, name: str, content: bytes | None) -> None:
        """Give a sealed part of the attempt another content, or remove it."""
        part = landing.folder(ORDERS, UID) / name
        part.unlink()
        if content is not None:
            part.write_bytes(content)

    def landed(self, landing: Landing, uid: str = UID) -> Manifest:
        """A manifest of two parts, whose files are in the attempt's folder."""
        folder = landing.create(ORDERS, uid)
        (folder / "part-00000.parquet").write_bytes(b"one")
        (folder / "malformed-00000.parquet").write_bytes(b"others")
        return Manifest(
            (
                Part("part-00000.parquet", 3, 3, "data/orders é.csv", "row"),
                Part("malformed-00000.parquet", 1, 6, "data/orders é.csv", malformed=True),
            )
        )

    def test_a_folder_begins_empty(self, landing: Landing) -> None:
        folder = landing.create(ORDERS, UID)
        assert list(folder.iterdir()) == []
        assert folder == landing.folder(ORDERS, UID)

    def test_what_an_earlier_life_of_the_attempt_left_is_removed(self, landing: Landing) -> None:
        landing.seal(ORDERS, UID, self.landed(landing))
        (landing.folder(ORDERS, UID) / "deep" / "er").mkdir(parents=True)
        assert list(landing.create(ORDERS, UID).iterdir()) == []
        assert landing.manifest(ORDERS, UID) is None

    def test_each_attempt_and_each_dataset_has_its_own_folder(self, landing: Landing) -> None:
        customers = Dataset("bronze", "customers")
        folders = {landing.create(d, u) for d in (ORDERS, customers) for u in (UID, OTHER_UID)}
        assert len(folders) == 4
        assert not any(a != b and a.is_relative_to(b) for a in folders for b in folders)

    def test_asking_for_a_folder_makes_none(self, landing: Landing) -> None:
        assert not landing.folder(ORDERS, UID).exists()

    def test_a_landing_that_never_finished_has_no_manifest(self, landing: Landing) -> None:
        assert landing.manifest(ORDERS, UID) is None
        self.landed(landing)
        assert landing.manifest(ORDERS, UID) is None

    def test_a_sealed_manifest_reads_back_also_in_another_process(self, landing: Landing, tmp_path: Path) -> None:
        manifest = self.landed(landing)
        landing.seal(ORDERS, UID, manifest)
        assert landing.manifest(ORDERS, UID) == manifest
        assert self.make(tmp_path).manifest(ORDERS, UID) == manifest
        assert landing.manifest(ORDERS, OTHER_UID) is None

    def test_a_batch_without_parts_can_be_sealed(self, landing: Landing) -> None:
        landing.create(ORDERS, UID)
        landing.seal(ORDERS, UID, Manifest(()))
        assert landing.manifest(ORDERS, UID) == Manifest(())

    def test_the_parts_of_a_sealed_landing_are_files_also_in_another_process(
        self, landing: Landing, tmp_path: Path
    ) -> None:
        manifest = self.landed(landing)
        landing.seal(ORDERS, UID, manifest)
        another = self.make(tmp_path)
        for held in (landing, another):
            assert [held.part(ORDERS, UID, part).read_bytes() for part in manifest.parts] == [b"one", b"others"]
        another.close()
        another.close()
        assert landing.manifest(ORDERS, UID) == manifest

    @pytest.mark.parametrize("content", [None, b"more"], ids=["gone", "resized"])
    def test_a_part_that_is_gone_or_resized_is_an_error(self, landing: Landing, content: bytes | None) -> None:
        landing.seal(ORDERS, UID, self.landed(landing))
        self.harm(landing, "part-00000.parquet", content)
        with pytest.raises(StateError):
            landing.manifest(ORDERS, UID)

    @pytest.mark.parametrize("path", ["../escape.parquet", "a/../../escape.parquet", "{absolute}"])
    def test_a_part_outside_the_folder_is_an_error(self, landing: Landing, path: str) -> None:
        outside = landing.create(ORDERS, UID).parent / "escape.parquet"
        outside.write_bytes(b"one")
        told = Part(path.format(absolute=outside), 1, 3, "orders.csv")
        with pytest.raises(StateError):
            _sealed(landing, Manifest((told,)))

    def test_each_holder_has_a_workspace_of_its_own_in_the_attempts_folder(self, landing: Landing) -> None:
        manifest = self.landed(landing)
        landing.seal(ORDERS, UID, manifest)
        workspaces = [landing.workspace(ORDERS, UID, token) for token in (1, 2)]
        assert all(w.is_relative_to(landing.folder(ORDERS, UID)) and not w.exists() for w in workspaces)
        (workspaces[0] / "accepted").mkdir(parents=True)
        assert not landing.workspace(ORDERS, UID, 2).exists()
        assert (landing.workspace(ORDERS, UID, 1) / "accepted").exists()
        assert landing.manifest(ORDERS, UID) == manifest

    def test_discarding_the_workspaces_leaves_the_parts(self, landing: Landing) -> None:
        manifest = self.landed(landing)
        landing.seal(ORDERS, UID, manifest)
        workspaces = [landing.workspace(ORDERS, UID, token) for token in (1, 2)]
        for workspace in workspaces:
            workspace.mkdir(parents=True)
        landing.discard_workspaces(ORDERS, UID)
        landing.discard_workspaces(ORDERS, UID)
        assert not any(workspace.exists() for workspace in workspaces)
        assert landing.manifest(ORDERS, UID) == manifest

    def test_discarding_removes_the_attempt_and_no_other(self, landing: Landing) -> None:
        landing.seal(ORDERS, UID, self.landed(landing))
        other = self.landed(landing, OTHER_UID)
        landing.seal(ORDERS, OTHER_UID, other)
        landing.discard(ORDERS, UID)
        landing.discard(ORDERS, UID)
        assert not landing.folder(ORDERS, UID).exists()
        assert landing.manifest(ORDERS, OTHER_UID) == other

    def test_only_the_owner_may_look_in(self, landing: Landing, tmp_path: Path) -> None:
        manifest = self.landed(landing)
        landing.seal(ORDERS, UID, manifest)
        folder = landing.folder(ORDERS, UID)
        within = [path for path in (folder, *folder.parents) if path.is_relative_to(tmp_path) and path != tmp_path]
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
        assert any(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in within[1:])
        assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in folder.iterdir())


def _sealed(landing: Landing, manifest: Manifest) -> Manifest | None:
    landing.seal(ORDERS, UID, manifest)
    return landing.manifest(ORDERS, UID)
