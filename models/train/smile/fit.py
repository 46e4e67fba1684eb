"""Fits the two models of a smile and prints the constants of analysis/smile.go. README.md says how to call it."""
import argparse
import csv
import hashlib
import math

MESHED = ["first", "second", "lift", "corner"]
BARE = ["bare_first", "bare_second"]
RIDGE = 1    # on the weights of standardised inputs, not on the bias
FOLDS = 10   # of the cross-validation; a face and its mirror image are in the same one
STEPS = 15   # of Newton's method: after 8 nothing moves any more


def sigmoid(x):
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, x))))


def value(weights, inputs):
    """The logit of a smile: the last weight is the bias."""
    return sum(w * x for w, x in zip(weights, inputs)) + weights[-1]


def solve(matrix, right):
    """Gaussian elimination with pivots."""
    n = len(right)
    rows = [row + [r] for row, r in zip(matrix, right)]
    for i in range(n):
        best = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[best] = rows[best], rows[i]
        for k in range(i + 1, n):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i])]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (rows[i][n] - sum(rows[i][k] * x[k] for k in range(i + 1, n))) / rows[i][i]
    return x


def fit(inputs, smiles):
    """Logistic regression with a little ridge, by Newton steps. Returns a weight for each input, then the bias."""
    n, count = len(inputs[0]), len(inputs)
    mean = [sum(x[i] for x in inputs) / count for i in range(n)]
    spread = [math.sqrt(sum((x[i] - mean[i]) ** 2 for x in inputs) / count) for i in range(n)]
    scaled = [[(x[i] - mean[i]) / spread[i] for i in range(n)] + [1.0] for x in inputs]
    weights = [0.0] * (n + 1)
    for _ in range(STEPS):
        slope = [-RIDGE * w for w in weights[:n]] + [0.0]
        curve = [[RIDGE * (i == k < n) for k in range(n + 1)] for i in range(n + 1)]
        for x, y in zip(scaled, smiles):
            p = sigmoid(sum(w * v for w, v in zip(weights, x)))
            for i in range(n + 1):
                slope[i] += (y - p) * x[i]
                for k in range(n + 1):
                    curve[i][k] += p * (1 - p) * x[i] * x[k]
        weights = [w + s for w, s in zip(weights, solve(curve, slope))]
    out = [w / s for w, s in zip(weights, spread)]
    return out + [weights[n] - sum(w * m for w, m in zip(out, mean))]


def area(said, smiles):
    """The area under the ROC curve: how often a smile gets more than no smile, ties half."""
    yes = [p for p, y in zip(said, smiles) if y]
    no = [p for p, y in zip(said, smiles) if not y]
    return sum((a > b) + (a == b) / 2 for a in yes for b in no) / len(yes) / len(no)


def fold(file):
    return int(hashlib.sha256(file.encode()).hexdigest(), 16) % FOLDS


def validate(rows, columns):
    """Prints how right models are on the faces that they were not fitted on, mirror images not counted."""
    said, smiles = [], []
    for k in range(FOLDS):
        rest = [r for r in rows if fold(r["file"]) != k]
        weights = fit([[float(r[c]) for c in columns] for r in rest], [r["smiles"] for r in rest])
        for r in rows:
            if fold(r["file"]) == k and r["mirrored"] == "false":
                said.append(sigmoid(value(weights, [float(r[c]) for c in columns])))
                smiles.append(r["smiles"])
    right = sum((p >= 0.5) == y for p, y in zip(said, smiles)) / len(said)
    loss = -sum(math.log(p if y else 1 - p) for p, y in zip(said, smiles)) / len(said)
    print(f"// {len(said)} faces, {sum(smiles)} smile; in {FOLDS}-fold cross-validation {100 * right:.1f} % are right, "
          f"area under the ROC curve {area(said, smiles):.4f}, mean log loss {loss:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", help="inputs.csv: what the engine measures on the pictures")
    parser.add_argument("labels", help="labels.csv")
    args = parser.parse_args()
    with open(args.labels, newline="", encoding="utf-8") as f:
        label = {r["file"]: r["smile"] for r in csv.DictReader(f)}
    with open(args.inputs, newline="", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if label[r["file"]] != "unsure"]
    for r in rows:
        r["smiles"] = label[r["file"]] == "smile"
    for columns, names in ((BARE, "bareFirst, bareSecond, bareBias"),
                           (MESHED, "smileFirst, smileSecond, smileLift, smileCorner, smileBias")):
        validate(rows, columns)
        weights = fit([[float(r[c]) for c in columns] for r in rows], [r["smiles"] for r in rows])
        print(names, "=", ", ".join(f"{w:.3f}" for w in weights))


if __name__ == "__main__":
    main()
