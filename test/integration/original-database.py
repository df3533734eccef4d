"""Reads an exported pipeline as the original reads its model database: written from the contract.

usage: original-database.py FOLDER
Prints JSON: {"name", "node_types": {type: spec}, "models": [{"zip", "features", "mae", "weights"}]}
"""

import ast
import csv
import glob
import json
import os
import sys

folder = sys.argv[1]


def load(*path):
    with open(os.path.join(folder, *path)) as file:
        return json.load(file)


metadata = load("metadata.json")
index = load("node_type_index.json")
models = []
for table in sorted(glob.glob(os.path.join(folder, "*_model_metadata.csv"))):
    source, output_type = os.path.basename(table)[: -len("_model_metadata.csv")].rsplit("_", 1)
    with open(table, newline="") as file:
        for row in csv.DictReader(file):
            # Lists are Python's own text in the table, and evaluated.
            features = ast.literal_eval(row["features"])
            trainer, node_type = row["model_name"].rsplit("_", 1)
            assert trainer == row["trainer"] and node_type == row["node_type"], row["model_name"]
            assert node_type in index, node_type
            assert row["output_type"] == output_type, row["output_type"]
            path = os.path.join(folder, source, output_type, row["feature_group"], row["model_name"])
            assert os.path.exists(path + ".zip"), path
            weights = None
            if os.path.exists(path + ".json"):
                with open(path + ".json") as weights_file:
                    weights = json.load(weights_file)
            models.append({"zip": path + ".zip", "features": features, "mae": float(row["mae"]), "weights": weights})

json.dump(
    {
        "name": metadata["name"],
        "publisher": metadata["publisher"],
        "node_types": {node_type: entry["attrs"] for node_type, entry in index.items()},
        "models": models,
    },
    sys.stdout,
)
