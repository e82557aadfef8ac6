"""The demonstration city: `parse_spec` reads what is known of a place, `build` draws the rest."""

from kunshan_gis.demo.generator import build
from kunshan_gis.demo.spec import DemoSpec, parse_spec

__all__ = ["DemoSpec", "build", "parse_spec"]
