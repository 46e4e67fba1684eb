"""Trains the eye network and writes it as ONNX. README.md says how to call it."""
import argparse
import csv
import json
import os
import time
import zlib

import cv2
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SIDE = 40        # of the network's input: eyePixels of analysis/eyes.go
SHARE = 0.55     # side of the crop over the measure of the face: eyeFactor there
STORED = 64      # side of the crops that are kept in memory, and their share: room to move
STORED_SHARE = 0.62
CLASSES = {"open": 0, "closed": 1, "covered": 2}
FAR_YAW = 30     # degrees from which the far eye is left out


class Net(nn.Module):
    """Four blocks of two convolutions on the grey, normalised eye; 60,623 weights."""

    def __init__(self, channels=(12, 24, 32, 48)):
        super().__init__()
        layers, before = [], 1
        for k, n in enumerate(channels):
            for a in (before, n):
                layers += [nn.Conv2d(a, n, 3, padding=1, bias=False), nn.BatchNorm2d(n), nn.ReLU()]
            if k < 3:
                layers.append(nn.MaxPool2d(2))
            before = n
        self.f = nn.Sequential(*layers)
        self.d = nn.Dropout(0.3)
        self.o = nn.Linear(2 * before, len(CLASSES))
        self.scale = nn.Parameter(torch.ones(1), requires_grad=False)  # calibration, see calibrate
        self.shift = nn.Parameter(torch.zeros(len(CLASSES)), requires_grad=False)

    def logits(self, x):
        """x: [n, 40, 40, 3], RGB 0..255. Light and contrast are taken out, so that exposure does not matter."""
        g = x[..., 0] * 0.299 + x[..., 1] * 0.587 + x[..., 2] * 0.114
        g = g - g.mean((1, 2), keepdim=True)
        g = g / (g * g).mean((1, 2), keepdim=True).add(16.0).sqrt()
        y = self.f(g.unsqueeze(1))
        return self.o(self.d(torch.cat([y.mean((2, 3)), y.amax((2, 3))], 1)))

    def forward(self, x):
        return F.softmax(self.logits(x) * self.scale + self.shift, 1)


def geometry(face):
    """Centres of the right and the left eye, the measure of the face and its roll, as analysis/eyes.go."""
    points = lambda name: np.array([(p["x"], p["y"]) for p in face["landmarks"][name]])
    right, left = points("right_eye"), points("left_eye")
    mouth = face["landmarks"]["mouth_center"]
    d = left[3] - right[0]
    nose = np.hypot(*(np.array([mouth["x"], mouth["y"]]) - points("nose")[0]))
    return (right[0] + right[3]) / 2, (left[0] + left[3]) / 2, max(np.hypot(*d), 1.25 * nose), np.arctan2(d[1], d[0])


def crop(picture, centre, side, roll, mirrored):
    scale = STORED / side
    c, s = np.cos(roll) * scale, np.sin(roll) * scale
    m = np.array([[c, s, 0], [-s, c, 0]])
    if mirrored:
        m[0] *= -1
    m[:, 2] = STORED / 2 - m[:, :2] @ centre
    if scale < 0.75:  # shrink by area first
        f = scale / 0.75
        picture = cv2.resize(picture, None, fx=f, fy=f, interpolation=cv2.INTER_AREA)
        m[:, :2] /= f
    return cv2.warpAffine(picture, m, (STORED, STORED), flags=cv2.INTER_LINEAR)


def load(pictures, landmarks, labels):
    """Crops [n, 64, 64, 3] (BGR), classes, weights, and which are held out to calibrate: every eighth picture."""
    rows = {r["file"]: r for r in csv.DictReader(open(labels))}
    x, y, w, held = [], [], [], []
    for line in open(landmarks):
        d = json.loads(line)
        name = os.path.basename(d["file"])
        faces = [f for f in d.get("result", {}).get("faces", []) if "landmarks" in f]
        if name not in rows or not faces:
            continue
        picture = cv2.imread(os.path.join(pictures, name))
        right, left, measure, roll = geometry(faces[0])
        yaw = faces[0]["pose"]["z_yaw"]
        for centre, mirrored, far in ((right, False, yaw < -FAR_YAW), (left, True, yaw > FAR_YAW)):
            if far:
                continue
            x.append(crop(picture, centre, STORED_SHARE * measure, roll, mirrored))
            y.append(CLASSES[rows[name]["eyes"]])
            w.append(1.0 if rows[name]["by"] in ("person", "eyewear") else 0.5)
            held.append(zlib.crc32(name.encode()) % 8 == 0)
    return np.array(x), np.array(y), np.array(w), np.array(held)


WINDOW = STORED * SHARE / STORED_SHARE  # pixels of a stored crop that the network sees


def view(x, width=WINDOW, turn=0.0, centre=(STORED / 2, STORED / 2), border=cv2.BORDER_REPLICATE):
    s = SIDE / width
    m = np.array([[np.cos(turn) * s, np.sin(turn) * s, 0], [-np.sin(turn) * s, np.cos(turn) * s, 0]])
    m[:, 2] = SIDE / 2 - m[:, :2] @ np.array(centre)
    return cv2.warpAffine(x, m, (SIDE, SIDE), borderMode=border).astype(np.float32)


