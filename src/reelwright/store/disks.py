"""Which disk a folder lies on, and what a disk reports, in plain words.

Hands import this module, and do so without SQLAlchemy: importing that is more than half of the time they need to start.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, StoreUnavailable

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
_DISK: Final = {
    errno.ENOSPC: ("the disk is full", "free some space, then go on"),
    errno.EDQUOT: ("your disk quota is used up", "free some space, then go on"),
    errno.EFBIG: ("the file would be larger than this process may write", "raise the limit on file sizes (ulimit -f)"),
    errno.EROFS: ("the disk is read-only", "mount it for writing"),
    errno.EACCES: ("it may not be written by this user", "look at the folder's owner and mode"),
    errno.EPERM: ("it may not be written by this user", "look at the folder's owner and mode"),
    errno.EIO: ("the disk reports an error", "look at the disk"),
    errno.EEXIST: ("a file stands where a folder should be", "move the file away"),
    errno.ENOTDIR: ("a file stands where a folder should be", "move the file away"),
    errno.EMFILE: ("this process has too many files open", "raise the limit (ulimit -n)"),
}


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


@contextmanager
def disk_words(folder: Path) -> Iterator[None]:
    """Turn what the operating system says about a folder into ``StoreUnavailable``; other errors pass."""
    try:
        yield
    except OSError as cause:
        if cause.errno not in _DISK:
            raise
        happened, hint = _DISK[cause.errno]
        raise StoreUnavailable(f"{folder}: {happened}", hint=hint) from cause
