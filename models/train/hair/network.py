"""network.py FLOAT256.onnx OUT.onnx SIZE: MediaPipe's selfie_multiclass_256x256 rebuilt from its weights for pictures of SIZE x SIZE, a multiple of 32.

FLOAT256.onnx is what `modelpack -hair` writes. The network is the same up to rounding, with less work (quantize.py uses the class Net to write it in 8 bits):

1. Pairs of 1x1 convolutions with nothing between them become one where that is cheaper: 128->256->1536 (b5), the feed-forward part of the
   attention blocks C->2C->C, 192->384->384->64, and the three laterals (their 1x1 depthwise convolution is a batch norm).
2. Scale and shift of each channel before an attention block go into the weights behind them; its residual goes into the feed-forward
   weights (W + I).
3. Attention does not cut the map into patches. Only softmax and sum know the position inside a patch, so 16 masked rows of softmax do it, and the
   value convolution runs on the 16 sums, not on all pixels (the weights of a sum add up to 1). That also frees the size from multiples of 64.
4. Nearest resizing is written as asymmetric/floor, which is the same for a factor of 2: ONNX Runtime keeps its blocked layout.
5. The transposed convolution 2x2 and the last 1x1 one become one 1x1 convolution 32 -> 24: 2 x 2 pixels of 6 classes.

Constants have the names c_NUMBER that the converter gives them, in the order of the graph."""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def weights(path):
    """Constants by name, of a network or as narrow.py writes them."""
    if path.endswith('.npz'):
        return dict(np.load(path))
    return {i.name: numpy_helper.to_array(i).astype(np.float64) for i in onnx.load(path).graph.initializer}


def matrix(w):
    """The weights of a 1x1 convolution as a matrix."""
    return w.reshape(w.shape[0], -1)


def chain(w2, b2, w1, b1):
    """A 1x1 convolution after another as one."""
    return matrix(w2) @ matrix(w1), matrix(w2) @ b1 + b2


def weight_scale(w, most):
    """The scale of each output channel, symmetric, of least squared error."""
    flat = w.reshape(len(w), -1)
    top = np.abs(flat).max(1) + 1e-12
    least, best = np.full(len(flat), np.inf), top / most
    for a in np.linspace(.6, 1, 17):
        s = top * a / most
        error = ((flat - np.clip(np.round(flat / s[:, None]), -most, most) * s[:, None]) ** 2).sum(1)
        better = error < least
        least[better], best[better] = error[better], s[better]
    return best


