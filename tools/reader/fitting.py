"""Fits weights of named features: of single things that are right or wrong, and of the right one among several."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

ROUNDS, MEMORY = 200, 8
LEAST_PROGRESS = 1e-6
Vector = NDArray[np.float64]


class Rows:
    """Rows of named features, most of them absent. ``group_of``: the brief of each row; ``right``: 1 or 0 for each."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.group_of: list[int] = []
        self.right: list[float] = []
        self._group = 0
        self._columns, self._values, self._starts = array("i"), array("f"), array("q", [0])

    def begin_group(self) -> None:
        """Begin a group: the rows that follow belong to it."""
        self._group += 1

    def add(self, features: Mapping[str, float], *, is_right: bool) -> None:
        """Add a row to the group."""
        for name, value in features.items():
            if value:
                self._columns.append(self.names.setdefault(name, len(self.names)))
                self._values.append(value)
        self._starts.append(len(self._columns))
        self.group_of.append(self._group)
        self.right.append(float(is_right))

    def fit(
        self, compute: Callable[[Rows, Vector], tuple[float, Vector]], *, least: int, ridge: float
    ) -> dict[str, float]:
        """Return the weights for which ``compute`` (loss and slope by the sum of each row) and the ridge are least. The
        weight "" is added to each sum. Features of fewer rows than ``least`` get none.
        """
        columns, values = np.frombuffer(self._columns, np.int32), np.frombuffer(self._values, np.float32)
        counts = np.bincount(columns, minlength=len(self.names))
        kept = np.flatnonzero(counts >= least)
        place = np.full(len(self.names), -1)
        place[kept] = np.arange(len(kept))
        row_of = np.repeat(np.arange(len(self.right)), np.diff(np.frombuffer(self._starts, np.int64)).astype(np.int64))
        is_kept = place[columns] >= 0
        columns, row_of = place[columns[is_kept]], row_of[is_kept]
        values = values[is_kept].astype(np.float64)
        scale = np.zeros(len(kept))
        np.maximum.at(scale, columns, np.abs(values))
        values /= scale[columns]

        def judge(weights: Vector) -> tuple[float, Vector]:
            sums = np.bincount(row_of, values * weights[columns], len(self.right)) + weights[-1]
            loss, slope = compute(self, sums)
            back = np.append(np.bincount(columns, values * slope[row_of], len(kept)), slope.sum())
            own = np.append(weights[:-1], 0.0)
            return loss + ridge * float(own @ own) / 2, back + ridge * own

        weights = minimise(judge, np.zeros(len(kept) + 1))
        names = {n: name for name, n in self.names.items()}
        made = {names[int(n)]: round(float(w / s), 3) for n, w, s in zip(kept, weights[:-1], scale, strict=True)}
        return {name: value for name, value in sorted(made.items()) if value} | {"": round(float(weights[-1]), 3)}


def judge_each(rows: Rows, sums: Vector) -> tuple[float, Vector]:
    """Return the loss of a logistic regression, and its slope by each sum."""
    right = np.array(rows.right)
    chance = 1 / (1 + np.exp(-np.clip(sums, -30, 30)))
    loss = -np.log(np.where(right > 0, chance, 1 - chance)).sum()
    return float(loss), chance - right


def judge_groups(rows: Rows, sums: Vector) -> tuple[float, Vector]:
    """Return the loss of choosing one right row of each group, or none of it, whose sum is 0; and its slope."""
    right, groups = np.array(rows.right), np.array(rows.group_of)
    starts = np.flatnonzero(np.append(True, np.diff(groups) != 0))
    group_of = np.cumsum(np.append(False, np.diff(groups) != 0))
    most = np.maximum(np.maximum.reduceat(sums, starts), 0)
    each, none = np.exp(sums - most[group_of]), np.exp(-most)
    total = np.add.reduceat(each, starts) + none
    good = np.add.reduceat(each * right, starts)
    has_right = good > 0
    loss = -(np.log(np.where(has_right, good, none)) - np.log(total)).sum()
    share = np.where(right > 0, each / np.where(has_right, good, 1)[group_of], 0.0)
    return float(loss), each / total[group_of] - share


def minimise(judge: Callable[[Vector], tuple[float, Vector]], start: Vector) -> Vector:
    """Return where the loss is least: L-BFGS (Nocedal & Wright, Numerical Optimization, algorithm 7.4)."""
    weights, (loss, slope) = start, judge(start)
    steps: deque[tuple[Vector, Vector, float]] = deque(maxlen=MEMORY)
    for _ in range(ROUNDS):
        way, kept = slope.copy(), []
        for step, bend, scale in reversed(steps):
            kept.append(scale * float(step @ way))
            way -= kept[-1] * bend
        if steps:
            step, bend, scale = steps[-1]
            way /= scale * float(bend @ bend)
        else:
            way /= max(1.0, float(np.sqrt(slope @ slope)))
        for (step, bend, scale), alpha in zip(steps, reversed(kept), strict=True):
            way += step * (alpha - scale * float(bend @ way))
        size, down = 1.0, float(slope @ way)
        while True:
            there = weights - size * way
            new_loss, new_slope = judge(there)
            if new_loss <= loss - 1e-4 * size * down or size < 1e-6:
                break
            size /= 2
        step, bend = there - weights, new_slope - slope
        if (curve := float(step @ bend)) > 0:
            steps.append((step, bend, 1 / curve))
        progress, weights, loss, slope = loss - new_loss, there, new_loss, new_slope
        if progress < LEAST_PROGRESS * abs(loss):
            break
    return weights
