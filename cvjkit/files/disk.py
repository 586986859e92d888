"""Files on the disk: read, and replaced in one step, never over somebody else's work."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cvjkit.errors import InputError, refusal

MOST_SECONDS_WAITED = 10
"""How long to wait for somebody who saves the same file."""


def real_path(path: Path) -> Path:
    """Follow symbolic links.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Path
        Absolute; it need not exist.
    """
    return Path(os.path.realpath(path))


def content_of(path: Path, most: int | None = None) -> bytes | None:
    """Read a file.

    Parameters
    ----------
    path : Path
    most : int, optional
        The largest size to read [bytes].

    Returns
    -------
    bytes or None
        None if there is none.

    Raises
    ------
    InputError
        If it is no regular file, is too large, or cannot be read.
    """
    if not _is_name(path):
        raise refusal(path, "is not a name that a file can have", "choose another name")
    try:
        if path.is_dir():
            raise refusal(path, "is a folder", "name a file in it")
        if path.exists() and not path.is_file():
            raise refusal(path, "is not a regular file", "choose another name")
        with path.open("rb") as file:
            content = file.read(-1 if most is None else most + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _disk_refusal(path, "cannot be read", error) from None
    if most is not None and len(content) > most:
        rule = f"is larger than {most // 1_000_000} MB"
        raise refusal(path, rule, "keep what belongs to the journey, or name another file")
    return content


def existing_content(path: Path, most: int) -> bytes:
    """Read a file that must be there.

    Parameters
    ----------
    path : Path
    most : int
        The largest size to read [bytes].

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        As `content_of`, and if there is none.
    """
    content = content_of(path, most)
    if content is None:
        raise refusal(path, "does not exist", "check the spelling and the folder")
    return content


def text_of(path: Path, content: bytes) -> str:
    """Decode the text of a file.

    Parameters
    ----------
    path : Path
        For messages.
    content : bytes
        UTF-8, with or without a mark of order.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If it is not UTF-8; it names the line.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fix = "save it as UTF-8 (in Excel: 'CSV UTF-8')"
        raise refusal(path, f"is not UTF-8 text: see line {line}", fix) from None


def replace(path: Path, content: bytes, before: bytes | None, *, overwrite: bool) -> None:
    """Replace a file in one step, so that there is never a moment without one.

    Its owner, group, permissions and attributes stay as far as the system allows.

    Parameters
    ----------
    path : Path
        If it is a symbolic link, the file it leads to is replaced.
    content : bytes
    before : bytes or None
        What the file should hold now; None if there should be none.
    overwrite : bool
        Replace it whatever it holds.

    Raises
    ------
    InputError
        If it holds something else, or the disk refuses. The file is then unchanged.
    """
    try:
        target = real_path(path)
        if not target.parent.is_dir():
            raise refusal(path, "is in a folder that does not exist", "create the folder first")
        # An administrator may write everywhere, so check for read-only files as well.
        if before is not None and not (
            target.stat().st_mode & 0o222 and os.access(target, os.W_OK)
        ):
            raise refusal(path, "is write-protected", "save under another name")
        temporary = target.with_name(f".cvjkit-{secrets.token_hex(8)}.tmp")
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if before is not None:
                _make_alike(temporary, target)
            with _alone(target):
                if not overwrite and content_of(target) != before:
                    rule = "was changed by somebody else during saving"
                    raise refusal(path, rule, "read it again, or save under another name")
                temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except OSError as error:
        raise _disk_refusal(path, "cannot be written", error) from None


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep everybody else from replacing a file, on this machine and on most network disks."""
    from filelock import FileLock, Timeout

    name = hashlib.sha256(target.name.encode(errors="surrogateescape")).hexdigest()[:16]
    # Whoever may write to the folder may lock: the next saver may be somebody else.
    lock = FileLock(target.with_name(f".cvjkit-{name}.lock"), mode=0o666, poll_interval=0.01)
    try:
        lock.acquire(timeout=MOST_SECONDS_WAITED)
    except Timeout:
        raise refusal(target, "is being saved by somebody else", "try again") from None
    try:
        yield
    finally:
        # Those who wait for a lock whose file is gone start anew.
        with suppress(OSError):
            Path(lock.lock_file).unlink()
        lock.release()


def _make_alike(new: Path, old: Path) -> None:
    """Give a new file what the old one has besides its content."""
    was = old.stat()
    # It also copies when the old one was changed, which is not so any more.
    with suppress(OSError):
        shutil.copystat(old, new)
    os.utime(new)
    mode = stat.S_IMODE(was.st_mode)
    if os.name == "posix":
        # Only an administrator can give a file to somebody else, but its owner to one's own group.
        for owner in (was.st_uid, -1):
            with suppress(OSError):
                os.chown(new, owner, was.st_gid)
                break
        now = new.stat()
        # A program would otherwise run with the rights of another person or group.
        if now.st_uid != was.st_uid:
            mode &= ~stat.S_ISUID
        if now.st_gid != was.st_gid:
            mode &= ~stat.S_ISGID
    new.chmod(mode)


def _disk_refusal(path: Path, what: str, error: OSError) -> InputError:
    why = (error.strerror or str(error)).lower()
    return refusal(path, f"{what}: {why}", "correct that, or choose another file")


def _is_name(path: Path) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _sync_folder(folder: Path) -> None:
    # Not every system can do this; the file has been replaced all the same.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
