"""Iris flowers: scikit-learn's LogisticRegression as ONNX, without ZipMap.

    python make_model.py

models/iris.onnx   float_input float32[batch, 4] -> label int64[batch], probabilities float32[batch, 3]
cases.json         rows of the held-out split with scikit-learn's own answers
"""
import os
import sys

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "making"))
from tensors import run_model, save_sklearn, tensor, write


def main():
    data = load_iris()
    x, x_test, y, y_test = train_test_split(data.data.astype(np.float32), data.target, test_size=0.3, random_state=7, stratify=data.target)
    model = LogisticRegression(max_iter=1000).fit(x, y)
    save_sklearn(model, os.path.join(HERE, "models", "iris.onnx"), {"float_input": ("float", 4)}, zipmap=False)
    cases = []
    for name, rows in [("one setosa", x_test[y_test == 0][:1]), ("one versicolor", x_test[y_test == 1][:1]),
                       ("one virginica", x_test[y_test == 2][:1]), ("five rows", x_test[:5]), ("whole held-out split", x_test),
                       ("far outside the data", np.array([[100, -5, 0, 3]], np.float32))]:
        label, probabilities = model.predict(rows).astype(np.int64), model.predict_proba(rows).astype(np.float32)
        got = run_model(os.path.join(HERE, "models", "iris.onnx"), {"float_input": rows})
        assert (got["label"] == label).all() and np.abs(got["probabilities"] - probabilities).max() < 1e-5
        cases.append({"name": name, "inputs": {"float_input": tensor(rows)},
                      "expected": {"label": tensor(label), "probabilities": tensor(probabilities),
                                   "names": tensor(data.target_names[label])}})
    accuracy = float(model.score(x_test, y_test))
    print("iris held-out accuracy", accuracy)
    write(os.path.join(HERE, "cases.json"), {
        "models": {"iris.onnx": ["label", "probabilities"]},
        "labels": [str(n) for n in data.target_names], "features": data.feature_names, "held_out_accuracy": accuracy,
        "source": "scikit-learn LogisticRegression.predict, predict_proba", "tolerance": 1e-5, "cases": cases})


main()
