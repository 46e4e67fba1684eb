"""Packs the training pictures: copies of 192 pixels, the squares of the faces' meshes, labels, split.

data.py PICTURES DATA --labels labels.csv --eyewear eyewear.csv.gz --mesh facemesh.onnx [--measured FOLDER ...]

PICTURES holds FairFace's training pictures. labels.csv is FairFace's own (file, age, gender, race) or that of a selection (file, age_lo, gender, race).
eyewear.csv.gz (file, eyewear, verified) says what faces wear. Pictures that look like one in a measured folder are left out (24 x 24 grey values,
correlation above .955, mirrored ones too). 1,500 rows, chosen at random, are kept back for the temperatures.
"""
import argparse, csv, glob, gzip, os
import cv2, numpy as np, torch
from common import square
from network import Net

MANGLED = {'03-Sep': '3-9', 'Oct-19': '10-19'}  # FairFace's csv after a spreadsheet had it
RACES = ['white', 'black', 'indian', 'east asian', 'southeast asian', 'middle eastern', 'latino_hispanic']
STARTS = [0, 3, 10, 20, 30, 40, 50, 60, 70]
EYES = 33, 263  # outer corners in the mesh: the subject's right, left
KEPT_BACK = 1500


def look(path):
    """A small grey picture of mean 0 and length 1."""
    a = cv2.resize(cv2.imread(path, 0), (24, 24), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    a -= a.mean()
    return a / max(np.linalg.norm(a), 1e-3)


def alike(looks, measured):
    """The rows of looks that are like one of measured, or like its mirror image."""
    mirrored = measured.reshape(-1, 24, 24)[:, :, ::-1].reshape(len(measured), -1)
    return {i + k for i in range(0, len(looks), 1000) for m in (measured, mirrored) for k in np.nonzero((looks[i:i + 1000] @ m.T).max(1) > .955)[0]}


def mesh_square(net, picture):
    """Centre, side and roll of the mesh's square, in sides of the picture [3, n, n]: two passes, as analysis/mesh.go makes them."""
    at = np.array([.5, .5, 1., 0.])
    for factor in (1, 1.5):
        t = torch.tensor(at[None], dtype=torch.float32)
        with torch.no_grad():
            crop = square(torch.from_numpy(picture[None]).float() / 255, 192, t[:, 2] * factor, t[:, 0], t[:, 1], t[:, 3], torch.ones(1))
            p = net(crop.permute(0, 2, 3, 1))[0].numpy().reshape(-1, 3)[:, :2] / 192 - .5
        p, cos, sin = p * at[2] * factor, np.cos(at[3]), np.sin(at[3])
        p = np.stack([p[:, 0] * cos - p[:, 1] * sin + at[0], p[:, 0] * sin + p[:, 1] * cos + at[1]], 1)
        d = p[EYES[1]] - p[EYES[0]]
        roll = np.arctan2(d[1], d[0])
        cos, sin = np.cos(roll), np.sin(roll)
        q = np.stack([p[:, 0] * cos + p[:, 1] * sin, p[:, 1] * cos - p[:, 0] * sin], 1)
        low, high = q.min(0), q.max(0)
        u, v = (low + high) / 2
        at = np.array([u * cos - v * sin, u * sin + v * cos, (high - low).max(), roll])
    return at.astype(np.float32)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('pictures'), ap.add_argument('data')
    for name in ('--labels', '--eyewear', '--mesh'):
        ap.add_argument(name, required=True)
    ap.add_argument('--measured', nargs='*', default=[])
    args = ap.parse_args()
    os.makedirs(args.data, exist_ok=True)
    labels = {os.path.basename(r['file']): r for r in csv.DictReader(open(args.labels))}
    eyewear = {r['file']: r for r in csv.DictReader(gzip.open(args.eyewear, 'rt'))}
    paths = [p for p in sorted(glob.glob(os.path.join(args.pictures, '**', '*.jpg'), recursive=True)) if os.path.basename(p) in labels]
    measured = [p for folder in args.measured for e in ('jpg', 'png', 'JPEG') for p in glob.glob(os.path.join(folder, '**', '*.' + e), recursive=True)]
    left_out = alike(np.stack([look(p) for p in paths]), np.stack([look(p) for p in measured])) if measured else set()
    paths = [p for i, p in enumerate(paths) if i not in left_out]
    net = Net(args.mesh, ('Identity_2',)).eval()
    pictures = np.lib.format.open_memmap(os.path.join(args.data, 'pictures.npy'), 'w+', np.uint8, (len(paths), 3, 192, 192))
    at = np.zeros((len(paths), 4), np.float32)
    for i, p in enumerate(paths):
        pictures[i] = cv2.resize(cv2.imread(p), (192, 192), interpolation=cv2.INTER_AREA)[:, :, ::-1].transpose(2, 0, 1)
        at[i] = mesh_square(net, pictures[i])
    rows = [labels[os.path.basename(p)] for p in paths]
    worn = [eyewear.get(os.path.basename(p), {}) for p in paths]
    youngest = lambda r: int(r['age_lo'] if 'age_lo' in r else '70' if r['age'] == 'more than 70' else MANGLED.get(r['age'], r['age']).split('-')[0])
    eyes = np.array([{'none': 0, 'glasses': 1, 'sunglasses': 2}.get(w.get('eyewear'), -1) for w in worn])
    split = np.zeros(len(paths), int)
    split[np.random.RandomState(7).permutation(len(paths))[:min(KEPT_BACK, len(paths) // 4)]] = 1
    np.savez(
        os.path.join(args.data, 'labels.npz'), at=at, split=split, name=np.array([os.path.basename(p) for p in paths]),
        ethnicity=np.array([RACES.index(r['race'].lower()) for r in rows]), gender=np.array([int(r['gender'].lower() == 'male') for r in rows]),
        age=np.array([STARTS.index(youngest(r)) for r in rows]), eyewear=eyes,
        weight=np.array([0 if e < 0 else 1 if w['verified'] == '1' else .15 for e, w in zip(eyes, worn)], np.float32))  # of the label of eyewear
    print('left out', len(left_out), 'kept', len(paths))


if __name__ == '__main__':
    main()
