"""Checks ONNX files with ONNX's own checker and evaluates them with ONNX Runtime.

usage: onnx-runtime.py FILES.json OUT.json
FILES.json: [{"file": path, "rows": [[numbers]]}]
OUT.json: [{"powers": {output: [watts]}, "types": {output: type}, "properties": {name: text}} or {"error": text}]
"""

import json
import sys

import numpy
import onnx
import onnxruntime

# One thread: thousands of small models, one after another.
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.log_severity_level = 3


def evaluate(request):
    try:
        model = onnx.load(request["file"])
        onnx.checker.check_model(model, full_check=True)
        session = onnxruntime.InferenceSession(request["file"], options, providers=["CPUExecutionProvider"])
        (given,) = session.get_inputs()
        rows = numpy.array(request["rows"], dtype=numpy.float64).reshape(-1, given.shape[1])
        outputs = [output.name for output in session.get_outputs()]
        answers = session.run(outputs, {given.name: rows})
        return {
            "powers": {name: values.tolist() for name, values in zip(outputs, answers)},
            "types": {output.name: output.type for output in session.get_outputs()},
            "properties": session.get_modelmeta().custom_metadata_map,
        }
    except Exception as error:
        return {"error": type(error).__name__ + ": " + str(error)}


with open(sys.argv[1]) as files, open(sys.argv[2], "w") as out:
    json.dump([evaluate(request) for request in json.load(files)], out)
