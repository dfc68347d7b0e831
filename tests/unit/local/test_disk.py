"""Which lakes the state store of one host refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.domain.errors import ConfigError
from lakekit_local.disk import refuse_shared
from lakekit_local.state_store import SqliteStateStore


def mounts(folder: Path, *lines: str) -> Path:
    file = folder / "mounts"
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


@pytest.mark.parametrize("kind", ["nfs4", "nfs", "cifs", "smb3", "fuse.sshfs", "fuse.s3fs", "9p"])
def test_a_network_mount_is_refused(tmp_path: Path, kind: str) -> None:
    told = mounts(tmp_path, "/dev/vda / ext4 rw 0 0", f"server:/share {tmp_path} {kind} rw 0 0")
    with pytest.raises(ConfigError) as caught:
        SqliteStateStore(str(tmp_path / "lake"), told)
    assert caught.value.code == "state.not_shared"
    assert kind in caught.value.what


@pytest.mark.parametrize("kind", ["ext4", "overlay", "tmpfs", "apfs", "fuse.lxcfs"])
def test_a_local_mount_passes(tmp_path: Path, kind: str) -> None:
    refuse_shared(str(tmp_path / "lake"), mounts(tmp_path, f"/dev/vda {tmp_path} {kind} rw 0 0"))


def test_the_innermost_mount_decides(tmp_path: Path) -> None:
    told = mounts(tmp_path, "server:/all / nfs4 rw 0 0", f"/dev/vda {tmp_path} ext4 rw 0 0")
    refuse_shared(str(tmp_path / "lake"), told)


def test_a_neighbour_whose_name_begins_alike_does_not_count(tmp_path: Path) -> None:
    told = mounts(tmp_path, "/dev/vda / ext4 rw 0 0", f"server:/share {tmp_path}/la nfs4 rw 0 0")
    refuse_shared(str(tmp_path / "lake"), told)


def test_the_last_mount_on_a_folder_hides_the_others(tmp_path: Path) -> None:
    told = mounts(tmp_path, f"auto {tmp_path} autofs rw 0 0", f"server:/share {tmp_path} nfs4 rw 0 0")
    with pytest.raises(ConfigError):
        refuse_shared(str(tmp_path / "lake"), told)


def test_a_mount_with_blanks_in_its_name_is_recognised(tmp_path: Path) -> None:
    folder = tmp_path / "my share"
    told = mounts(tmp_path, "/dev/vda / ext4 rw 0 0", f"server:/share {tmp_path}/my\\040share nfs4 rw 0 0")
    with pytest.raises(ConfigError):
        refuse_shared(str(folder / "lake"), told)


def test_a_link_to_a_network_mount_is_followed(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "lake").symlink_to(tmp_path / "share")
    told = mounts(tmp_path, "/dev/vda / ext4 rw 0 0", f"server:/share {tmp_path}/share cifs rw 0 0")
    with pytest.raises(ConfigError):
        refuse_shared(str(tmp_path / "lake"), told)


@pytest.mark.parametrize("lake", ["s3://bucket/lake", "gs://bucket", "abfss://box@account/lake"])
def test_a_bucket_is_refused(lake: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        refuse_shared(lake, mounts(tmp_path))
    assert caught.value.code == "state.not_shared"


def test_without_a_list_of_mounts_a_folder_passes(tmp_path: Path) -> None:
    refuse_shared(str(tmp_path / "lake"), tmp_path / "absent")
