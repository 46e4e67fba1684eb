"""narrow.py FLOAT256.onnx WORK OUT.npz: the weights of network.py with fewer channels, of those that are hardly missed.

Nothing is trained. The values of the float network are measured on WORK/pictures_224.f32, and what is left out is made up for, as well as a
linear map can, in the weights of the layer behind:

1. Of channels behind a ReLU (inside the blocks 1 to 3) the one goes whose loss changes the block's output least once the others have
   taken its part (optimal brain surgeon), one after the other; then the layer behind is fitted anew by least squares.
2. Channels that no ReLU separates from the layer behind (of b1 and b4) are projected on their principal components, as that layer sees them.

Changes of a block's output count as much as the layers that read it make of them. Blocks 5 and 4 stay wide inside: there the same time saved loses more."""
import os
import subprocess
import sys

import numpy as np
from onnx import TensorProto, helper

from network import Net, matrix, weights

SIZE, PIXELS, SEED = 224, 256, 1  # of every picture at most so many pixels of a tensor are looked at
# Tensors and the sides of their maps, in the order in which their pixels are drawn. Not all are narrowed, but all were drawn for when the pack's
# network was made, and other pixels make another network.
SIDES = {'b1_d': 112, 'b1': 112, 'b2_d': 56, 'b2': 56, 'b3_d': 56, 'b3': 56, 'b4_d': 28, 'b4': 28, 'b5_d': 14, 'b5': 14}
SIDES.update({'t%d%s' % (k, s): 112 for s in ('', '_d') for k in range(5)})
# Tensor -> channels that stay, the numbers of the constants of the layers that write it, and of those that read it.
LINEAR = {'b1': (48, 14, 17), 'b4': (192, 48, 51)}
# Block -> channels that stay, numbers of its three layers, and of the layers that read its output.
HIDDEN = {'b1': (80, (6, 10, 14), [17]), 'b2': (288, (17, 21, 25), [28, 40]), 'b3': (640, (28, 32, 36), [40])}


def products(constants, work):
    """The mean products of the channels of what is narrowed, and of 1, by name."""
    names = [name for name in SIDES if name in LINEAR or name[:-2] in HIDDEN]
    model = Net(constants, SIZE).build()
    del model.graph.output[:]
    for name in names:
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    pictures = '%s/pictures_%d.f32' % (work, SIZE)
    count = os.path.getsize(pictures) // (SIZE * SIZE * 3 * 4)
    chance, pixels = np.random.default_rng(SEED), []
    for _ in range(count):
        drawn = {name: chance.choice(side * side, min(side * side, PIXELS), False) for name, side in SIDES.items()}
        pixels += [drawn[name].astype(np.int32) for name in names]
    probe, values, places = ('%s/%s_%d' % (work, name, os.getpid()) for name in ('probe.onnx', 'values.f32', 'pixels.i32'))
    with open(probe, 'wb') as f:
        f.write(model.SerializeToString())
    np.concatenate(pixels).tofile(places)
    run = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'run.mjs')
    subprocess.check_call(['node', run, 'values', probe, pictures, values, places] + [str(len(p)) for p in pixels[:len(names)]])
    out = dict.fromkeys(names, 0)
    with open(values, 'rb') as f:
        for k, at in enumerate(pixels):
            name = names[k % len(names)]
            n = len(constants['c_%d' % (LINEAR[name][1] if name in LINEAR else HIDDEN[name[:-2]][1][1])])
            x = np.fromfile(f, np.float32, n * len(at)).reshape(n, -1).astype(np.float64)
            x = np.vstack([x, np.ones((1, len(at)))])
            out[name] = out[name] + x @ x.T / len(at)
    for path in (probe, values, places):
        os.remove(path)
    return {name: total / count for name, total in out.items()}


def weight_of(constants, readers):
    """How much layers make of changes of their input: a form."""
    total = 0
    for i in readers:
        w = constants['c_%d' % i]
        w = w.reshape(w.shape[0], w.shape[1], -1)
        total = total + np.einsum('oik,ojk->ij', w, w)
    return total


def project(c, name, seconds):
    """Narrows a tensor between two linear layers."""
    most, writer, reader = LINEAR[name]
    seconds = seconds[:-1, :-1]
    form = weight_of(c, [reader])
    n = len(form)
    values, vectors = np.linalg.eigh(form + 1e-9 * np.trace(form) / n * np.eye(n))
    root, inverse = (vectors * np.sqrt(values)) @ vectors.T, (vectors / np.sqrt(values)) @ vectors.T
    axes = np.linalg.eigh(root @ seconds @ root)[1][:, ::-1][:, :most]
    into, back = axes.T @ root, inverse @ axes
    w = c['c_%d' % reader]
    c['c_%d' % writer] = (into @ matrix(c['c_%d' % writer])).reshape(most, -1, 1, 1)
    c['c_%d' % (writer + 1)] = into @ c['c_%d' % (writer + 1)].ravel()
    c['c_%d' % reader] = np.einsum('oihw,ij->ojhw', w, back)


def drop(c, block, seconds):
    """Narrows a block inside."""
    most, (expand, depthwise, shrink), readers = HIDDEN[block]
    n = len(seconds) - 1
    form = weight_of(c, readers)
    whole = np.hstack([matrix(c['c_%d' % shrink]), c['c_%d' % (shrink + 1)].reshape(-1, 1)])  # the bias is the weight of 1
    ridge = np.diag([1e-6 * np.trace(seconds[:-1, :-1]) / n] * n + [0])
    w, inverse, left = whole.copy(), np.linalg.inv(seconds + ridge), np.arange(n)
    while len(left) > most:
        loss = np.einsum('ij,ij->j', w[:, :-1], form @ w[:, :-1]) / np.diag(inverse)[:-1]
        j = loss.argmin()
        w = np.delete(w - np.outer(w[:, j], inverse[j] / inverse[j, j]), j, 1)
        inverse = inverse - np.outer(inverse[:, j], inverse[j] / inverse[j, j])
        inverse, left = np.delete(np.delete(inverse, j, 0), j, 1), np.delete(left, j)
    both = np.append(left, n)
    w = whole @ seconds[:, both] @ np.linalg.inv((seconds + ridge)[np.ix_(both, both)])
    for i in (expand, expand + 1, depthwise, depthwise + 1):
        c['c_%d' % i] = c['c_%d' % i][left]
    c['c_%d' % shrink], c['c_%d' % (shrink + 1)] = w[:, :-1].reshape(len(w), -1, 1, 1), w[:, -1]


def main():
    source, work, out = sys.argv[1:4]
    c = weights(source)
    seconds = products(c, work)
    for name in LINEAR:  # before the blocks, whose output they are
        project(c, name, seconds[name])
    for block in HIDDEN:
        drop(c, block, seconds[block + '_d'])
    np.savez(out, **c)


if __name__ == '__main__':
    main()
