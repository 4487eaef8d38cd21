"""What /summarize must answer for the examples: the same computation with tokenizers, onnxruntime and NumPy in Python.

    python make_expected.py

A sentence's score is its mean cosine to the other sentences; the best k are given in the order of the text.
"""
import json
import os

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
tokenizer = Tokenizer.from_file(os.path.join(HERE, "tokenizer.json"))
tokenizer.enable_truncation(256)
tokenizer.no_padding()
session = onnxruntime.InferenceSession(os.path.join(HERE, "models", "all-MiniLM-L6-v2.onnx"), providers=["CPUExecutionProvider"])

TEXTS = {
    "breaking news": (3, [
        "Breaking News: In an astonishing turn of events, the small town of Willow Creek has been taken by storm as local resident Jerry Thompson's cat, Whiskers, performed what witnesses are calling a 'miraculous and gravity-defying leap.'",
        "Eyewitnesses report that Whiskers, an otherwise unremarkable tabby cat, jumped a record-breaking 20 feet into the air to catch a fly.",
        "The event, which took place in Thompson's backyard, is now being investigated by scientists for potential breaches in the laws of physics.",
        "Local authorities are considering a town festival to celebrate what is being hailed as 'The Leap of the Century.'",
    ]),
    "one sentence of three": (1, ["The harbour froze.", "Ships waited.", "A thaw is due on Monday."]),
}


def vector(sentence):
    encoding = tokenizer.encode(sentence)
    feeds = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
    hidden = session.run(None, {name: np.array([value], np.int64) for name, value in feeds.items()})[0][0].astype(np.float64)
    mean = hidden.mean(0)
    return mean / np.linalg.norm(mean)


cases = []
for name, (k, sentences) in TEXTS.items():
    vectors = np.array([vector(sentence) for sentence in sentences])
    cosines = vectors @ vectors.T
    scores = (cosines.sum(1) - np.diag(cosines)) / max(1, len(sentences) - 1)
    best = sorted(np.argsort(-scores, kind="stable")[:k])
    cases.append({"name": name, "inputs": {"text": " ".join(sentences), "sentences": k}, "expected": {"summary": " ".join(sentences[i] for i in best)}, "scores": [round(float(s), 5) for s in scores]})
json.dump({"source": "tokenizers, onnxruntime and NumPy in Python", "cases": cases}, open(os.path.join(HERE, "cases.json"), "w"), indent=2)
json.dump(cases[0]["inputs"], open(os.path.join(HERE, "request.json"), "w"), indent=2)
json.dump(cases[0]["expected"], open(os.path.join(HERE, "response.json"), "w"), indent=2)
