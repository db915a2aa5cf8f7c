#!/usr/bin/env python3
"""Writes direct.json: the points that scipy's direct asks for, for the test of our own.

pip install scipy==1.17.1 (see requirements.txt); then python3 direct.py. Each case has the points in turn, in units of
3^-12 / 2 of the square (so that they are whole numbers), and the function's values there.
"""

import json
import math
from pathlib import Path

from scipy.optimize import Bounds, direct

UNIT = 2 * 3**12


def hills(x, y):
    """Two hills, as AISE's objective looks around two objects."""
    return -math.exp(-((x - 0.3) ** 2 + (y - 0.2) ** 2) / 0.05) - 0.8 * math.exp(-((x - 0.7) ** 2 + (y - 0.75) ** 2) / 0.02)


def waves(x, y):
    """Many valleys, and values of both signs."""
    return math.sin(13 * x + 1) * math.cos(9 * y) + 0.3 * x - 0.2 * y


def stairs(x, y):
    """Few different values: what happens to equal ones."""
    return math.floor(6 * ((x - 0.45) ** 2 + (y - 0.6) ** 2)) / 4


def terraces(x, y):
    """Equal values on both sides of a centre, where the order in scipy's lists is not that of age."""
    return math.floor(3 * math.sin(7 * x + 4.95) * math.cos(6 * y + 0.75))


def flat(_x, _y):
    """A model that sees nothing."""
    return 1.0


def main():
    cases = []
    for f, eps in [(hills, 0.1), (waves, 0.1), (waves, 0), (stairs, 0.1), (terraces, 0), (flat, 0.1)]:
        points, values = [], []

        def ask(at):
            whole = [round(v * UNIT) for v in at]
            assert all(abs(w / UNIT - v) < 1e-14 for w, v in zip(whole, at))
            points.append(whole)
            values.append(f(*at))
            return values[-1]

        direct(ask, Bounds([0, 0], [1, 1]), eps=eps, maxfun=200, locally_biased=False)
        cases.append({"name": f.__name__, "epsilon": eps, "unit": UNIT, "points": points, "values": values})
        print(f"{f.__name__}, epsilon {eps}: {len(points)} points")
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    (Path(__file__).parent / "direct.json").write_text("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
