"""Loads model archives as the original's estimator does, and predicts: written from the contract, on the real libraries.

usage: original-loader.py ARCHIVES.json OUT.json
ARCHIVES.json: [{"zip": path, "metrics": [names], "rows": [[numbers]]}]; OUT.json: [{component: [watts]} or {"error": text}]
"""

import json
import os
import sys
import tempfile
import types
import zipfile

import joblib
import numpy
import xgboost

COUNTERS = ["cache_miss", "cpu_cycles", "cpu_instructions"]
BPF = ["bpf_cpu_time_ms", "bpf_page_cache_hit"]
IRQ = ["bpf_block_irq", "bpf_net_rx_irq", "bpf_net_tx_irq"]
WORKLOAD = COUNTERS + BPF + IRQ + ["accelerator_intel_qat"]

# Feature groups in the order in which the original tries them, each list sorted.
GROUPS = [
    sorted(features)
    for features in (
        WORKLOAD + ["cpu_scaling_frequency_hertz", "node_info"],
        WORKLOAD,
        COUNTERS,
        BPF,
        BPF + IRQ,
        COUNTERS + IRQ,
        COUNTERS + BPF,
        ["accelerator_intel_qat"],
    )
]


class CurveFitModel:
    def set_feature_index(self, index):
        self.feature_index = index

    def predict(self, x):
        return numpy.array(self.fit_func(x[:, self.feature_index].flatten(), *self.popt))


def expo_func(x, a, b, c):
    return a * numpy.exp(b * x) + c


def log_func(x, a, b, c):
    return a * numpy.log(b * x + 1) + c


def logi_func(x, height, middle, slope, offset):
    return height / (1 + numpy.exp(-slope * (x - middle))) + offset


def provide(path, **names):
    """Makes a module that pickles may name."""
    parts = path.split(".")
    for i in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:i]), types.ModuleType(".".join(parts[:i])))
    for name, value in names.items():
        setattr(sys.modules[path], name, value)


TRAINERS = "kepler_model.train.trainer."
provide(TRAINERS + "curvefit", CurveFitModel=CurveFitModel)
provide(TRAINERS + "ExponentialRegressionTrainer.main", expo_func=expo_func)
provide(TRAINERS + "LogarithmicRegressionTrainer.main", log_func=log_func)
provide(TRAINERS + "LogisticRegressionTrainer.main", logi_func=logi_func)


def load_pickle(folder, name):
    path = os.path.join(folder, name if name.endswith(".pkl") else name + ".pkl")
    # A file that is not there is no error: the step is left out.
    return joblib.load(path) if os.path.exists(path) else None


def main_feature_index(features, component):
    group = next(group for group in GROUPS if all(feature in features for feature in group))
    names = ["cache_miss", "bpf_page_cache_hit"] if component == "dram" else ["cpu_instructions", "bpf_cpu_time_ms"]
    return group.index(next(name for name in names + group if name in group))


def load_component(folder, model_class, entry):
    if model_class == "xgboost":
        model = xgboost.XGBRegressor(n_estimators=1000, learning_rate=0.1)
        model.load_model(os.path.join(folder, entry["model_file"]))
    else:
        model = load_pickle(folder, entry["model_file"])
    if model is None:
        raise ValueError(entry["model_file"] + " is missing")
    return model, [load_pickle(folder, name) for name in entry["fe_files"]]


def load(folder):
    """Every object within metadata.json is taken for a model, but for machine_spec."""
    with open(os.path.join(folder, "metadata.json")) as file:
        metadata = json.load(file)
    metadata.pop("machine_spec", None)
    for key, value in metadata.items():
        if isinstance(value, dict):
            raise TypeError(key + " is taken for a model")
    model_class = metadata["model_class"]
    if model_class not in ("scikit", "xgboost", "curvefit"):
        raise KeyError(model_class)
    with open(os.path.join(folder, metadata["model_file"])) as file:
        components = json.load(file)
    models = {}
    for component, entry in components.items():
        model, steps = load_component(folder, model_class, entry)
        if model_class == "curvefit":
            model.set_feature_index(main_feature_index(metadata["features"], component))
        models[component] = (entry["features"], steps, model)
    return models


def predict(models, metrics, rows):
    values = numpy.array(rows, dtype=float)
    powers = {}
    for component, (features, steps, model) in models.items():
        x = values[:, [metrics.index(feature) for feature in features]]
        for step in steps:
            if step is not None:
                x = step.transform(x)
        watts = numpy.array(model.predict(x), dtype=float).squeeze()
        watts[watts < 0] = 0
        powers[component] = watts.tolist()
    return powers


def answer(request):
    with tempfile.TemporaryDirectory() as folder:
        try:
            zipfile.ZipFile(request["zip"]).extractall(folder)
            return predict(load(folder), request["metrics"], request["rows"])
        except Exception as error:
            return {"error": type(error).__name__ + ": " + str(error)}


with open(sys.argv[1]) as archives, open(sys.argv[2], "w") as out:
    json.dump([answer(request) for request in json.load(archives)], out)
