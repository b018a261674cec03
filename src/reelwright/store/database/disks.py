"""Filesystem types of folders, files for their owner only, and the system's disk errors in plain words.

Hands import this module without SQLAlchemy, whose import takes more than half of the time that a hand needs to start.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from reelwright.errors import BadInput, StoreUnavailable

NETWORK: Final[frozenset[str]] = frozenset(
    {
        "afs", "afpfs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
        "nfs4", "ocfs2", "smb2", "smb3", "smbfs", "webdav",
    }
)  # fmt: skip
"""Network filesystems: SQLite's log needs shared memory and locks, which these do not provide."""
NETWORK_FUSE: Final[tuple[str, ...]] = (
    "ceph", "gcsfuse", "glusterfs", "goofys", "rclone", "s3fs", "sshfs", "blobfuse", "juicefs", "seaweedfs",
)  # fmt: skip
_DISK: Final = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_quota_used",
    errno.EFBIG: "file_too_large",
    errno.EROFS: "disk_read_only",
    errno.EACCES: "folder_not_writable",
    errno.EPERM: "folder_not_writable",
    errno.EIO: "disk_error",
    errno.EEXIST: "file_in_the_way",
    errno.ENOTDIR: "file_in_the_way",
    errno.EMFILE: "too_many_open_files",
}
"""Codes of ``reelwright.messages``."""


def is_network_filesystem(fstype: str) -> bool:
    """Whether a filesystem of this type, as the kernel names it, lies on another machine."""
    kind = fstype.lower()
    return kind in NETWORK or (kind.startswith("fuse.") and any(name in kind for name in NETWORK_FUSE))


def find_filesystem_type(folder: Path) -> str:
    """Find the type of the filesystem that holds ``folder``; empty where the system does not say."""
    real = folder.resolve()
    holding = [disk for disk in psutil.disk_partitions(all=True) if real.is_relative_to(disk.mountpoint)]
    return max(holding, key=lambda disk: len(disk.mountpoint)).fstype if holding else ""


def refuse_network_disk(folder: Path) -> None:
    """Raise ``BadInput`` for a folder on a network filesystem, where SQLite may lose a commit."""
    kind = find_filesystem_type(folder)
    if is_network_filesystem(kind):
        hint = "set REELWRIGHT_HOME to a local folder, or REELWRIGHT_DATABASE to a PostgreSQL server"
        raise BadInput("home", str(folder), f"a folder on a disk of this machine ({kind} is not)", hint=hint)


@contextmanager
def translate_disk_errors(folder: Path) -> Iterator[None]:
    """Turn the operating system's disk errors on a folder into ``StoreUnavailable``; other errors pass through."""
    try:
        yield
    except OSError as cause:
        if cause.errno not in _DISK:
            raise
        raise StoreUnavailable(code=_DISK[cause.errno], folder=folder) from cause


def create_private_file(path: Path) -> None:
    """Create an empty database file that only its owner reads, unless it is there: it holds briefs and addresses.

    SQLite gives its side files the same mode, and says itself why a file cannot be created.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
