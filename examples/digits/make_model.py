"""Handwritten digits, 8 x 8 pixels of 0..16: a scikit-learn MLP and a small CNN, as ONNX.

    python make_model.py

mlp.onnx   pixels float32[batch, 64] (0..16) -> label int64[batch], probabilities float32[batch, 10]   (skl2onnx)
cnn.onnx   pixels float32[batch, 1, 8, 8] (0..16) -> logits float32[batch, 10]   (trained with PyTorch, graph by hand)
digit_*.png  held-out digits drawn at 64 x 64, white on black, grayscale
"""
import glob
import os
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "making"))
from tensors import run_model, save_sklearn, tensor, write

FROM_BYTE = 16 / 255


def draw(pixels):
    """8 x 8 values of 0..16 as a smooth 64 x 64 picture."""
    small = Image.fromarray((pixels.reshape(8, 8) * 255 / 16).round().astype(np.uint8))
    return small.resize((64, 64), Image.BICUBIC)


def read(picture):
    """The picture as the model wants it: Pillow's bilinear reduction to 8 x 8, then 0..16."""
    small = np.asarray(picture.convert("L").resize((8, 8), Image.BILINEAR), np.float32)
    return (small * np.float32(FROM_BYTE)).reshape(64)


def cnn_graph(net):
    w = {k: v.numpy() for k, v in net.state_dict().items()}
    names = {"0": ("c1.w", "c1.b"), "2": ("c2.w", "c2.b"), "5": ("d1.w", "d1.b"), "7": ("d2.w", "d2.b")}
    constants = [numpy_helper.from_array(w[f"{k}.{p}"], n) for k, pair in names.items() for p, n in zip(("weight", "bias"), pair)]
    nodes = [
        helper.make_node("Conv", ["pixels", "c1.w", "c1.b"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "c2.w", "c2.b"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("Flatten", ["d"], ["e"]),
        helper.make_node("Gemm", ["e", "d1.w", "d1.b"], ["f"], transB=1),
        helper.make_node("Relu", ["f"], ["g"]),
        helper.make_node("Gemm", ["g", "d2.w", "d2.b"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(nodes, "digits-cnn", [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 1, 8, 8])],
                              [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 10])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="make_model")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(HERE, "models", "reader.onnx"))


def main():
    torch.manual_seed(3)
    torch.set_num_threads(1)
    data = load_digits()
    x, x_test, y, y_test = train_test_split(data.data.astype(np.float32), data.target, test_size=0.25, random_state=3, stratify=data.target)
    # the training set also holds each digit as it looks after being drawn large and read back
    x, y = np.vstack([x, [read(draw(r)) for r in x]]), np.concatenate([y, y])
    blurred = np.array([read(draw(r)) for r in x_test])

    mlp = MLPClassifier((64,), max_iter=300, alpha=1e-3, random_state=3).fit(x, y)
    save_sklearn(mlp, os.path.join(HERE, "models", "mlp.onnx"), {"pixels": ("float", 64)})

    net = torch.nn.Sequential(torch.nn.Conv2d(1, 12, 3, padding=1), torch.nn.ReLU(), torch.nn.Conv2d(12, 24, 3, padding=1, stride=2),
                              torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(24 * 16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    tx, ty = torch.from_numpy(x).reshape(-1, 1, 8, 8), torch.from_numpy(y)
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    for _ in range(30):
        for part in torch.randperm(len(tx)).split(64):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(net(tx[part]), ty[part]).backward()
            optimiser.step()
    net.eval()
    cnn_graph(net)

    def logits(rows):
        with torch.no_grad():
            return net(torch.from_numpy(rows).reshape(-1, 1, 8, 8)).numpy()

    accuracy = {"mlp": float(mlp.score(x_test, y_test)), "mlp, from 64 x 64 pictures": float(mlp.score(blurred, y_test)),
                "cnn": float((logits(x_test).argmax(1) == y_test).mean()),
                "cnn, from 64 x 64 pictures": float((logits(blurred).argmax(1) == y_test).mean())}
    print("digits held-out accuracy", accuracy)

    for old in glob.glob(os.path.join(HERE, "digit_*.png")):
        os.remove(old)
    cases = []
    for digit in range(10):
        i = int(np.flatnonzero((y_test == digit) & (mlp.predict(blurred) == digit) & (logits(blurred).argmax(1) == digit))[digit % 3])
        name = f"digit_{digit}.png"
        draw(x_test[i]).save(os.path.join(HERE, name), optimize=True)
        row = read(Image.open(os.path.join(HERE, name)))[None]
        cases.append(case(f"picture of a {digit}", row, mlp, logits, {"image": {"file": name}}))
    cases.append(case("eight rows of the held-out split", x_test[:8], mlp, logits))
    cases.append(case("all black", np.zeros((1, 64), np.float32), mlp, logits))
    write(os.path.join(HERE, "cases.json"), {
        "models": {"mlp.onnx": {"pixels": "[batch, 64]", "outputs": ["label", "probabilities"]},
                   "cnn.onnx": {"pixels": "[batch, 1, 8, 8]", "outputs": ["logits"]}},
        "preprocessing": "grayscale (Pillow L), resize to 8 x 8 (Pillow BILINEAR), times 16/255; mlp: flattened",
        "held_out_accuracy": accuracy,
        "source": "scikit-learn MLPClassifier.predict_proba; PyTorch Conv2d/Linear; Pillow resize", "tolerance": 1e-4, "cases": cases})


def case(name, rows, mlp, logits, extra={}):
    label, probabilities = mlp.predict(rows).astype(np.int64), mlp.predict_proba(rows).astype(np.float32)
    z = logits(rows)
    got = run_model(os.path.join(HERE, "models", "mlp.onnx"), {"pixels": rows})
    assert (got["label"] == label).all() and np.abs(got["probabilities"] - probabilities).max() < 1e-4, name
    got = run_model(os.path.join(HERE, "models", "reader.onnx"), {"pixels": rows.reshape(-1, 1, 8, 8)})
    assert np.abs(got["logits"] - z).max() < 1e-4
    return {"name": name, "inputs": {**extra, "pixels": tensor(rows)},
            "expected": {"label": tensor(label), "probabilities": tensor(probabilities), "logits": tensor(z),
                         "cnn_label": tensor(z.argmax(1))}}


main()
