"""What /search must answer for request.json: cosines of the recorded vectors of cases.json ('int8'), by NumPy.

    python make_expected.py
"""
import json
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
request = json.load(open(os.path.join(HERE, "request.json"), encoding="utf-8"))
vectors = {case["text"]: np.array(case["int8"], np.float64) for case in json.load(open(os.path.join(HERE, "cases.json"), encoding="utf-8"))["cases"]}
query = vectors[request["query"]]
documents = np.array([vectors[text] for text in request["documents"]])
scores = documents @ query / (np.linalg.norm(documents, axis=1) * np.linalg.norm(query))
order = np.argsort(-scores, kind="stable")[: request["top_k"]]
json.dump({"found": [{"index": int(i), "score": float(scores[i])} for i in order]}, open(os.path.join(HERE, "response.json"), "w"), indent=2)
