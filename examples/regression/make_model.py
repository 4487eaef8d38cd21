"""Progress of diabetes after a year: a scikit-learn pipeline (scaling, ridge regression) and a random forest, as ONNX.

    python make_model.py

ridge.onnx, forest.onnx   features float32[batch, 10] -> prediction float32[batch, 1]
"""
import os
import sys

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "making"))
from tensors import run_model, save_sklearn, tensor, write

data = load_diabetes(scaled=False)
x, x_test, y, y_test = train_test_split(data.data.astype(np.float32), data.target, test_size=0.25, random_state=5)
models = {"ridge": make_pipeline(StandardScaler(), Ridge(1.0)).fit(x, y), "forest": RandomForestRegressor(40, max_depth=6, random_state=5).fit(x, y)}
scores = {}
for name, model in models.items():
    save_sklearn(model, os.path.join(HERE, "models", name + ".onnx"), {"features": ("float", 10)})
    scores[name] = round(float(model.score(x_test, y_test)), 4)
print("diabetes held-out R2", scores)
cases = []
for title, rows in [("one patient", x_test[:1]), ("four patients", x_test[1:5]), ("the whole held-out split", x_test), ("all zero", np.zeros((1, 10), np.float32)), ("extreme", np.full((1, 10), 1e4, np.float32))]:
    expected = {}
    for name, model in models.items():
        expected[name] = model.predict(rows).astype(np.float32).reshape(-1, 1)
        got = run_model(os.path.join(HERE, "models", name + ".onnx"), {"features": rows})["prediction"]
        assert np.abs(got - expected[name]).max() <= 1e-4 * max(1, np.abs(expected[name]).max()), (title, name)
    cases.append({"name": title, "inputs": {"features": tensor(rows)}, "expected": {k: tensor(v) for k, v in expected.items()}})
write(os.path.join(HERE, "cases.json"), {"models": {n: f"{n}.onnx: prediction" for n in models}, "features": list(data.feature_names), "held_out_r2": scores,
                                         "source": "scikit-learn predict", "tolerance": "1e-4 relative", "cases": cases})
