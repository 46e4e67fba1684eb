"""What the scripts share: crops of faces, the heads, the trained network's logits."""
import numpy as np, torch, torch.nn.functional as F
from network import Net

SIZE, FACTOR = 160, 1.3  # pixels of a crop, and its side over that of the mesh's square
HEADS = dict(ethnicity=(0, 7), gender=(7, 9), age=(9, 18), eyewear=(18, 21))  # of 21 logits
MIDDLE = np.array([1.5, 6.5, 15, 25, 34.5, 44.5, 54.5, 64.5, 76])  # what an age band counts as, in years


def square(pictures, size, side, x, y, roll, flip):
    """Squares of pictures [n, 3, h, w], turned by roll, edges repeated. Centre and side are in sides of the picture; flip is 1, or -1 for a mirrored one."""
    cos, sin = torch.cos(roll), torch.sin(roll)
    t = torch.stack([torch.stack([side * cos * flip, -side * sin, 2 * x - 1], 1), torch.stack([side * sin * flip, side * cos, 2 * y - 1], 1)], 1)
    grid = F.affine_grid(t, (len(pictures), 3, size, size), align_corners=False)
    return F.grid_sample(pictures, grid, mode='bilinear', padding_mode='border', align_corners=False)


def batches(pictures, at, rows):
    """The crops of rows, [n, SIZE, SIZE, 3], 64 at a time. at: centre, side and roll of each mesh's square."""
    for i in range(0, len(rows), 64):
        k = rows[i:i + 64]
        g = torch.tensor(at[k])
        yield square(torch.from_numpy(np.array(pictures[k])).float(), SIZE, g[:, 2] * FACTOR, g[:, 0], g[:, 1], g[:, 3], torch.ones(len(k))).permute(0, 2, 3, 1)


def features(run, crops):
    net = Net(run + '/trunk.onnx').eval()
    with torch.no_grad():
        return np.concatenate([net(x)[0].numpy() for x in crops])


def logits(run, crops):
    heads = np.load(run + '/heads.npz')
    return features(run, crops) @ heads['w'].T + heads['b']


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)
