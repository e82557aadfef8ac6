"""What is kept on disk between runs: in the platform's cache folder, bounded, and clearable at any time.

A key is a digest of what an entry was made from, so a changed input is another key. Entries are plain `.npz` arrays,
or a server's answers as `.gz`; nothing in them is ever executed. A broken or missing entry is made again.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT_BYTES = 2 * 1024**3


def default_folder() -> Path:
    """`KUNSHAN_GIS_CACHE` if set, else the platform's folder for caches."""
    import platformdirs

    return Path(os.environ.get("KUNSHAN_GIS_CACHE") or platformdirs.user_cache_dir("kunshan-gis", appauthor=False))


@dataclass(frozen=True)
class DiskCache:
    """Entries by key in a folder; the least recently used go first when the limit is reached."""

    folder: Path = field(default_factory=default_folder)
    limit_bytes: int = LIMIT_BYTES

    def find(self, key: str) -> dict[str, NDArray[Any]] | None:
        """What is kept under the key, if anything is."""
        return _read(self.folder / f"{key}.npz")

    def put(self, key: str, arrays: Mapping[str, NDArray[Any]]) -> bool:
        """Keep arrays under the key in place of what was there; False where the folder does not allow it."""
        try:
            self._keep(self.folder / f"{key}.npz", arrays)
        except OSError:
            return False
        return True

    def arrays(self, key: str, make: Callable[[], Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
        """What is kept under the key, else what `make` gives, which is then kept if the folder allows it."""
        found = self.find(key)
        if found is not None:
            return found
        made = dict(make())
        self.put(key, made)  # a full or read-only disk costs time, not the answer
        return made

    def answer(self, key: str, *, days: float) -> bytes | None:
        """The answer kept under the key, or None where there is none younger than so many days."""
        file = self.folder / f"{key}.gz"
        try:
            if time.time() - file.stat().st_mtime > days * 86_400:
                return None
            return gzip.decompress(file.read_bytes())
        except (OSError, EOFError, zlib.error):
            return None

    def keep_answer(self, key: str, content: bytes) -> bool:
        """Keep an answer under the key; False where the folder does not allow it."""
        packed = gzip.compress(content, compresslevel=6, mtime=0)
        try:
            self._write(self.folder / f"{key}.gz", lambda stream: stream.write(packed))
        except OSError:
            return False
        return True

    def _keep(self, file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
        import numpy as np

        self._write(file, lambda stream: np.savez(stream, allow_pickle=False, **dict(arrays)))

    def _write(self, file: Path, write: Callable[[BinaryIO], object]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
        waiting = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                write(stream)
            waiting.replace(file)
        finally:
            waiting.unlink(missing_ok=True)
        self._trim()

    def _trim(self) -> None:
        entries = sorted(self._entries(), key=lambda entry: entry.stat().st_mtime)
        excess = sum(entry.stat().st_size for entry in entries) - self.limit_bytes
        for entry in entries[:-1]:
            if excess <= 0:
                return
            excess -= entry.stat().st_size
            entry.unlink(missing_ok=True)

    def _entries(self) -> list[Path]:
        return [*self.folder.glob("*.npz"), *self.folder.glob("*.gz")]

    def size_bytes(self) -> int:
        """Bytes kept."""
        return sum(entry.stat().st_size for entry in self._entries())

    def clear(self) -> int:
        """Remove all entries and say how many there were."""
        entries = self._entries()
        for entry in entries:
            entry.unlink(missing_ok=True)
        return len(entries)


def _read(file: Path) -> dict[str, NDArray[Any]] | None:
    import numpy as np

    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            found = {name: stored[name] for name in stored.files}
        with contextlib.suppress(OSError):
            file.touch()
    except (OSError, ValueError, zipfile.BadZipFile, EOFError):
        return None
    return found
