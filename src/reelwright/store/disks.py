"""Which disk a folder lies on: SQLite's write-ahead log needs one of this machine's own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reelwright.errors import BadInput

NETWORK: Final[frozenset[str]] = frozenset(
    {
        "afs", "afpfs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
        "nfs4", "ocfs2", "smb2", "smb3", "smbfs", "webdav",
    }
)  # fmt: skip
"""Filesystems on which the shared memory of the log is not shared, or locks are not kept."""
NETWORK_FUSE: Final[tuple[str, ...]] = (
    "ceph", "gcsfuse", "glusterfs", "goofys", "rclone", "s3fs", "sshfs", "blobfuse", "juicefs", "seaweedfs",
)  # fmt: skip


def is_network(fstype: str) -> bool:
    """Whether a filesystem type as the kernel names it lies on another machine."""
    kind = fstype.lower()
    return kind in NETWORK or (kind.startswith("fuse.") and any(name in kind for name in NETWORK_FUSE))


def fstype_of(folder: Path) -> str:
    """The type of the filesystem that holds ``folder``; empty where the system does not say."""
    import psutil

    real = folder.resolve()
    holding = [disk for disk in psutil.disk_partitions(all=True) if real.is_relative_to(disk.mountpoint)]
    return max(holding, key=lambda disk: len(disk.mountpoint)).fstype if holding else ""


def refuse_network_disk(folder: Path) -> None:
    """Raise ``BadInput`` where SQLite would one day lose a commit."""
    kind = fstype_of(folder)
    if is_network(kind):
        hint = "set REELWRIGHT_HOME to a local folder, or REELWRIGHT_DATABASE to a PostgreSQL server"
        raise BadInput("home", str(folder), f"a folder on a disk of this machine ({kind} is not)", hint=hint)