class Net:
    """Writes the network. quantised names the tensors that are stored in 8 bits: name -> (scale, zero point). factors says by which factor of
    each channel what is stored is smaller than the value, for tensors that were equalised; that changes no result."""

    most_weight = 127

    def __init__(self, constants, size, quantised=None, factors=None):
        self.c, self.size, self.quantised, self.factors = constants, size, quantised or {}, factors or {}
        self.nodes, self.initializers, self.known = [], [], set()
        self.layers = {}  # layer -> (its input, its weights as [out, in, kernel], whether it is depthwise)

    def const(self, name, value, dtype=np.float32):
        if name not in self.known:
            self.known.add(name)
            self.initializers.append(numpy_helper.from_array(np.array(value, dtype, order='C'), name))
        return name

    def op(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name='n_' + output, **attributes))
        return output

    def stored(self, x):
        """Stores x in 8 bits, if it is to be; returns the name that consumers read."""
        if x not in self.quantised:
            return x
        scale, zero = self.quantised[x]
        self.const(x + '.s', scale)
        self.const(x + '.z', zero, np.uint8)
        self.op('QuantizeLinear', [x, x + '.s', x + '.z'], x + '.q')
        return self.op('DequantizeLinear', [x + '.q', x + '.s', x + '.z'], x + '.dq')

    def conv(self, name, x, w, b, relu=False, stride=1, pads=(0, 0, 0, 0), group=1):
        """A convolution (weights of two dimensions are 1x1) of x, a name as consumers read it."""
        w = w.reshape(w.shape[0], -1, 1, 1) if w.ndim == 2 else w
        source = x[:-3] if x.endswith('.dq') else x
        self.layers[name] = source, w.reshape(w.shape[0], w.shape[1], -1), group > 1
        if source in self.factors:
            f = self.factors[source]
            w = w * (f.reshape(-1, 1, 1, 1) if group > 1 else f.reshape(1, -1, 1, 1))
        if name in self.factors:
            w, b = w / self.factors[name].reshape(-1, 1, 1, 1), b / self.factors[name]
        quantised = x.endswith('.dq') and name in self.quantised  # both ends are: ONNX Runtime makes one 8-bit operator of it
        if quantised:
            most = 127 if group > 1 else self.most_weight
            scale = np.maximum(weight_scale(w, most), 1e-9).astype(np.float32)
            x_scale = np.float32(self.quantised[source][0])
            # A bias too large for 32 bits would need a coarser scale of the weights: channels that are dead anyway.
            scale = np.maximum(scale, (np.abs(b) / (float(x_scale) * 2.0 ** 30)).astype(np.float32))
            self.const(name + '.w', np.clip(np.round(w / scale[:, None, None, None]), -most, most), np.int8)
            self.const(name + '.ws', scale)
            self.const(name + '.wz', np.zeros(len(w)), np.int8)
            weight = self.op('DequantizeLinear', [name + '.w', name + '.ws', name + '.wz'], name + '.wd', axis=0)
            b_scale = (scale * x_scale).astype(np.float32)
            self.const(name + '.b', np.round(b / b_scale), np.int32)
            self.const(name + '.bs', b_scale)
            self.const(name + '.bz', np.zeros(len(b)), np.int32)
            bias = self.op('DequantizeLinear', [name + '.b', name + '.bs', name + '.bz'], name + '.bd', axis=0)
        else:
            weight, bias = self.const(name + '.w', w), self.const(name + '.b', b)
        kernel = w.shape[2]
        clipped = relu and quantised and self.quantised[name][1] == 0  # storing cuts off what is below 0
        output = name if not relu or clipped else name + '.pre'
        self.op('Conv', [x, weight, bias], output, kernel_shape=[kernel, kernel], strides=[stride, stride], pads=list(pads), group=group)
        if relu and not clipped:
            self.op('Relu', [output], name)
        return self.stored(name)

    def add(self, name, a, b):
        self.op('Add', [a, b], name)
        return self.stored(name)

    def enlarge_linear(self, name, x, k):
        """x enlarged k times. It stays float: ONNX Runtime's 8-bit version is five times slower and rounds down."""
        self.op('Resize', [x, '', self.const('scale%d' % k, [1, 1, k, k])], name, mode='linear', coordinate_transformation_mode='half_pixel')
        if x.endswith('.dq'):  # interpolation keeps the range
            self.quantised[name] = self.quantised[x[:-3]]
        return self.stored(name)

    def double(self, name, x, n):
        """x, n x n pixels of 64 channels, enlarged twice by repetition. ONNX Runtime's Resize goes pixel by pixel, as slow as a large convolution;
        two copies of the bytes are the same."""
        if not x.endswith('.dq'):
            scale = self.const('scale2', [1, 1, 2, 2])
            return self.op('Resize', [x, '', scale], name, mode='nearest', coordinate_transformation_mode='asymmetric', nearest_mode='floor')
        source, channels = x[:-3], 64
        self.quantised[name] = self.quantised[source]
        self.op('Transpose', [source + '.q'], name + '.1', perm=[0, 2, 3, 1])
        self.op('Concat', [name + '.1'] * 2, name + '.2', axis=3)
        self.op('Reshape', [name + '.2', self.const(name + '.sh1', [1, n, 1, n * 2 * channels], np.int64)], name + '.3')
        self.op('Concat', [name + '.3'] * 2, name + '.4', axis=2)
        self.op('Reshape', [name + '.4', self.const(name + '.sh2', [1, 2 * n, 2 * n, channels], np.int64)], name + '.5')
        self.op('Transpose', [name + '.5'], name + '.q', perm=[0, 3, 1, 2])
        self.const(name + '.s', self.quantised[name][0])
        self.const(name + '.z', self.quantised[name][1], np.uint8)
        return self.op('DequantizeLinear', [name + '.q', name + '.s', name + '.z'], name + '.dq')

    def attention(self, name, x, n, numbers):
        """A block of separable self-attention on n x n pixels. numbers are those of its constants, in their order."""
        c = self.c
        scale, shift = (c['c_%d' % i].ravel() for i in numbers[:2])
        (w1, b1), (w2, b2), (r, rb), (vw, vb), (s, sb), (o, ob) = ((c['c_%d' % i], c['c_%d' % (i + 1)]) for i in numbers[2:])

        def scaled(w, b):  # with scale and shift before it
            return matrix(w) * scale, b + matrix(w) @ shift
        forward, forward_bias = scaled(*chain(w2, b2, w1, b1))
        forward = forward + np.eye(len(forward))
        channels, pixels = len(scale), n * n
        source = x[:-3] if x.endswith('.dq') else x
        (sw, sb), (vw, vb) = scaled(s, sb), scaled(vw, vb)
        if source in self.factors:
            sw, vw = sw * self.factors[source], vw * self.factors[source]
        if name + '_ctxg' in self.factors:
            vw, vb = vw / self.factors[name + '_ctxg'][:, None], vb / self.factors[name + '_ctxg']
        # By pixel, then channel: ONNX Runtime's 8-bit convolutions are so too, and no transposition is left.
        self.op('Transpose', [x], name + '_last', perm=[0, 2, 3, 1])
        flat = self.op('Reshape', [name + '_last', self.const('flat%d_%d' % (channels, n), [pixels, channels], np.int64)], name + '_flat')
        self.op('MatMul', [flat, self.const(name + '_sw', sw.T)], name + '_score')  # its bias is the same for all: softmax does not see it
        self.op('Reshape', [name + '_score', self.const('row%d' % pixels, [1, pixels], np.int64)], name + '_row')
        place = np.array([(i // n % 4) * 4 + i % n % 4 for i in range(pixels)])  # of a pixel in its patch
        self.op('Add', [name + '_row', self.const('mask%d' % pixels, (np.eye(16)[:, place] - 1) * 1e4)], name + '_rows')
        self.op('Softmax', [name + '_rows'], name + '_a', axis=-1)
        self.op('MatMul', [name + '_a', flat], name + '_sum')
        self.op('Gemm', [name + '_sum', self.const(name + '_vw', vw), self.const(name + '_vb', vb)], name + '_v', transB=1)
        context, quantised = name + '_v', name + '_ctxg' in self.quantised
        if quantised:
            self.quantised[context] = self.quantised[name + '_ctxg']
            context = self.stored(context)[:-2] + 'q'
        self.op('Gather', [context, self.const('place%d' % pixels, place, np.int64)], name + '_ctx', axis=0)
        self.op('Reshape', [name + '_ctx', self.const('grid%d_%d' % (channels, n), [1, n, n, channels], np.int64)], name + '_ctxl')
        context = self.op('Transpose', [name + '_ctxl'], name + '_ctxg' + '.q' * quantised, perm=[0, 3, 1, 2])
        if quantised:
            context = self.op('DequantizeLinear', [context, name + '_v.s', name + '_v.z'], name + '_ctxg.dq')
        gate = self.conv(name + '_r', x, *scaled(r, rb), relu=True)
        self.op('Mul', [gate, context], name + '_m')
        out = self.conv(name + '_o', self.stored(name + '_m'), o, ob)
        return self.add(name, self.conv(name + '_f', x, forward, forward_bias), out)

    def build(self):
        c, size, conv = self.c, self.size, self.conv
        same, down = (1, 1, 1, 1), (0, 0, 1, 1)

        def at(i):
            return c['c_%d' % i], c['c_%d' % (i + 1)]

        def norm(i):  # a batch norm as the matrix of a 1x1 convolution
            return np.diag(c['c_%d' % i].ravel()), c['c_%d' % (i + 1)]

        def depthwise(name, x, i, relu=True, stride=1):
            return conv(name, x, *at(i), relu=relu, stride=stride, pads=same if stride == 1 else down, group=len(c['c_%d' % i]))
        self.op('Transpose', ['input_29'], 'image', perm=[0, 3, 1, 2])
        x0 = conv('stem', self.stored('image'), *at(2), relu=True, stride=2, pads=down)
        x = depthwise('b1_d', conv('b1_e', x0, *at(6), relu=True), 10)
        x = conv('b1', x, *at(14))
        x = depthwise('b2_d', conv('b2_e', x, *at(17), relu=True), 21, stride=2)
        y2 = conv('b2', x, *at(25))
        x = depthwise('b3_d', conv('b3_e', y2, *at(28), relu=True), 32)
        y3 = self.add('b3', conv('b3_p', x, *at(36)), y2)
        x = depthwise('b4_d', conv('b4_e', y3, *at(40), relu=True), 44, stride=2)
        x = conv('b4', x, *at(48))
        x = conv('v1_3', x, *at(51), relu=True, pads=same)
        x = conv('v1_1', x, *at(55), relu=True)
        x = self.attention('v1a', x, size // 8, (66, 68, 71, 74, 77, 81, 84, 98))
        y4 = self.attention('v1b', x, size // 8, (104, 106, 108, 111, 114, 118, 121, 131))
        x = depthwise('b5_d', conv('b5_e', y4, *chain(*at(146), *at(143)), relu=True), 150, stride=2)
        x = conv('b5', x, *at(154))
        x = conv('v2_3', x, *at(157), relu=True, pads=same)
        x = conv('v2_1', x, *at(161), relu=True)
        for block, numbers in (
                ('a', (172, 174, 177, 180, 183, 187, 190, 203)), ('b', (209, 211, 213, 216, 219, 223, 226, 236)),
                ('c', (241, 243, 245, 248, 251, 255, 258, 268)), ('d', (273, 275, 277, 280, 283, 287, 290, 300))):
            x = self.attention('v2' + block, x, size // 16, numbers)
        p16 = conv('p16', x, *chain(*at(316), *chain(*norm(313), *at(310))))
        l32 = conv('l32', y4, *chain(*at(324), *chain(*norm(321), *at(143))))
        l64 = conv('l64', y3, *chain(*at(333), *norm(330)))
        l128 = conv('l128', x0, *chain(*at(342), *norm(339)))
        p32 = self.add('p32', self.double('u32', p16, size // 16), l32)
        p64 = self.add('p64', self.double('u64', p32, size // 8), l64)
        p128 = self.add('p128', self.double('u128', p64, size // 4), l128)
        h = conv('h128', depthwise('h128_d', p128, 346, False), *at(349))
        a32 = self.add('a32', conv('h32', depthwise('h32_d', p32, 361, False), *at(364)), self.enlarge_linear('h16u', conv('h16', depthwise('h16_d', p16, 370, False), *at(373)), 2))
        a64 = self.add('a64', conv('h64', depthwise('h64_d', p64, 352, False), *at(355)), self.enlarge_linear('a32u', a32, 2))
        h = self.add('sum', h, self.enlarge_linear('a64u', a64, 2))
        x = conv('t0', depthwise('t0_d', h, 379), *at(383), relu=True)
        for k, i in enumerate((387, 395, 403, 411)):
            x = conv('t%d' % (k + 1), depthwise('t%d_d' % (k + 1), x, i), *at(i + 4), relu=True)
        up, up_bias = at(419)  # [in 32, between 32, 2, 2]
        last, last_bias = at(422)
        w = np.einsum('km,cmij->ijkc', matrix(last), up).reshape(24, 32)
        out = conv('last', x, w, np.tile(matrix(last) @ up_bias + last_bias, 4))
        self.op('Transpose', [out], 'Identity', perm=[0, 2, 3, 1])
        graph = helper.make_graph(
            self.nodes, 'selfie_multiclass_%d' % size,
            [helper.make_tensor_value_info('input_29', TensorProto.FLOAT, [1, size, size, 3])],
            [helper.make_tensor_value_info('Identity', TensorProto.FLOAT, [1, size // 2, size // 2, 24])], self.initializers)
        # The producer is part of the bytes, and so of the hashes: it stays as it was in the first files.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], producer_name='hair/build.py')
        model.ir_version = 7
        return model


def save(model, path):
    onnx.checker.check_model(model)
    with open(path, 'wb') as f:
        f.write(model.SerializeToString(deterministic=True))


if __name__ == '__main__':
    save(Net(weights(sys.argv[1]), int(sys.argv[3])).build(), sys.argv[2])
