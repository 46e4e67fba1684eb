"""Says how a small network would do at choosing the word for the colour of hair, on heads that it was not fitted on. The program does not use it;
README.md says why. Usage: words.py COLORS [--even]

COLORS is colors.csv, which the test TestHairColors writes. --even: all words count alike in the fit, however many heads have them. Python 3 with
numpy and scipy (Debian: python3-numpy, python3-scipy).
"""
import csv
import hashlib
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

WORDS = ["black", "dark_brown", "brown", "light_brown", "blond", "red", "gray", "white"]  # those of hair that grows
HIDDEN = 8
RIDGE = 4     # on the weights, not on the biases
STARTS = 8    # fits from other random numbers; the one of least loss is taken
FOLDS = 10    # of the cross-validation
REPEATS = 3   # of it, with other folds
USUAL_SKIN = (65, 13, 18)  # where none was seen
LEAST_CHROMA = 12


def inputs(row):
    """What the network is given of a head."""
    hair = [float(row[c]) for c in ("l", "a", "b")]
    skin = [float(row[c]) for c in ("skin_l", "skin_a", "skin_b")] if row["skin"] == "true" else USUAL_SKIN
    share = np.hypot(*hair[1:]) / max(np.hypot(*skin[1:]), LEAST_CHROMA)
    return [np.log(hair[0] + 5), hair[1], hair[2], np.log(share + .1), np.log(skin[0] + 5), skin[1], skin[2]]


def unpack(t, n, k):
    a = t[:n * HIDDEN].reshape(n, HIDDEN)
    b = t[n * HIDDEN:n * HIDDEN + HIDDEN]
    c = t[(n + 1) * HIDDEN:(n + 1 + k) * HIDDEN].reshape(HIDDEN, k)
    return a, b, c, t[(n + 1 + k) * HIDDEN:]


def chances(x, net):
    a, b, c, d = net
    return expit(np.tanh(x @ a + b) @ c + d)


def weights(y):
    """What each head counts, 1 on average."""
    if "--even" not in sys.argv:
        return np.ones(len(y))
    w = (y / np.maximum(y.sum(0), 1)).sum(1) / np.maximum(y.sum(1), 1)
    w = np.where(y.sum(1) > 0, w, w.mean())
    return w / w.mean()


def loss(t, x, y, w):
    """The log loss of all words together with the ridge, and its gradient."""
    a, b, c, d = net = unpack(t, x.shape[1], y.shape[1])
    h = np.tanh(x @ a + b)
    z = h @ c + d
    value = (w[:, None] * (np.logaddexp(0, z) - y * z)).sum() + RIDGE / 2 * ((a ** 2).sum() + (c ** 2).sum())
    e = w[:, None] * (chances(x, net) - y)
    g = (e @ c.T) * (1 - h ** 2)
    return value, np.concatenate([(x.T @ g + RIDGE * a).ravel(), g.sum(0), (h.T @ e + RIDGE * c).ravel(), e.sum(0)])


def fit(x, y):
    """A network for inputs as they are."""
    mean, spread = x.mean(0), x.std(0)
    s, best = (x - mean) / spread, None
    random = np.random.RandomState(1)
    for _ in range(STARTS):
        start = random.randn(HIDDEN * (x.shape[1] + 1 + y.shape[1]) + y.shape[1]) * .5
        got = minimize(loss, start, (s, y, weights(y)), jac=True, method="L-BFGS-B", options={"maxiter": 1000})
        if best is None or got.fun < best.fun:
            best = got
    a, b, c, d = unpack(best.x, x.shape[1], y.shape[1])
    a = a / spread[:, None]
    return a, b - mean @ a, c, d


def fold(repeat, file):
    return int(hashlib.sha256(f"{repeat} {file}".encode()).hexdigest(), 16) % FOLDS


def validate(rows, x, y):
    right, said, was = [], [], []
    for repeat in range(REPEATS):
        folds = np.array([fold(repeat, r["file"]) for r in rows])
        for k in range(FOLDS):
            net = fit(x[folds != k], y[folds != k])
            test = folds == k
            p = chances(x[test], net)
            best = p.argmax(1)
            right += list(y[test][np.arange(len(p)), best])
            said += list(p.max(1))
            was += [y[i] for i in np.flatnonzero(test)]
    right, said, was = np.array(right), np.array(said), np.array(was)
    print(f"{len(rows)} heads; in {FOLDS}-fold cross-validation, {REPEATS} times, a plausible word for {100 * right.mean():.1f} %")
    for word, is_so in zip(WORDS, was.T):
        print(f"  where {word} is plausible ({int(is_so.sum()) // REPEATS} heads): {100 * right[is_so > 0].mean():.1f} %")
    for low, high in ((0, .5), (.5, .7), (.7, .85), (.85, .95), (.95, 1.01)):
        these = (said >= low) & (said < high)
        if these.any():
            print(f"  said with {low:.2f} to {min(high, 1):.2f} ({these.sum() // REPEATS} heads): {100 * said[these].mean():.1f} % on average, right {100 * right[these].mean():.1f} %")


def main():
    with open(sys.argv[1], newline="", encoding="utf-8") as f:
        rows = sorted(csv.DictReader(f), key=lambda r: r["file"])
    x = np.array([inputs(r) for r in rows])
    y = np.array([[w in r["haircolor"].split() for w in WORDS] for r in rows], float)
    validate(rows, x, y)


if __name__ == "__main__":
    main()
