"""The walking engine beside other people's, on the same real streets: `python -m benchmarks.walking EXTRACT.osm.pbf`.

Nothing here is part of the package; docs/benchmarks.md says what is measured and how.
"""

import os

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
for name in ONE_THREAD:  # before any library starts its threads
    os.environ.setdefault(name, "1")
