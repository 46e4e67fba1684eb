"""The head for eyewear: logistic regression on the trained features, balanced classes (none, glasses, sunglasses), verified rows only.

eyewear.py DATA RUN
"""
import sys
import numpy as np
from sklearn.linear_model import LogisticRegression
from common import batches, features

data, run = sys.argv[1:3]
labels = np.load(data + '/labels.npz')
rows = np.where(labels['weight'] == 1)[0]
x = features(run, batches(np.load(data + '/pictures.npy', mmap_mode='r'), labels['at'], rows))
mean, deviation = x.mean(0), x.std(0) + 1e-6
fit = LogisticRegression(C=.003, class_weight='balanced', max_iter=500).fit((x - mean) / deviation, labels['eyewear'][rows])
w = fit.coef_ / deviation
np.savez(run + '/eyewear.npz', w=w.astype('f4'), b=(fit.intercept_ - w @ mean).astype('f4'))
print('rows', len(rows))
