"""Says how the words for the colour of hair do on the labelled heads. Usage: colors.py COLORS

COLORS is colors.csv, which the test TestHairColors writes. A word is right if the label has it. The halves are by the
SHA-256 of the file's name.
"""
import collections
import csv
import hashlib
import sys

right, heads = collections.Counter(), collections.Counter()
wrong = collections.Counter()
with open(sys.argv[1], newline="") as f:
    for row in csv.DictReader(f):
        half = int(hashlib.sha256(row["file"].encode()).hexdigest(), 16) % 2
        heads[half] += 1
        if row["said"] in row["haircolor"].split():
            right[half] += 1
        else:
            wrong[row["said"], row["haircolor"]] += 1

for half in (0, 1):
    print(f"half {half}: {right[half]} of {heads[half]}, {100 * right[half] / heads[half]:.1f} %")
print(f"all: {right.total()} of {heads.total()}, {100 * right.total() / heads.total():.1f} %")
print("said, where the label has only:")
for (said, label), count in wrong.most_common():
    print(f"{count:4} {said}: {label}")
