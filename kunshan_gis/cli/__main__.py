"""`python -m kunshan_gis.cli`."""

from kunshan_gis.cli import main

main()
