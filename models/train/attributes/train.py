"""Trains the trunk (faceres: MobileNet v1 with folded batch norms, 3.2 million weights) and four heads on crops of 160 pixels, on a processor.

train.py DATA RUN --trunk faceres.onnx [--minutes 95]

DATA is what data.py wrote. The learning rate follows the time: it warms up over 300 steps and falls as half a cosine over --minutes, so that a run ends when
it should on any machine. The moving average of the weights goes to RUN/trunk.onnx and RUN/heads.npz every 8 minutes and at the end.
"""
import argparse, os, time
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from common import FACTOR, HEADS, MIDDLE, SIZE, square
from network import Net

ap = argparse.ArgumentParser()
ap.add_argument('data'), ap.add_argument('run'), ap.add_argument('--trunk', required=True)
ap.add_argument('--minutes', type=float, default=95), ap.add_argument('--batch', type=int, default=32), ap.add_argument('--rate', type=float, default=2e-4)
ap.add_argument('--steps', type=int, default=0, help='end after so many: a try')
args = ap.parse_args()
os.makedirs(args.run, exist_ok=True)
torch.set_num_threads(os.cpu_count()), torch.manual_seed(0), np.random.seed(0)
labels = np.load(args.data + '/labels.npz')
pictures, at, weight = torch.from_numpy(np.load(args.data + '/pictures.npy')), torch.tensor(labels['at']), torch.tensor(labels['weight'])
truth = {name: torch.tensor(labels[name].astype('i8')) for name in HEADS}
train, back = [torch.tensor(np.where(labels['split'] == s)[0]) for s in (0, 1)]


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop, self.out = nn.Dropout(.2), nn.Linear(1024, 21)
        nn.init.normal_(self.out.weight, std=.01), nn.init.zeros_(self.out.bias)

    def forward(self, z):
        z = self.out(self.drop(z))
        return {name: z[:, a:b] for name, (a, b) in HEADS.items()}


trunk, heads = Net(args.trunk), Heads()


def crop(rows, vary):
    g, n = at[rows], len(rows)
    uniform = lambda a, b: torch.rand(n) * (b - a) + a
    x, y, side, roll, flip = g[:, 0], g[:, 1], g[:, 2] * FACTOR, g[:, 3], torch.ones(n)
    if not vary:
        return square(pictures[rows].float(), SIZE, side, x, y, roll, flip).permute(0, 2, 3, 1)
    side = side * torch.exp(uniform(-.14, .14))
    x, y, roll = x + uniform(-.05, .05) * side, y + uniform(-.05, .05) * side, roll + uniform(-.15, .15)
    flip = torch.where(torch.rand(n) < .5, -flip, flip)
    p = square(pictures[rows].float(), SIZE, side, x, y, roll, flip)
    mean, about1 = p.mean((1, 2, 3), keepdim=True), lambda a, c: 1 + (torch.rand(n, c, 1, 1) * 2 - 1) * a
    p = ((p - mean) * about1(.3, 1) + mean * about1(.3, 1)) * about1(.08, 3)  # contrast, light, colour of the light
    p = torch.where(torch.rand(n, 1, 1, 1) < .12, p.mean(1, keepdim=True).expand_as(p), p).clone()  # grey
    k, q, e = n // 4, int(np.random.randint(28, SIZE - 30)), SIZE // 5
    p[:k] = F.interpolate(F.interpolate(p[:k], size=(q, q), mode='area'), size=(SIZE, SIZE), mode='bilinear', align_corners=False)  # small faces
    p = p.clamp(0, 255)
    for i in range(k, n, 4):  # something in front
        top, left = np.random.randint(0, SIZE - e, 2)
        p[i, :, top:top + e, left:left + e] = 127
    return p.permute(0, 2, 3, 1)


