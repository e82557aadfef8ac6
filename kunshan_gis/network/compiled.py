"""How the inner loops here are compiled: on first use, without Python objects, and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """The function, compiled when it is first called.

    The machine code is kept beside the source or in the user's cache folder (`NUMBA_CACHE_DIR` sets another). Where
    neither can be written, every process compiles anew.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        compiled: F = njit(cache=True, **options)(function)
    except RuntimeError:  # no place to keep it
        compiled = njit(**options)(function)
    return compiled
