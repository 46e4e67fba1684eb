"""quantize.py WEIGHTS WORK SIZE OUT.onnx: the network of network.py in 8 bits (static, QDQ). WEIGHTS is a network, or what narrow.py wrote.

1. The float network with every value that may be stored in 8 bits as an output runs on WORK/pictures_SIZE.f32; run.mjs counts their values
   (of large tensors a quarter of them).
2. Channels of unlike ranges are made alike, and what is stored is counted again: without that the masks are worthless.
3. Ranges of least squared error: activations unsigned, one range a tensor; weights symmetric, one range an output channel.

The first convolution works in float: that costs nothing and is closer. Ranges are kept in WORK as ranges_SIZE_*.json; remove them when the
pictures or network.py have changed."""
import json
import os
import subprocess
import sys

import numpy as np
from onnx import TensorProto, helper

from network import Net, save, weights

BETA = .75  # how far a channel that matters more than others keeps a finer range than they
BLOCKS = ('v1a', 'v1b', 'v2a', 'v2b', 'v2c', 'v2d')
RELU = {'stem', 'v1_3', 'v1_1', 'v2_3', 'v2_1', 't0_d', 't0'} | {'b%d_%s' % (k, s) for k in range(1, 6) for s in 'ed'} | \
       {'t%d%s' % (k, s) for k in range(1, 5) for s in ('', '_d')} | {b + '_r' for b in BLOCKS}


def storable(net):
    """The values that may be stored in 8 bits: of convolutions, sums, enlargements and the attention's products."""
    names = []
    for node in net.nodes:
        name = node.output[0]
        if (node.op_type in ('Conv', 'Relu', 'Add', 'Resize', 'Mul') or name.endswith('_ctxg')) and \
                not name.endswith(('_rows', '_v', '_score', '.pre')):
            names.append(name)
    return names


def count(net, work, tag):
    """What run.mjs counts of the values of net, by name."""
    path = '%s/ranges_%d_%s.json' % (work, net.size, tag)
    model = net.build()
    if not os.path.exists(path):
        del model.graph.output[:]
        for name in storable(net):
            model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
        probe = '%s/probe_%d.onnx' % (work, os.getpid())
        with open(probe, 'wb') as f:
            f.write(model.SerializeToString())
        run = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'run.mjs')
        subprocess.check_call(['node', run, 'ranges', probe, '%s/pictures_%d.f32' % (work, net.size), path])
        os.remove(probe)
    with open(path) as f:
        return {s['Name']: s for s in json.load(f)}


def activation_range(counted, relu):
    """Scale and zero point of least squared error."""
    low, high, histogram = counted['Min'], counted['Max'], np.array(counted['Hist'], float)
    x = low + (np.arange(len(histogram)) + .5) * (high - low) / len(histogram)
    best = None
    lows = [0.] if relu or low >= 0 else [low * a for a in (1, .9, .8, .7, .6, .5, .4)]
    highs = [high * a for a in (1, .9, .8, .7, .6, .5, .4, .3, .25)] if high > 0 else [0.]
    for a in lows:
        for b in highs:
            if b - a < 1e-6:
                continue
            scale = (b - a) / 255
            zero = int(np.clip(round(-a / scale), 0, 255))
            q = np.clip(np.round(x / scale) + zero, 0, 255)
            inside = (x > a) & (x < b) & ~((x < scale) & (a == 0))
            error = (np.where(inside, scale * scale / 12, (x - (q - zero) * scale) ** 2) * histogram).sum()
            if best is None or error < best[0]:
                best = error, scale, zero
    return np.float32(best[1]), best[2]


# Tensors that are added to each other, or are enlargements of each other, and so need the same factors.
GROUPS = [['b2', 'b3_p', 'b3'], ['p16', 'u32', 'l32', 'p32', 'u64', 'l64', 'p64', 'u128', 'l128', 'p128'],
          ['h128', 'h64', 'h32', 'h16', 'h16u', 'a32', 'a32u', 'a64', 'a64u', 'sum'],
          ['v1_1'] + [b + s for b in BLOCKS[:2] for s in ('', '_f', '_o')], ['v2_1'] + [b + s for b in BLOCKS[2:] for s in ('', '_f', '_o')]]


def equalised(net, counted):
    """Factors that give the channels of a tensor like ranges. A positive factor passes through ReLU, sums, enlargements and depthwise layers, so it
    costs nothing. Weights have a scale for every output channel and do not mind; only the columns of the 1x1 layer behind do. There the factor is a
    compromise: range / share^BETA, with the largest share that the channel has in any output."""
    factors = {}
    grouped = {name for group in GROUPS for name in group}
    alone = [[name] for name in net.layers if name not in grouped and name != 'last' and not name.endswith('_score')]
    for group in GROUPS + alone:
        if group[0] not in counted:
            continue
        reach = np.max([counted[n]['CAbs'] for n in group if n in counted], 0)
        reach = np.maximum(reach, reach.max() * 1e-3)
        share = np.zeros(len(reach))
        for source, w, depthwise in net.layers.values():
            if source not in group:
                continue
            if depthwise:
                share[:] = 1
            elif w.shape[1] == len(reach):
                q = np.abs(w).max(2) * reach
                share = np.maximum(share, (q / q.max(1, keepdims=True)).max(0))
        share = np.maximum(share, 1e-2)
        if not share.max() > .011:
            share[:] = 1
        v = reach / share ** BETA
        for name in group:
            factors[name] = v / v.max()
    for b in BLOCKS:  # a product has the factors of both
        reach = np.array(counted[b + '_ctxg']['CAbs'])
        factors[b + '_ctxg'] = np.maximum(reach, reach.max() * 1e-3) / reach.max()
        factors[b + '_m'] = factors[b + '_ctxg'] * factors[b + '_r']
    return factors


def main():
    source, work, size, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    constants = weights(source)
    net = Net(constants, size)
    counted = count(net, work, 'plain')
    factors = equalised(net, counted)
    net = Net(constants, size, factors=factors)
    counted = count(net, work, 'equalised')
    enlarged = {node.output[0] for node in net.nodes if node.op_type == 'Resize'}
    quantised = {name: activation_range(counted[name], name in RELU) for name in storable(net) if name not in enlarged}
    save(Net(constants, size, quantised, factors).build(), out)


if __name__ == '__main__':
    main()
