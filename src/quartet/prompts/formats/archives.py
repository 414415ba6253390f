"""The files in a zip, read into memory and bounded in every direction. Nothing is ever written to a disk."""

import stat
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from quartet.prompts.formats.loading import ImportUnreadable

_MOST_FILES = 10_000
_MOST_BYTES = 1_000_000  # of one file, unpacked
_MOST_BYTES_IN_ALL = 20_000_000
# Deflate packs prose to a tenth or so; a file of one letter to a thousandth.
_MOST_PACKED = 200
_SMALL = 100_000
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1


def files_of(data: bytes, wanted: Callable[[PurePosixPath], bool]) -> dict[PurePosixPath, bytes]:
    """Unpack the `wanted` files of a zip, by their paths. Links and paths that lead out of it are left out."""
    # Counted before the directory is read, which makes an object of every entry.
    if data.count(_DIRECTORY_ENTRY) > _MOST_FILES:
        raise ImportUnreadable(f"The zip holds more than {_MOST_FILES} files.")
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _unpack(archive, wanted)
    except (BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError, RuntimeError, OverflowError):
        # All that the standard library raises for a zip that is broken: see tests.
        raise ImportUnreadable("The zip is damaged.") from None


def _unpack(archive: ZipFile, wanted: Callable[[PurePosixPath], bool]) -> dict[PurePosixPath, bytes]:
    files: dict[PurePosixPath, bytes] = {}
    total = 0
    for info in archive.infolist():
        path = PurePosixPath(info.filename)
        if not _is_file_inside(info, path) or not wanted(path):
            continue
        content = _read(archive, info)
        total += len(content)
        if total > _MOST_BYTES_IN_ALL:
            raise ImportUnreadable(f"The zip unpacks to more than {_MOST_BYTES_IN_ALL // 1_000_000} MB.")
        files[path] = content
    return files


def _is_file_inside(info: ZipInfo, path: PurePosixPath) -> bool:
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    leads_out = path.is_absolute() or ".." in path.parts or "\\" in info.filename
    return not (info.is_dir() or is_link or leads_out or "__MACOSX" in path.parts)


def _read(archive: ZipFile, info: ZipInfo) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise ImportUnreadable("The zip is encrypted.")
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise ImportUnreadable("The zip is packed in an unusual way: make it again with deflate.")
    if info.file_size > _SMALL and info.file_size > _MOST_PACKED * info.compress_size:
        raise ImportUnreadable("The zip unpacks to hundreds of times its size: that is no text.")
    with archive.open(info) as file:
        # What the header says of the size may be a lie: this bound is not.
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ImportUnreadable(f"A file in the zip is larger than {_MOST_BYTES // 1_000_000} MB.")
    return content
