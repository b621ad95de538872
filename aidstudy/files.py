"""Files replaced whole: a reader sees the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aidstudy.errors import FileError

UNFINISHED = ".part"
"""End of the name of a file that a crash left half written; nothing reads such a file."""

_ADVICE = {
    "ENOSPC": "the disk is full: free some space and run the same command again",
    "EDQUOT": "the disk quota is used up: free some space and run the same command again",
    "EFBIG": "larger than a file may be here: raise the limit (ulimit -f) or choose another disk",
    "EROFS": "the disk is read-only: work in a copy of the folder",
    "EACCES": "the folder may not be written: change its rights or work in a copy",
    "EPERM": "the folder may not be written: change its rights or work in a copy",
    "ENAMETOOLONG": "the path is too long: use a folder nearer to the root",
    "EISDIR": "it is a folder: name a file",
    "ENOTDIR": "a part of the path is a file: name a folder there",
    "EEXIST": "a part of the path is a file: name a folder there",
    "ENOENT": "there is none: look whether the path is right",
}


def write_whole(
    path: str | os.PathLike[str],
    content: bytes | str | Iterable[str] | Iterable[bytes],
    *,
    force: bool = True,
) -> None:
    """Write a file whole, or leave the old one as it was.

    The content goes to a temporary file beside `path`, is forced to disk and then takes the
    place of the old file in one step, so that a crash at any moment leaves the old file or the
    new one. Missing folders are made. Text is written as UTF-8 as it stands: no line end is
    changed. Without `force` a run that is killed does no harm, but a machine that crashes may
    leave an empty file or half of one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "tables", "pairs.csv"), "recipient,donor\\n")
    ...     Path(folder, "tables", "pairs.csv").read_bytes()
    b'recipient,donor\\n'
    """
    target = Path(path)
    told = [content] if isinstance(content, bytes | str) else content
    parts = (part.encode("utf-8") if isinstance(part, str) else part for part in told)
    if not target.name:
        raise FileError(f"{str(path)!r}: cannot be written: no name of a file; name one")
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("xb") as file:
            file.writelines(parts)
            if force:
                file.flush()
                os.fsync(file.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode)
        os.replace(beside, target)
    except OSError as error:
        raise file_error(error, target, "written") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    if force:
        _sync_folder(target.parent)


def read_whole(path: str | os.PathLike[str]) -> bytes:
    """All bytes of a file."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise file_error(error, Path(path), "read") from error


def read_toml(path: str | os.PathLike[str], beside: str = "") -> dict[str, Any]:
    """What a TOML file says: the one at `path`, or, of that name, ``beside`` it."""
    content = read_whole(Path(path).parent / beside if beside else path)
    return tomllib.loads(content.decode("utf-8-sig"))  # some editors begin a file with a mark


def sha256_of(content: bytes) -> str:
    """The sha256 of some bytes, as 64 hexadecimal digits.

    >>> sha256_of(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(content).hexdigest()


def file_error(error: OSError, path: Path, deed: str) -> FileError:
    """An error of the system as one sentence with advice; `deed` is what could not be done.

    >>> full = OSError(errno.ENOSPC, "No space left on device")
    >>> print(file_error(full, Path("a.csv"), "written"))
    a.csv: cannot be written (No space left on device); the disk is full: free some space ...
    """
    name = errno.errorcode.get(error.errno or 0, "")
    if name == "ENOENT" and re.match("https?:/", str(path)):
        return FileError(f"{path}: an address, not a file; save the page and name the saved file")
    advice = _ADVICE.get(name, "look whether the path is right and the file is in use elsewhere")
    return FileError(f"{path}: cannot be {deed} ({error.strerror or error}); {advice}")


def _sync_folder(folder: Path) -> None:
    """Force the new name to disk too, where the system lets a folder be opened (not Windows)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
