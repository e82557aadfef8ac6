"""How the inner loops here are compiled: on first use, without Python objects, and kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def _stamp() -> str:
    """Digest of the sources beside this one."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


STAMP = _stamp()


def kernel(function: F) -> F:
    """The function, compiled when it is first called.

    The machine code is kept beside the source or in the user's cache folder (`NUMBA_CACHE_DIR` sets another). Where
    neither can be written, every process compiles anew.

    Notes
    -----
    Machine code holds the kernels that a kernel calls, and numba looks at one file only to see whether it is stale. So
    the stamp that it compares is set to the digest of all sources here (a test sees whether numba still takes it).
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    compiled: Any
    try:
        compiled = njit(cache=True, **options)(function)
        compiled._cache._cache_file._source_stamp = STAMP
    except RuntimeError:  # no place to keep it
        compiled = njit(**options)(function)
    return compiled  # type: ignore[no-any-return]  # called as the function is
