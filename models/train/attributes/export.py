"""Joins trunk and heads into one network: a softmax a head, the temperatures of the rows kept back, the 1,024 features as last output.

export.py DATA RUN OUT.onnx
"""
import sys
import numpy as np, onnx
from onnx import TensorProto, helper, numpy_helper
from common import HEADS, batches, logits, softmax

data, run, out = sys.argv[1:4]
labels = np.load(data + '/labels.npz')
back = np.where(labels['split'] == 1)[0]
z = logits(run, batches(np.load(data + '/pictures.npy', mmap_mode='r'), labels['at'], back))
heads, temperature = dict(np.load(run + '/heads.npz')), {}
for name, (a, b) in HEADS.items():
    if name == 'eyewear':  # its own head, which is calibrated as it is
        e = np.load(run + '/eyewear.npz')
        heads['w'][a:b], heads['b'][a:b], temperature[name] = e['w'], e['b'], 1.
        continue
    y = labels[name][back]
    loss = lambda t: -np.log(softmax(z[:, a:b] / t)[np.arange(len(y)), y] + 1e-9).mean()
    temperature[name] = min(np.exp(np.linspace(np.log(.3), np.log(2.5), 120)), key=loss)
    print(name, 'temperature %.3f, right %.4f of %d' % (temperature[name], (z[:, a:b].argmax(1) == y).mean(), len(y)))

graph, pool = onnx.load(run + '/trunk.onnx').graph, 'global_pooling/Mean'
need, nodes = {pool}, []
for n in reversed(graph.node):
    if need & set(n.output):
        nodes.insert(0, n)
        need |= set(n.input)
weights = [i for i in graph.initializer if i.name in need]
for n in nodes:
    for i, name in enumerate(n.input):
        if name == graph.input[0].name:
            n.input[i] = 'image'
for name, (a, b) in HEADS.items():
    t = temperature[name]
    weights += [numpy_helper.from_array((heads['w'][a:b].T / t).astype('f4'), name + '_w'), numpy_helper.from_array((heads['b'][a:b] / t).astype('f4'), name + '_b')]
    nodes += [helper.make_node('Gemm', [pool, name + '_w', name + '_b'], [name + '_logits']), helper.make_node('Softmax', [name + '_logits'], [name], axis=1)]
nodes.append(helper.make_node('Identity', [pool], ['features']))
port = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, ['n', *shape])
outputs = [port(name, b - a) for name, (a, b) in HEADS.items()] + [port('features', 1024)]
model = helper.make_model(helper.make_graph(nodes, 'attributes', [port('image', 160, 160, 3)], outputs, weights), opset_imports=[helper.make_opsetid('', 17)], producer_name='semblance')
model.ir_version = 8
onnx.checker.check_model(model)
onnx.save(model, out)
