"""An ONNX graph as a torch module, to be run or trained; what was trained goes back into the same graph.

It knows the operators of faceres (the trunk) and of facemesh, as models/convert writes them.
"""
import numpy as np, onnx, torch, torch.nn as nn, torch.nn.functional as F
from onnx import numpy_helper


class Net(nn.Module):
    """forward(x) returns the tensors named in want. Pictures are [n, height, width, 3]."""

    def __init__(self, path, want=('global_pooling/Mean',)):
        super().__init__()
        self.model, self.want = onnx.load(path), want
        graph = self.model.graph
        self.input, self.constants, self.par, self.names = graph.input[0].name, {}, nn.ParameterDict(), {}
        for i in graph.initializer:
            a = numpy_helper.to_array(i)
            if a.dtype == np.float32 and a.ndim >= 1:
                self.names[i.name] = 'p%d' % len(self.par)
                self.par[self.names[i.name]] = nn.Parameter(torch.tensor(a.copy()))
            else:
                self.constants[i.name] = torch.tensor(a.copy())
        need, nodes = set(want), []
        for n in reversed(graph.node):
            if need & set(n.output):
                nodes.append(n)
                need |= set(n.input)
        self.ops = [(n.op_type, list(n.input), n.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute}) for n in reversed(nodes)]

    def forward(self, x):
        known = {self.input: x}

        def get(name):
            if name in known:
                return known[name]
            return self.par[self.names[name]] if name in self.names else self.constants[name]

        for op, inputs, output, a in self.ops:
            v = [get(name) for name in inputs]
            if op == 'Transpose':
                r = v[0].permute(*a['perm'])
            elif op == 'Cast':
                r = v[0].float()
            elif op == 'Conv':
                z, pads, strides = v[0], a.get('pads', [0, 0, 0, 0]), a.get('strides', [1, 1])
                if a.get('auto_pad', b'NOTSET') == b'SAME_UPPER':
                    k = v[1].shape[2:]
                    q = [max((-(-z.shape[2 + d] // strides[d]) - 1) * strides[d] + k[d] - z.shape[2 + d], 0) for d in (0, 1)]
                    pads = [q[0] // 2, q[1] // 2, q[0] - q[0] // 2, q[1] - q[1] // 2]
                if any(pads):
                    z = F.pad(z, (pads[1], pads[3], pads[0], pads[2]))
                r = F.conv2d(z, v[1], v[2] if len(v) > 2 else None, strides, 0, a.get('dilations', [1, 1]), a.get('group', 1))
            elif op == 'MaxPool':
                r = F.max_pool2d(v[0], a['kernel_shape'], a['strides'])
            elif op == 'Pad':
                p = v[1].tolist()
                half = len(p) // 2
                r = F.pad(v[0], [n for d in reversed(range(half)) for n in (p[d], p[half + d])])
            elif op == 'Reshape':
                r = v[0].reshape([v[0].shape[d] if n == 0 else n for d, n in enumerate(v[1].tolist())])
            elif op in ('Add', 'Mul', 'Sub', 'Div'):
                r = {'Add': torch.add, 'Mul': torch.mul, 'Sub': torch.sub, 'Div': torch.div}[op](*v)
            elif op == 'Neg':
                r = -v[0]
            elif op == 'Clip':
                r = v[0].clamp(float(v[1]), float(v[2]))
            elif op == 'Relu':
                r = F.relu(v[0])
            elif op == 'Sigmoid':
                r = v[0].sigmoid()
            elif op == 'Softmax':
                r = v[0].softmax(-1)
            elif op == 'GlobalAveragePool':
                r = v[0].mean((2, 3), keepdim=True)
            elif op == 'Flatten':
                r = v[0].flatten(1)
            elif op == 'Gemm':
                r = F.linear(v[0], v[1] if a.get('transB') else v[1].t(), v[2])
            else:
                raise ValueError('no operator ' + op)
            known[output] = r
        return [known[name] for name in self.want]

    def save(self, path):
        for i in self.model.graph.initializer:
            if i.name in self.names:
                i.CopyFrom(numpy_helper.from_array(self.par[self.names[i.name]].detach().numpy(), i.name))
        onnx.save(self.model, path)
