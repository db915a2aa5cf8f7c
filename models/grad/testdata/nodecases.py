"""Writes the node test cases of ONNX's own backend suite to a folder.

    python nodecases.py FOLDER        # with onnx 1.23.2 (pip install onnx==1.23.2)
    SEEWHY_ONNX_NODES=FOLDER go test -v -run TestNodeCases ./models/grad

Debian's libonnx-testdata carries those of ONNX 1.12 (opset 17), which the
suite runs; the newer ones are no longer in the package but made by its code.
"""

import pathlib
import shutil
import sys

from onnx import TensorProto, numpy_helper
from onnx.backend.test.loader import load_node_model_tests


def plain(info, value):
    """The bytes of a tensor; None for sequences and optionals."""
    if not info.type.HasField("tensor_type"):
        return None
    if isinstance(value, TensorProto):
        return value.SerializeToString()
    return numpy_helper.from_array(value, info.name).SerializeToString()


def main(target):
    count = 0
    for case in load_node_model_tests():
        folder = target / case.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(case.model.SerializeToString())
        for i, (inputs, outputs) in enumerate(case.data_sets):
            data = folder / f"test_data_set_{i}"
            data.mkdir()
            for kind, infos, values in (
                ("input", case.model.graph.input, inputs),
                ("output", case.model.graph.output, outputs),
            ):
                for j, value in enumerate(values):
                    raw = plain(infos[j], value)
                    if raw is not None:
                        (data / f"{kind}_{j}.pb").write_bytes(raw)
        count += 1
    print(f"{count} cases in {target}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
