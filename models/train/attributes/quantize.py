"""The network with its trunk in 8 bits (static); the first convolution and the heads stay float.

quantize.py DATA FLOAT.onnx OUT.onnx

DATA is data.py's folder; 300 of its pictures that were trained on are enough. FLOAT is export.py's file.

Weights keep to +-64, activations to 0..255: the sum of two products then fits in 16 bits, so that processors without VNNI, whose 8-bit
multiplication saturates there, compute the same numbers as others do. Layers of one channel a group are not multiplied that way and have +-127.
Every channel has its own range of activations, which costs nothing: it goes into the weights before and behind. What the rounding of weights does
wrong is made good by the weights behind (GPTQ: Frantar and others, 2022) and by the bias, layer by layer, on what the 8-bit layers before give.
"""
import sys
import numpy as np, onnx, torch, torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from common import HEADS, batches

COUNT = 300  # pictures
TOP = 6.  # where the network clips
BETA = .75  # how far a channel that matters more than others to the next layer keeps a finer range than they


def folded(path):
    """Layers (weights, bias, stride, groups, pads) with the products and sums behind them folded in, and the heads (weights, bias)."""
    graph, layers, heads = onnx.load(path).graph, [], {}
    constants = {i.name: numpy_helper.to_array(i).astype('f8') for i in graph.initializer}
    for n in graph.node:
        a = {x.name: helper.get_attribute_value(x) for x in n.attribute}
        if n.op_type == 'Conv':
            w = constants[n.input[1]]
            layers.append([w, np.zeros(len(w)), a['strides'][0], a.get('group', 1), a.get('pads', [0] * 4)])
        elif n.op_type == 'Mul':
            s = constants[n.input[1]].reshape(-1)
            layers[-1][:2] = layers[-1][0] * s.reshape(-1, 1, 1, 1), layers[-1][1] * s
        elif n.op_type == 'Add':
            layers[-1][1] = layers[-1][1] + constants[n.input[1]].reshape(-1)
        elif n.op_type == 'Gemm':
            heads[n.output[0].removesuffix('_logits')] = [constants[i] for i in n.input[1:]]
    return layers, heads


def conv(x, w, b, stride, groups, pads):
    w, b = torch.tensor(w).float(), torch.tensor(b).float()
    return torch.cat([F.conv2d(F.pad(x[i:i + 8], (pads[1], pads[3], pads[0], pads[2])), w, b, stride, 0, 1, groups) for i in range(0, len(x), 8)])


def pixels(x, count):
    """Some pixels of x, chosen at random: [count, channels]."""
    n, c, h, w = x.shape
    k = torch.tensor(np.random.RandomState(7).permutation(n * h * w)[:count])
    return x.permute(0, 2, 3, 1).reshape(-1, c)[k].numpy()


def least(errors):
    """Of pairs (error, scale), both of a row each, every row's scale of least error."""
    best, found = errors[0]
    for e, s in errors[1:]:
        best, found = np.minimum(e, best), np.where(e < best, s, found)
    return found


def reach(x):
    """The upper end of every channel's range."""
    x = pixels(x, 40000)
    top = np.maximum(x.max(0), 1e-3)
    ends = [top * part for part in (1, .95, .9, .85, .8, .75, .7, .6, .5)]
    return np.minimum(least([(((np.clip(np.round(x / r * 255), 0, 255) * r / 255 - x) ** 2).mean(0), r) for r in ends]), TOP)


def steps(w, power, most):
    """Every row's step; power is what the columns are multiplied with, squared."""
    top = np.maximum(np.abs(w).max(1), 1e-9)
    tried = [top * part / most for part in np.linspace(1, .6, 17)]
    return least([(((whole(w, s, most) * s[:, None] - w) ** 2 * power).sum(1), s) for s in tried])


def whole(w, step, most):
    return np.clip(np.round(w / step[:, None]), -most, most)


def corrected(w, step, x, most):
    """Whole numbers for w / step: what the rounding of a column does wrong, the columns behind it make good on x."""
    w, out = w.copy(), np.zeros_like(w)
    h = x.T.astype('f8') @ x / len(x)
    h += np.eye(len(h)) * .01 * np.trace(h) / len(h)
    u = np.linalg.cholesky(np.linalg.inv(h)).T
    for i in range(w.shape[1]):
        out[:, i] = whole(w[:, i:i + 1], step, most)[:, 0]
        w[:, i + 1:] -= np.outer((w[:, i] - out[:, i] * step) / u[i, i], u[i, i + 1:])
    return out


