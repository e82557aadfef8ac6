"""What an account may do that is not the superuser's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def as_somebody() -> Iterator[None]:
    """As the account that runs the tests, or as nobody in particular where that is the superuser, who may do all."""
    superuser = getattr(os, "geteuid", lambda: 1)() == 0
    if superuser:
        os.seteuid(65534)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)
