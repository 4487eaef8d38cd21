"""Four small models of support messages, and the tokenizer that they share. Each is a bag of words: every word has a weight
for each class, and a text's logits are the sums over its words.

    python make_models.py

models/language.onnx       input_ids, attention_mask int64[batch, seq] -> logits float32[batch, 3] (en, fr, other)
models/sentiment-en.onnx   the same -> logits float32[batch, 2] (negative, positive)
models/sentiment-fr.onnx   the same, for French
models/urgency.onnx        the same -> score float32[batch], 0 to 1
tokenizer.json             words of lower case
response.json              the answer to request.json, computed with NumPy alone
"""
import json
import os
import sys

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "making"))
from graph import Graph

ENGLISH = "the a i you it is was my your and not please help thanks order refund broken great love hate bad good slow fast now urgent immediately down today still".split()
FRENCH = "le la les je vous il est mon ma votre et pas merci aide commande remboursement cassé super adore déteste mauvais bon lent rapide maintenant urgent panne vite".split()
WORDS = ["[PAD]", "[UNK]", ".", ",", "!", "?", "'", *dict.fromkeys(ENGLISH + FRENCH)]
ID = {word: index for index, word in enumerate(WORDS)}


def weights(classes, words):
    """A table of a weight for each word and class."""
    table = np.zeros((len(WORDS), classes), np.float32)
    for word, row in words.items():
        table[ID[word]] = row
    return table


LANGUAGE = weights(3, {**{w: (2, -1, 0) for w in ENGLISH}, **{w: (-1, 2, 0) for w in FRENCH}, "urgent": (0.5, 0.5, 0), "[UNK]": (0, 0, 1.5)})
SENTIMENT_EN = weights(2, {"great": (-1, 2), "love": (-1, 3), "good": (-1, 1.5), "fast": (0, 1), "thanks": (0, 1), "bad": (2, -1), "hate": (3, -1), "broken": (2, -1), "slow": (1.5, 0), "not": (1, 0), "down": (1, 0)})
SENTIMENT_FR = weights(2, {"super": (-1, 2), "adore": (-1, 3), "bon": (-1, 1.5), "rapide": (0, 1), "merci": (0, 1), "mauvais": (2, -1), "déteste": (3, -1), "cassé": (2, -1), "lent": (1.5, 0), "pas": (1, 0), "panne": (1, 0)})
URGENCY = weights(1, {"urgent": 4, "immediately": 3, "now": 2, "down": 2, "vite": 2, "maintenant": 2, "panne": 2, "!": 1, "please": 0.5})
URGENCY_BIAS = -2.0


def bag_of_words(name, table, path, bias=None):
    graph = Graph(name)
    ids = graph.input("input_ids", "int64", ["batch", "seq"])
    mask = graph.input("attention_mask", "int64", ["batch", "seq"])
    words = graph.op("Gather", graph.const(table, "weights"), ids)
    kept = graph.op("Mul", words, graph.op("Unsqueeze", graph.op("Cast", mask, to=1), graph.ints(-1)))
    logits = graph.op("ReduceSum", kept, graph.ints(1), keepdims=0)
    if bias is None:
        graph.output(logits, "logits", "float32", ["batch", table.shape[1]])
    else:
        score = graph.op("Sigmoid", graph.op("Add", logits, graph.const(np.float32(bias))))
        graph.output(graph.op("Squeeze", score, graph.ints(1)), "score", "float32", ["batch"])
    graph.save(os.path.join(HERE, "models", path), producer="make_models")


def save_tokenizer():
    tokenizer = Tokenizer(models.WordLevel(ID, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation()])
    tokenizer.save(os.path.join(HERE, "tokenizer.json"))
    return tokenizer


def expected(request, tokenizer):
    """The graph `triage`, by hand."""
    logits = lambda table, text: table[tokenizer.encode(text).ids].sum(0).astype(np.float64)
    softmax = lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    language = ["en", "fr", "other"][int(logits(LANGUAGE, request["message"]).argmax())]
    answer = {"language": language}
    if language != "other":
        mood = softmax(logits(SENTIMENT_EN if language == "en" else SENTIMENT_FR, request["message"]))
        answer["mood"] = {"label": ["negative", "positive"][int(mood.argmax())], "index": int(mood.argmax()), "score": float(mood.max())}
    else:
        answer["mood"] = None
    scores = [1 / (1 + np.exp(-(logits(URGENCY, text)[0] + URGENCY_BIAS))) for text in [request["message"], *request.get("history", [])]]
    return {**answer, "urgency": [float(s) for s in scores], "urgent": any(s > 0.8 for s in scores)}


os.makedirs(os.path.join(HERE, "models"), exist_ok=True)
bag_of_words("language", LANGUAGE, "language.onnx")
bag_of_words("sentiment-en", SENTIMENT_EN, "sentiment-en.onnx")
bag_of_words("sentiment-fr", SENTIMENT_FR, "sentiment-fr.onnx")
bag_of_words("urgency", URGENCY, "urgency.onnx", URGENCY_BIAS)
tokenizer = save_tokenizer()
REQUESTS = [
    {"message": "The order is broken and I hate it.", "history": ["Please help!", "It is down now, urgent!"]},
    {"message": "Merci, je vous adore!"},
    {"message": "これは何ですか", "history": []},
]
json.dump(REQUESTS[0], open(os.path.join(HERE, "request.json"), "w", encoding="utf-8"), ensure_ascii=False, indent=2)
json.dump(expected(REQUESTS[0], tokenizer), open(os.path.join(HERE, "response.json"), "w"), indent=2)
json.dump({"source": "NumPy, from the tables of make_models.py", "tolerance": 1e-5, "cases": [{"inputs": r, "expected": expected(r, tokenizer)} for r in REQUESTS]},
          open(os.path.join(HERE, "cases.json"), "w", encoding="utf-8"), ensure_ascii=False, indent=2)
