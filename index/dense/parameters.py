"""What decides how vectors are searched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameters:
    """The kind of the index and how exact it is; the defaults are measured (see the benchmark
    ``dense_figures.py``), and hold for vectors of any dimension.
    """

    exact: int = 1 << 25
    """The most numbers, passages times dimensions, that are searched one by one: some 5 ms."""
    lists: float = 2.0
    """How many inverted lists there are, in roots of the number of passages."""
    probes: int = 128
    """How many of these are searched."""
    candidates: int = 200
    """The fewest passages that are found by their codes, and scored by their vectors."""
    refinement: int = 3
    """The same for each passage that is asked for."""
    sample: int = 40
    """Vectors for each list of which its centroid is learned."""
    growth: float = 2.0
    """How much larger or smaller it may become before the centroids are learned anew."""
    changed: float = 0.1
    """The share of what a file holds that may change before it is written anew."""
