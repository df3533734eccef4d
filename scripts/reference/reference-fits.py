#!/usr/bin/env python3
"""What scikit-learn, XGBoost and SciPy learn from random datasets, as JSON on standard output.

usage: reference-fits.py SEED COUNT [MAX_ROWS]

An optional check of our regressors (test/integration/reference-fits.test.ts runs it where Debian's
python3-sklearn and python3-xgboost are installed). Nothing of it is needed to build or to run this package.
"""
import json
import sys
import time
import warnings

import numpy as np
from scipy.optimize import curve_fit
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, SGDRegressor
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import MaxAbsScaler, PolynomialFeatures
from sklearn.svm import SVR
from xgboost import XGBRegressor

warnings.filterwarnings("ignore")


def dataset(rng, max_rows):
    rows = int(np.exp(rng.uniform(np.log(20), np.log(max_rows))))
    cols = int(rng.integers(1, 13))
    kind = rng.choice(["smooth", "skewed", "quantised", "workload", "signed"])
    if kind == "workload":
        level = np.repeat(rng.uniform(0, 1, rows // 10 + 1), 10)[:rows]
        x = level[:, None] * rng.uniform(0.3, 3, cols) * rng.lognormal(0, 0.1, (rows, cols)) * 1e6
    elif kind == "skewed":
        x = rng.lognormal(0, 1.5, (rows, cols)) * 10 ** rng.uniform(-3, 9, cols)
    elif kind == "quantised":
        x = np.round(rng.uniform(0, 12, (rows, cols)))
    elif kind == "signed":
        x = rng.normal(0, 1, (rows, cols))
    else:
        x = rng.uniform(0, 1, (rows, cols))
    oddity = rng.choice(["none", "constant column", "repeated column", "repeated rows", "nearly equal values"])
    if oddity == "constant column":
        x[:, rng.integers(cols)] = rng.choice([0, 0.1, 123456.7])
    if oddity == "repeated column" and cols > 1:
        x[:, cols - 1] = x[:, 0] * rng.choice([1, 2.5])
    if oddity == "repeated rows":
        x = x[rng.integers(0, max(2, rows // 3), rows)]
    if oddity == "nearly equal values":
        x[:, 0] = 1 + np.round(rng.uniform(0, 20, rows)) * 4e-8
    scaled = MaxAbsScaler().fit_transform(x)
    w = rng.uniform(-20, 100, cols)
    y = 30 + scaled @ w + 40 * np.sqrt(np.abs(scaled[:, 0])) + rng.normal(0, rng.choice([0.01, 1, 10]), rows)
    target = rng.choice(["plain", "whole watts", "small", "large"], p=[0.6, 0.2, 0.1, 0.1])
    if target == "whole watts":
        y = np.round(y)
    if target == "small":
        y = y * 1e-3
    if target == "large":
        y = y * 1e3
    return f"{rows}x{cols} {kind}, {oddity}, {target}", scaled, y


def exponential(x, a, b, c):
    return a * np.exp(b * x) + c


def logarithmic(x, a, b, c):
    return a * np.log(b * x + 1) + c


def logistic(x, a, x0, k, off):
    return a / (1 + np.exp(-k * (x - x0))) + off


def starts(y):
    low, span = y.min(), y.max() - y.min()
    a = np.floor(span / np.e)
    return {
        "ExponentialRegressionTrainer": (exponential, [a, 1, low - a]),
        "LogarithmicRegressionTrainer": (logarithmic, [span, 1, low]),
        "LogisticRegressionTrainer": (logistic, [span, 0.5, np.floor(span / y.std()) if y.std() > 0 else 0, low]),
    }


def fits(x, y, test):
    def timed(make, x=x, test=test):
        begun = time.perf_counter()
        model = make.fit(x, y)
        seconds = time.perf_counter() - begun
        return {"seconds": seconds, "predictions": [float(v) for v in model.predict(test)]}

    def boosted(seed):
        return GradientBoostingRegressor(criterion="friedman_mse", random_state=seed)

    result = {"LinearRegressionTrainer": timed(LinearRegression(positive=True))}
    poly = PolynomialFeatures(2)
    wide = poly.fit_transform(x)
    flat = LinearRegression()
    result["PolynomialRegressionTrainer"] = timed(flat, wide, poly.transform(test))
    singular = np.linalg.svd(wide - wide.mean(axis=0), compute_uv=False)
    kept = int((singular > 1e-13 * singular[0]).sum())
    # Where LAPACK keeps a direction that is only rounding, its weights are noise and so are its predictions.
    vague = ((singular > 1e-13 * singular[0]) & (singular < 1e-8 * singular[0])).any()
    result["PolynomialRegressionTrainer"]["unsure"] = bool(vague or flat.rank_ != kept)
    result["SVRRegressorTrainer"] = timed(SVR(C=1.0, epsilon=0.2, gamma="scale", tol=1e-6))
    neighbours = KNeighborsRegressor(6, algorithm="brute").fit(x, y)
    result["KNeighborsRegressorTrainer"] = timed(KNeighborsRegressor(6))
    distances = neighbours.kneighbors(test, min(7, len(y)), return_distance=True)[0]
    tied = distances[:, -1] - distances[:, -2] <= 1e-7 * (1 + distances[:, -1])
    for i in np.flatnonzero(tied):
        result["KNeighborsRegressorTrainer"]["predictions"][i] = None
    result["GradientBoostingRegressorTrainer"] = timed(boosted(0))
    result["GradientBoostingRegressorTrainer"]["seeds"] = [
        [float(v) for v in boosted(seed).fit(x, y).predict(test)] for seed in range(1, 12)
    ]
    result["XgboostFitTrainer"] = timed(
        XGBRegressor(n_estimators=100, max_depth=6, learning_rate=0.1, tree_method="exact", base_score=0.5, n_jobs=1)
    )
    result["SGDRegressorTrainer"] = timed(SGDRegressor(random_state=0))
    result["SGDRegressorTrainer"]["seeds"] = [
        [float(v) for v in SGDRegressor(random_state=seed).fit(x, y).predict(test)] for seed in range(1, 12)
    ]
    for name, (curve, p0) in starts(y).items():
        begun = time.perf_counter()
        try:
            popt = curve_fit(curve, x[:, 0], y, p0=p0, maxfev=30000)[0]
        except (RuntimeError, ValueError, TypeError) as failure:
            result[name] = {"failure": str(failure)}
            continue
        seconds = time.perf_counter() - begun
        predicted = curve(test[:, 0], *popt)
        sse = float(((curve(x[:, 0], *popt) - y) ** 2).sum())
        if not np.isfinite(predicted).all():
            result[name] = {"failure": "not finite"}
            continue
        result[name] = {
            "seconds": seconds,
            "predictions": [float(v) for v in predicted],
            "sse": sse,
            "popt": [float(v) for v in popt],
        }
    return result


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    max_rows = int(sys.argv[3]) if len(sys.argv) > 3 else 3000
    found = []
    for k in range(count):
        rng = np.random.default_rng([seed, k])
        name, x, y = dataset(rng, max_rows)
        test_rows = np.arange(len(y)) % 5 == 4
        train, test = ~test_rows, test_rows
        found.append(
            {
                "name": f"{seed}.{k} {name}",
                "x": x[train].tolist(),
                "y": y[train].tolist(),
                "testX": x[test].tolist(),
                "testY": y[test].tolist(),
                "models": fits(x[train], y[train], x[test]),
            }
        )
    json.dump(found, sys.stdout)


main()
