"""agree.py WORK SIZE FLOAT.onnx NETWORK.onnx...: how far networks agree with the float one of the same size, on the pictures that the ranges were
measured on. Options were chosen by this, so that no labelled picture was needed for it. Of all pixels together: IoU of hair, share of pixels
of another class, root mean square of the logits' differences beside their deviation, ratio of the areas of hair."""
import os
import subprocess
import sys

import numpy as np

work, size = sys.argv[1], int(sys.argv[2])


def logits(network):
    """Logits by picture, row, column, class."""
    out = '%s/logits_%d.f32' % (work, os.getpid())
    run = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'run.mjs')
    subprocess.check_call(['node', run, 'run', network, '%s/pictures_%d.f32' % (work, size), out])
    x = np.fromfile(out, np.float32)
    os.remove(out)
    n = size // 2
    return x.reshape(-1, n, n, 2, 2, 6).transpose(0, 1, 3, 2, 4, 5).reshape(-1, size, size, 6)


reference = logits(sys.argv[3])
hair = reference.argmax(-1) == 1
for network in sys.argv[4:]:
    x = logits(network)
    h = x.argmax(-1) == 1
    print('%s: IoU %.4f, other class %.4f, rms %.3f of %.3f, area %.3f' % (
        os.path.basename(network), (h & hair).sum() / (h | hair).sum(), (x.argmax(-1) != reference.argmax(-1)).mean(),
        np.sqrt(((x - reference) ** 2).mean()), reference.std(), h.sum() / hair.sum()), flush=True)
