"""One size of `benchmarks.scaling`, in a process of its own: `python -m benchmarks.scaling_child NODES`."""

import json
import sys

from benchmarks.scaling import measure

if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
