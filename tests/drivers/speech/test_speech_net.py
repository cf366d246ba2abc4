"""The net computes what its definition says; a file that isn't ours is refused in one line."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from assets.errors import WeightsError
from drivers.speech import net
from drivers.speech.features import INPUTS, Floats
from drivers.speech.training import export


def random_weights(rng: np.random.Generator, channels: int = 6, hidden: int = 5) -> dict[str, Floats]:
    shapes = net._shapes(channels, hidden)
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}


def by_definition(a: dict[str, Floats], features: Floats) -> Floats:
    """The same in the plainest words: hop by hop, gate by gate, in float64."""

    def sigma(x: Floats) -> Floats:
        return 1 / (1 + np.exp(-x))

    d = {name: array.astype(np.float64) for name, array in a.items()}
    rows, rows2, h, outputs = list(d["start.conv"]), list(d["start.conv2"]), d["start.state"], []
    for feature in features.astype(np.float64):
        rows = [*rows[-4:], feature]
        rows2 = [*rows2[-2:], np.maximum(d["conv.weight"] @ np.concatenate(rows) + d["conv.bias"], 0)]
        x = np.maximum(d["conv2.weight"] @ np.concatenate(rows2) + d["conv2.bias"], 0)
        (ri, ui, ni), (rs, us, ns) = (
            np.split(d[f"gru.{side}"] @ value + d[f"gru.{side}_bias"], 3)
            for side, value in (("input", x), ("state", h))
        )
        reset, update = sigma(ri + rs), sigma(ui + us)
        h = (1 - update) * np.tanh(ni + reset * ns) + update * h
        output = d["head.weight"] @ h + d["head.bias"]
        outputs.append([*(output[:15] - output[0]), *output[15:]])
    return np.array(outputs)


@pytest.mark.parametrize("size", [1, 3, 40])
def test_outputs_are_those_of_the_definition_in_blocks_of_any_size(size: int, rng: np.random.Generator) -> None:
    arrays = random_weights(rng)
    features = rng.normal(0, 1, (40, INPUTS)).astype(np.float32)
    network = net.Net(net.Weights(arrays, {}))
    parts = [network.push(part) for part in np.split(features, range(size, 40, size))]
    assert np.allclose(np.concatenate(parts), by_definition(arrays, features), atol=1e-5)


def test_what_is_far_too_loud_shuts_or_opens_the_gates_and_nothing_overflows(rng: np.random.Generator) -> None:
    arrays = random_weights(rng)
    features = (60.0 * rng.normal(0, 1, (30, INPUTS))).astype(np.float32)
    expected = by_definition(arrays, features)
    with np.errstate(over="raise", invalid="raise"):
        outputs = net.Net(net.Weights(arrays, {})).push(features)
        louder = net.Net(net.Weights(arrays, {})).push(1e6 * features)
    assert np.allclose(outputs, expected, atol=1e-3)
    assert np.isfinite(louder).all()


def test_weights_of_which_an_output_could_overflow_are_refused(rng: np.random.Generator) -> None:
    arrays = random_weights(rng)
    arrays["head.weight"][3] = 40.0
    with pytest.raises(WeightsError, match="its weights are too large"):
        net.Net(net.Weights(arrays, {}))


def test_softmax_holds_at_the_ends() -> None:
    shares = net.softmax(np.array([[1e4, 0, -1e4], [0, 0, 0]], np.float32))
    assert np.allclose(shares, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], atol=1e-7)


def test_a_model_survives_saving_to_half_precision(rng: np.random.Generator, tmp_path: Path) -> None:
    arrays = random_weights(rng)
    size = export.write(tmp_path / "model.safetensors", arrays, {"made_by": "a test"})
    assert (tmp_path / "model.safetensors").stat().st_size == size
    weights = net.load(tmp_path / "model.safetensors")
    assert weights.facts == {"made_by": "a test", "version": net.FORMAT_VERSION}
    for name, array in weights.arrays.items():
        assert np.array_equal(array, arrays[name].astype(np.float16).astype(np.float32))


def test_the_shipped_model_is_small_and_tells_its_making() -> None:
    weights = net.shipped()
    assert net.WEIGHTS_FILE.stat().st_size <= export.LARGEST_BYTES
    assert "espeak-ng" in weights.facts["voices"]
    assert int(weights.facts["plan_steps"]) >= 1000


def test_what_is_no_model_is_refused_in_one_line(rng: np.random.Generator, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"missing; install the package anew: .*none\.safetensors$"):
        net.load(tmp_path / "none.safetensors")
    (tmp_path / "text.safetensors").write_text("hello, I am a model")
    with pytest.raises(WeightsError, match=r"^not a speech model \(.*text\.safetensors$"):
        net.load(tmp_path / "text.safetensors")
    arrays = random_weights(rng)
    save_file(arrays, tmp_path / "other.safetensors", {"facts": '{"version": "7"}'})
    with pytest.raises(WeightsError, match="version '7', this program reads '1'"):
        net.load(tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match=r"head\.bias should be finite float32 \(19,\), got float32 \(18,\)"):
        export.write(tmp_path / "x", arrays | {"head.bias": np.zeros(18, np.float32)}, {})
    with pytest.raises(WeightsError, match=r"the array mean_b is missing"):
        net.Weights({name: array for name, array in arrays.items() if name != "mean_b"}, {})
    with pytest.raises(WeightsError, match=r"conv\.bias should be finite"):
        net.Weights(arrays | {"conv.bias": np.full(6, np.nan, np.float32)}, {})
