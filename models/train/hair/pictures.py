"""pictures.py CHIPS WORK COUNT SIZE...: pictures like crops of heads, to measure the ranges of the network's values on.

CHIPS is a folder with FairFace's training pictures. Such a picture shows little more than the face, a head's crop 2.6 heights of it. So it
is shrunk to .4 to .75 of the crop, and what surrounds it is its mirror image (half of them), or black at one or two sides, as at the edge of a
photo (a quarter); or it is used whole (a quarter). Writes WORK/pictures_SIZE.f32, the same pictures at every size."""
import os
import random
import sys

import cv2
import numpy as np

chips, work, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
side = 512
chance = random.Random(7)
names = sorted(os.listdir(chips))
chance.shuffle(names)
pictures = []
for k, name in enumerate(names):
    image = cv2.imread(os.path.join(chips, name))
    if image is None:
        continue
    if k % 4 == 3:
        crop = cv2.resize(image, (side, side), interpolation=cv2.INTER_LINEAR)
    else:
        n = int(side * chance.uniform(.4, .75))
        image = cv2.resize(image, (n, n), interpolation=cv2.INTER_AREA if n < image.shape[0] else cv2.INTER_LINEAR)
        left, top = (chance.randint((side - n) // 4, (side - n) * 3 // 4) for _ in range(2))
        crop = cv2.copyMakeBorder(image, top, side - n - top, left, side - n - left, cv2.BORDER_REFLECT)
        if k % 4 == 2:
            crop[:, :chance.randint(0, left)] = 0
            if chance.random() < .5:
                crop[side - chance.randint(0, side - n - top):] = 0
    pictures.append(crop)
    if len(pictures) == count:
        break
for size in map(int, sys.argv[4:]):
    with open('%s/pictures_%d.f32' % (work, size), 'wb') as f:
        for crop in pictures:
            small = cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA)
            f.write((small[None, :, :, ::-1].astype(np.float32) / 255).tobytes())