parameters = lambda: [*trunk.named_parameters(), *[('heads.' + name, p) for name, p in heads.named_parameters()]]
optimizer = torch.optim.AdamW([
    dict(params=[p for p in trunk.parameters() if p.ndim > 1], lr=args.rate, weight_decay=.05),
    dict(params=[p for p in trunk.parameters() if p.ndim <= 1], lr=args.rate, weight_decay=0),
    dict(params=heads.parameters(), lr=args.rate * 6, weight_decay=.01)])
rates, average = [g['lr'] for g in optimizer.param_groups], {name: p.detach().clone() for name, p in parameters()}


def swap():
    """Changes the weights for their moving average, or back."""
    with torch.no_grad():
        for name, p in parameters():
            held = p.detach().clone()
            p.copy_(average[name])
            average[name] = held


def report():
    swap(), trunk.eval(), heads.eval()
    with torch.no_grad():
        outs = [heads(trunk(crop(back[i:i + 64], False))[0]) for i in range(0, len(back), 64)]
    swap(), trunk.train(), heads.train()
    p = {name: torch.cat([o[name] for o in outs]).softmax(1) for name in HEADS}
    y, middle = {name: t[back] for name, t in truth.items()}, torch.tensor(MIDDLE, dtype=torch.float32)
    seen = y['eyewear'] >= 0
    right = lambda p, t: (p.argmax(1) == t).float().mean().item()
    return 'right: ethnicity of seven %.4f gender %.4f age band %.4f eyewear %.4f; mean error of the age %.2f' % (
        right(p['ethnicity'], y['ethnicity']), right(p['gender'], y['gender']), right(p['age'], y['age']), right(p['eyewear'][seen], y['eyewear'][seen]),
        (p['age'] @ middle - middle[y['age']]).abs().mean().item())


def save():
    swap()
    trunk.save(os.path.join(args.run, 'trunk.onnx'))
    np.savez(os.path.join(args.run, 'heads.npz'), w=heads.out.weight.detach().numpy(), b=heads.out.bias.detach().numpy())
    swap()


def smeared(band, sigma=.6):
    """Age bands spread over their neighbours."""
    w = torch.exp(-(torch.arange(9.)[None] - band[:, None]) ** 2 / (2 * sigma * sigma))
    return w / w.sum(1, keepdim=True)


def loss_of(out, rows):
    y, w = {name: t[rows] for name, t in truth.items()}, weight[rows]
    eyewear = (F.cross_entropy(out['eyewear'], y['eyewear'].clamp(min=0), reduction='none') * w).sum() / w.sum().clamp(min=1)
    return (F.cross_entropy(out['ethnicity'], y['ethnicity'], label_smoothing=.05) + F.cross_entropy(out['gender'], y['gender'], label_smoothing=.02)
            - (smeared(y['age']) * F.log_softmax(out['age'], 1)).sum(1).mean() + .5 * eyewear)


print('train', len(train), 'kept back', len(back), flush=True)
start, step, saved, done = time.time(), 0, 0., False
trunk.train(), heads.train()
while not done:
    order = train[torch.randperm(len(train))]
    for i in range(0, len(train) - args.batch + 1, args.batch):
        rows, step, part = order[i:i + args.batch], step + 1, (time.time() - start) / (args.minutes * 60)
        if part >= 1 or args.steps and step > args.steps:
            done = True
            break
        for group, rate in zip(optimizer.param_groups, rates):
            group['lr'] = rate * min(step / 300, 1) * max(.5 * (1 + np.cos(np.pi * part)), .005)
        loss = loss_of(heads(trunk(crop(rows, True))[0]), rows)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([p for _, p in parameters()], 1.)
        optimizer.step()
        with torch.no_grad():
            decay = min(.9985, step / (step + 50.))
            for name, p in parameters():
                average[name].lerp_(p, 1 - decay)
        if step % 100 == 0 and time.time() - saved > 480:
            saved = time.time()
            print('%.1f min, epoch %.2f, loss %.3f,' % ((saved - start) / 60, step * args.batch / len(train), loss.item()), report(), flush=True)
            save()
print('end', step, report())
save()
