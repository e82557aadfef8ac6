"""The plan's systems: zones, station areas, expressways, corridors, the park system; one study each.

`system.py` holds what they share: what a planner asks (`Asked`), what it is measured with (`Setting`), the answer
(`System`).
"""
