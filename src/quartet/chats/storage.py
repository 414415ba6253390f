"""Where the contents of files are kept: in the database, or in a folder that all servers of this database share."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID


class Storage:
    """`folder` None keeps them in the database. Changed later, it holds for new files; old ones are found as before."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @property
    def has_folder(self) -> bool:
        return self._folder is not None

    async def write(self, file_id: UUID, content: bytes) -> None:
        """Put a file into the folder, whole or not at all; raises OSError."""
        await asyncio.to_thread(self._write, file_id, content)

    async def read(self, file_id: UUID) -> bytes | None:
        """Read from the folder; None for what is not there."""
        try:
            return await asyncio.to_thread(self._path(file_id).read_bytes) if self._folder else None
        except FileNotFoundError:
            return None

    async def remove(self, file_ids: Sequence[UUID]) -> None:
        """Remove these from the folder; what is not there is removed already."""
        await asyncio.to_thread(self._remove, file_ids)

    def _write(self, file_id: UUID, content: bytes) -> None:
        path = self._path(file_id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as new:
            try:
                new.write(content)
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).replace(path)
            except BaseException:
                Path(new.name).unlink(missing_ok=True)
                raise

    def _remove(self, file_ids: Sequence[UUID]) -> None:
        for file_id in file_ids:
            self._path(file_id).unlink(missing_ok=True)

    def _path(self, file_id: UUID) -> Path:
        if self._folder is None:
            raise FileNotFoundError(file_id)
        return self._folder / file_id.hex[:2] / file_id.hex