def augment(x, rng):
    """What photographs do: small and blurred faces, shake, noise, uneven light, compression, crops that are a little off."""
    r = rng.random()
    if r < 0.35:
        k = rng.uniform(0.12, 0.5)
        x = cv2.resize(cv2.resize(x, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), (STORED, STORED), interpolation=cv2.INTER_LINEAR)
    elif r < 0.5:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.5, 3))
    elif r < 0.58:
        n = int(rng.integers(3, 9))
        k = np.zeros((n, n), np.float32)
        cv2.line(k, (int(rng.integers(n)), 0), (int(rng.integers(n)), n - 1), 1)
        k = k.T if rng.random() < 0.5 else k
        x = cv2.filter2D(x, -1, k / max(k.sum(), 1))
    x = view(x, WINDOW * np.exp(rng.normal(0, 0.09)), rng.normal(0, 0.12), STORED / 2 + rng.normal(0, 2.4, 2))
    if rng.random() < 0.5:
        x = 255 * (x / 255) ** np.exp(rng.normal(0, 0.4))
    if rng.random() < 0.4:
        x = x * rng.uniform(0.3, 1.3)
    if rng.random() < 0.4:
        g, q = np.linspace(-1, 1, SIDE), rng.normal(0, 0.3, 2)
        x = x * (1 + q[0] * g[None, :, None] + q[1] * g[:, None, None]).clip(0.2, 2)
    if rng.random() < 0.5:
        x = x + rng.normal(0, rng.uniform(1, 12), x.shape)
    if rng.random() < 0.3:
        _, b = cv2.imencode(".jpg", x.clip(0, 255).astype(np.uint8), [1, int(rng.integers(20, 80))])
        x = cv2.imdecode(b, 1).astype(np.float32)
    return x.clip(0, 255)[..., ::-1]


def calibrate(net, x, y):
    """Temperature and one shift a class that make held-out eyes most likely, every class weighing the same.

    All of them count, not only those that a person looked at: of the open ones these are the hard ones, and a
    shift fitted to them calls every third closed eye open."""
    with torch.no_grad():
        z = net.logits(x)
    w = torch.tensor([1.0 / (y == c).sum() for c in y.tolist()])
    scale, shift = torch.ones(1, requires_grad=True), torch.zeros(len(CLASSES), requires_grad=True)
    opt = torch.optim.LBFGS([scale, shift], max_iter=200)

    def loss():
        opt.zero_grad()
        v = (F.cross_entropy(z * scale + shift, y, reduction="none") * w).sum()
        v.backward()
        return v

    opt.step(loss)
    net.scale.data, net.shift.data = scale.detach(), shift.detach() - shift.detach().mean()


def main():
    p = argparse.ArgumentParser()
    for name in ("pictures", "landmarks", "labels", "out"):
        p.add_argument(name)
    p.add_argument("--minutes", type=float, default=24)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    x, y, w, held = load(a.pictures, a.landmarks, a.labels)
    print("eyes: open, closed, covered", np.bincount(y), "held out", np.bincount(y[held]))
    of = [np.flatnonzero((y == c) & ~held) for c in range(3)]
    looked = np.flatnonzero((y == 0) & (w == 1) & ~held)  # the hard open ones
    check = np.flatnonzero(held)
    xc = torch.tensor(np.stack([view(e)[..., ::-1] for e in x[check]]).copy())
    yc = torch.tensor(y[check])
    net, mean = Net(), None
    opt = torch.optim.AdamW([q for q in net.parameters() if q.requires_grad], 1e-3, weight_decay=3e-3)
    start, step = time.time(), 0
    while (done := (time.time() - start) / (60 * a.minutes)) < 1:
        for g in opt.param_groups:
            g["lr"] = 1.5e-3 * min(1, step / 100) * (0.5 + 0.5 * np.cos(np.pi * done))
        b = np.concatenate([rng.choice(of[0], 20), rng.choice(looked, 12), rng.choice(of[1], 24), rng.choice(of[2], 10)])
        xb = torch.tensor(np.stack([augment(x[i], rng) for i in b]).astype(np.float32))
        wb = torch.tensor(w[b], dtype=torch.float32)
        loss = (F.cross_entropy(net.logits(xb), torch.tensor(y[b]), reduction="none", label_smoothing=0.05) * wb).sum() / wb.sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
        step += 1
        keep = min(0.998, step / (step + 20))
        now = net.state_dict()
        mean = {k: v.clone() if mean is None or not v.dtype.is_floating_point else mean[k] * keep + v * (1 - keep) for k, v in now.items()}
    net.load_state_dict(mean)
    net.eval()
    calibrate(net, xc, yc)
    with torch.no_grad():
        q = net(xc).numpy()
    said = q[:, 0] > q[:, 1]
    for c, name in ((0, "open"), (1, "closed")):
        k = yc.numpy() == c
        print(f"held-out {name}: {k.sum()} eyes, {np.mean(said[k] == (c == 0)):.3f} right")
    is_open = q[:, 0] / (q[:, 0] + q[:, 1])
    covered = yc.numpy() == 2
    for limit in (0.3, 0.5):  # coveredFrom of analysis/eyes.go; sure from SureEyes of internal/face/eyes.go
        sure = (np.maximum(is_open, 1 - is_open) >= 0.8) & (q[:, 2] < limit)
        print(f"covered from {limit}: surely open or closed are {sure[covered].mean():.3f} of covered eyes, {sure[~covered].mean():.3f} of others")
    print(step, "steps")
    torch.onnx.export(net, torch.zeros(2, SIDE, SIDE, 3), a.out, input_names=["image"], output_names=["eyes"],
                      dynamic_axes={"image": {0: "n"}, "eyes": {0: "n"}}, opset_version=13)


if __name__ == "__main__":
    main()
