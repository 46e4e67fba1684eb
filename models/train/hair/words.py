"""Fits the network that says which words fit the colour of hair. Usage: words.py COLORS PHOTOS hair_words.onnx

COLORS and PHOTOS are what the test TestHairWords writes: a row for each labelled head, with the words that people accept for it
and the network's inputs. The network is fitted to COLORS alone, tight crops of faces; PHOTOS, whole heads, say how well it does and how
sure it may be. Python 3 with numpy, scipy and onnx (Debian: python3-numpy, python3-scipy, python3-onnx).
"""
import csv
import hashlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scipy.optimize import minimize
from scipy.special import expit

WORDS = ["black", "dark_brown", "brown", "light_brown", "blond", "red", "gray", "white"]  # those of hair that grows
NETS = 8      # fitted from other random numbers; the mean of their logits is said
HIDDEN = 16   # units of each
RIDGE = 4     # on the weights, not on the biases
FOLDS = 5     # of the cross-validation
SOFTEN = 1.35 # what the logits are divided by: the photos are less like each other than the crops are


def read(path):
    """The heads of a table: names, the accepted words, and the inputs. A dyed head is not asked about."""
    with open(path, newline="", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if r["dyed"] == "unknown"]
    count = sum(k.startswith("in") for k in rows[0])
    x = np.array([[float(r[f"in{i}"]) for i in range(count)] for r in rows])
    y = np.array([[w in r["haircolor"].split() for w in WORDS] for r in rows], float)
    return [r["file"] for r in rows], y, x


def unpack(t, n, k):
    a = t[:n * HIDDEN].reshape(n, HIDDEN)
    b = t[n * HIDDEN:n * HIDDEN + HIDDEN]
    c = t[(n + 1) * HIDDEN:(n + 1 + k) * HIDDEN].reshape(HIDDEN, k)
    return a, b, c, t[(n + 1 + k) * HIDDEN:]


def loss(t, x, y):
    """The log loss of all words together with the ridge, and its gradient."""
    a, b, c, d = unpack(t, x.shape[1], y.shape[1])
    h = np.tanh(x @ a + b)
    z = h @ c + d
    value = (np.logaddexp(0, z) - y * z).sum() + RIDGE / 2 * ((a ** 2).sum() + (c ** 2).sum())
    e = expit(z) - y
    g = (e @ c.T) * (1 - h ** 2)
    return value, np.concatenate([(x.T @ g + RIDGE * a).ravel(), g.sum(0), (h.T @ e + RIDGE * c).ravel(), e.sum(0)])


def fit(x, y):
    """One network, of NETS * HIDDEN hidden units, for inputs as they are."""
    mean, spread = x.mean(0), x.std(0)
    s, random, nets = (x - mean) / spread, np.random.RandomState(1), []
    for _ in range(NETS):
        start = random.randn(HIDDEN * (x.shape[1] + 1 + y.shape[1]) + y.shape[1]) * .5
        got = minimize(loss, start, (s, y), jac=True, method="L-BFGS-B", options={"maxiter": 500})
        nets.append(unpack(got.x, x.shape[1], y.shape[1]))
    a = np.hstack([n[0] for n in nets]) / spread[:, None]
    b = np.concatenate([n[1] for n in nets]) - mean @ a
    return a, b, np.vstack([n[2] for n in nets]) / NETS / SOFTEN, np.mean([n[3] for n in nets], 0) / SOFTEN


def fits(net, x):
    a, b, c, d = net
    return expit(np.tanh(x @ a + b) @ c + d)


def report(title, y, p):
    """Prints how often the likeliest word is accepted, and how sure it was."""
    best, said = p.argmax(1), p.max(1)
    right = y[np.arange(len(y)), best]
    bins = [(said >= low) & (said < low + .1) for low in np.arange(0, 1.01, .1)]
    error = sum(abs(said[b].sum() - right[b].sum()) for b in bins) / len(y)
    print(f"{title}: {len(y)} heads, the word is accepted for {100 * right.mean():.1f} %; calibration error {error:.3f}")
    for least in (.5, .6, .7, .8):
        sure = said >= least
        print(f"  said with {least} or more: {100 * sure.mean():.0f} % of the heads, {100 * right[sure].mean():.1f} % of those accepted")


def main():
    files, y, x = read(sys.argv[1])
    fold = np.array([int(hashlib.sha256(f.encode()).hexdigest(), 16) % FOLDS for f in files])
    p = np.zeros_like(y)
    for k in range(FOLDS):
        p[fold == k] = fits(fit(x[fold != k], y[fold != k]), x[fold == k])
    report(f"crops, {FOLDS}-fold cross-validation", y, p)
    net = fit(x, y)
    _, photo_y, photo_x = read(sys.argv[2])
    report("photos, none of them fitted on", photo_y, fits(net, photo_x))

    a, b, c, d = (v.astype(np.float32) for v in net)
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["colors", "a", "b"], ["hidden"]),
            helper.make_node("Tanh", ["hidden"], ["bent"]),
            helper.make_node("Gemm", ["bent", "c", "d"], ["logits"]),
            helper.make_node("Sigmoid", ["logits"], ["fits"]),
        ],
        "hair_words",
        [helper.make_tensor_value_info("colors", TensorProto.FLOAT, ["n", x.shape[1]])],
        [helper.make_tensor_value_info("fits", TensorProto.FLOAT, ["n", len(WORDS)])],
        [numpy_helper.from_array(v, n) for v, n in ((a, "a"), (b, "b"), (c, "c"), (d, "d"))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="semblance")
    model.ir_version = 8
    onnx.checker.check_model(model)
    with open(sys.argv[3], "wb") as f:
        f.write(model.SerializeToString())


if __name__ == "__main__":
    main()