def ranges(exact, behind):
    """What a channel's 255 steps reach up to: a compromise where the layer behind mixes the channels."""
    r = reach(exact)
    if behind is None or behind[3] > 1:
        return r
    q = np.abs(behind[0][:, :, 0, 0]) * r
    share = np.maximum((q / np.maximum(q.max(1, keepdims=True), 1e-12)).max(0), 1e-2)
    return np.minimum(r / share ** BETA, TOP)


def main():
    data, source, target = sys.argv[1:4]
    torch.set_grad_enabled(False)
    labels = np.load(data + '/labels.npz')
    rows = np.where(labels['split'] == 0)[0][:COUNT]
    exact = torch.cat(list(batches(np.load(data + '/pictures.npy', mmap_mode='r'), labels['at'], rows))).permute(0, 3, 1, 2)
    stored, before = exact, None  # exact as 8 bits store it, in parts of before, the channels' ranges
    layers, heads = folded(source)
    nodes, weights = [], []

    def const(name, a, kind='f4'):
        weights.append(numpy_helper.from_array(np.asarray(a).astype(kind), name))
        return name

    def node(kind, inputs, output, **a):
        nodes.append(helper.make_node(kind, inputs, [output], **a))
        return output

    def widened(name, a, kind, step):
        return node('DequantizeLinear', [const(name + '_q', a, kind), const(name + '_step', step), const(name + '_zero', np.zeros(len(a)), kind)], name, axis=0)

    const('step', 1 / 255), const('zero', 0, 'u1')
    at = node('Transpose', ['image'], 'planes', perm=[0, 3, 1, 2])
    for k, (w, b, *shape) in enumerate(layers):
        name, (stride, groups, pads) = 'layer%d' % k, shape
        sums = conv(exact, w, b, *shape)
        exact = sums.clamp(0, TOP)
        after = ranges(exact, layers[k + 1] if k + 1 < len(layers) else None)
        column = torch.tensor(after).float().reshape(1, -1, 1, 1)
        w, b = w / after.reshape(-1, 1, 1, 1), b / after
        if before is None:
            names = [const(name + '_w', w), const(name + '_b', b)]
            got = conv(stored, w, b, *shape)
        else:
            w = w * before.reshape((-1, 1, 1, 1) if groups > 1 else (1, -1, 1, 1))
            flat, most = w.reshape(len(w), -1), 127 if groups > 1 else 64
            x = pixels(stored, 20000)
            step = steps(flat, 1 if groups > 1 else (x ** 2).mean(0), most)
            q = (whole(flat, step, most) if groups > 1 else corrected(flat, step, x, most)).reshape(w.shape)
            step = np.maximum(step, np.abs(b) * 255 / 2. ** 30).astype('f4')  # a bias has 32 bits
            w = q * step.astype('f8').reshape(-1, 1, 1, 1)
            b = b + ((sums / column).mean((0, 2, 3)) - conv(stored, w, b, *shape).mean((0, 2, 3))).numpy()
            b_step = step * np.float32(1 / 255)
            b = np.round(b / b_step)
            names = [widened(name + '_w', q, 'i1', step), widened(name + '_b', b, 'i4', b_step)]
            got = conv(stored, w, b * b_step, *shape)
        at = node('Conv', [at, *names], name + '_sums', strides=[stride, stride], kernel_shape=list(w.shape[2:]), group=groups, pads=list(pads))
        # The storage clips at 0 and at a range's end, where the network clips at 0 and at 6.
        node('QuantizeLinear', [at, 'step', 'zero'], name + '_q')
        at = node('DequantizeLinear', [name + '_q', 'step', 'zero'], name)
        stored, before = (got * 255).round().clamp(0, 255) / 255, after
        print(name, 'noise %.5f of the signal' % (((stored * column - exact) ** 2).mean() / exact.var()).item(), flush=True)
    at = node('Flatten', [node('GlobalAveragePool', [at], 'means')], 'parts', axis=1)
    for name in HEADS:
        w, b = heads[name]
        logits = [x.mean((2, 3)).numpy() @ w + b for x in (exact, stored * column)]
        print(name, 'same answer for %.3f' % (logits[0].argmax(1) == logits[1].argmax(1)).mean())
        node('Gemm', [at, const(name + '_w', w * before[:, None]), const(name + '_b', b)], name + '_logits')
        node('Softmax', [name + '_logits'], name, axis=1)
    node('Mul', [at, const('ranges', before)], 'features')
    port = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, ['n', *shape])
    outputs = [port(name, len(heads[name][1])) for name in HEADS] + [port('features', len(before))]
    model = helper.make_model(helper.make_graph(nodes, 'attributes', [port('image', 160, 160, 3)], outputs, weights), opset_imports=[helper.make_opsetid('', 17)], producer_name='semblance')
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, target)


if __name__ == '__main__':
    main()
