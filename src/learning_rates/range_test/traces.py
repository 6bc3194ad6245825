"""What a training step can change and Python can see, noted so that it can be put back."""

import random
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops, tree

# Private, because nothing public shows Keras's global seed or the numbers that make its names unique.
from keras.src.backend.common import global_state

Restore: TypeAlias = Callable[[], None]

GLOBAL = ("global_seed_generator", "object_name_uids")  # Keras's names of its global state
_PLAIN = (bool, int, float, str, np.ndarray)  # what an attribute may be bound to anew


def variables(model: keras.Model) -> list[keras.Variable]:
    """Each of Keras's variables that a step can reach: in layers, optimizers, metrics, losses, lists and dicts."""
    known = tree.flatten([model.variables, model.metrics_variables])
    found = [*known, *(leaf for leaf in _reached(model) if isinstance(leaf, keras.Variable))]
    seed = global_state.get_global_attribute(GLOBAL[0])
    found += [] if seed is None else [seed.state]
    return list({id(each): each for each in found if isinstance(each, keras.Variable)}.values())


def values(model: keras.Model) -> Restore:
    """Note the values of the variables, and with PyTorch of buffers, other tensors and gradients."""
    noted = [(variable, np.array(ops.convert_to_numpy(variable))) for variable in variables(model)]
    others = [_other_variables, _torch_tensors]
    restores = [note(model) for note in others]

    def restore() -> None:
        for variable, value in noted:
            variable.assign(value)
        for each in restores:
            each()

    return restore


def bindings(model: keras.Model) -> Restore:
    """Note the plain numbers and the tensors that attributes are bound to; of what is not built yet, nothing is."""
    noted = []
    for each in _reached(model):
        if isinstance(each, _stateful()) and getattr(each, "built", True):
            for names in (vars(each), vars(each).get("_buffers", {})):
                kept = {name: value for name, value in names.items() if _is_bound(value)}
                noted.append((names, kept))

    def restore() -> None:
        for names, kept in noted:
            for name, value in kept.items():
                if names.get(name) is not value:
                    names[name] = value  # past __setattr__, which would track it once more

    return restore


def process() -> Restore:
    """Note what the whole process shares: Python's, NumPy's and the backend's random numbers, and Keras's names."""
    states = [_noted(random.getstate, random.setstate), _noted(np.random.get_state, np.random.set_state)]
    torch: Any = sys.modules.get("torch")  # a DataLoader draws from it on each backend
    if torch is not None:
        states.append(_noted(torch.random.get_rng_state, torch.random.set_rng_state))
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            states.append(_noted(torch.cuda.get_rng_state_all, torch.cuda.set_rng_state_all))
    states += [_tensorflow_random(), *map(_keras_global, GLOBAL)]

    def restore() -> None:
        for each in states:
            each()

    return restore


def _noted(get: Callable[[], Any], put: Callable[[Any], Any]) -> Restore:
    state = get()
    return lambda: put(state)


def _keras_global(name: str) -> Restore:
    held = global_state.get_global_attribute(name)
    content = dict(held) if isinstance(held, dict) else None

    def restore() -> None:
        global_state.set_global_attribute(name, held)
        if content is not None:
            held.clear()
            held.update(content)

    return restore


def _tensorflow_random() -> Restore:
    """The generator that seeds TensorFlow's eager random numbers after tf.random.set_seed; private, as all of it."""
    if keras.backend.backend() == "tensorflow":
        from tensorflow.python.eager import context

        generator = getattr(context.context(), "_rng", None)
        if generator is not None:
            return _noted(generator.getstate, generator.setstate)
    return lambda: None


def _is_bound(value: Any) -> bool:
    return isinstance(value, _PLAIN) or (ops.is_tensor(value) and not isinstance(value, keras.Variable))


def _stateful() -> tuple[type, ...]:
    """The kinds of objects that are looked into."""
    torch: Any = sys.modules.get("torch")
    kinds = (
        keras.layers.Layer,
        keras.metrics.Metric,
        keras.losses.Loss,
        keras.optimizers.Optimizer,
        keras.random.SeedGenerator,
    )
    return kinds if torch is None else (*kinds, torch.nn.Module)


def _reached(model: keras.Model) -> list[Any]:
    """All that attributes, lists and dicts lead to, from the model on."""
    kinds, found = _stateful(), dict[int, Any]()
    waiting: list[Any] = [model]
    while waiting:
        each = waiting.pop()
        if id(each) in found or isinstance(each, (str, bytes, int, float, type(None))):
            continue
        found[id(each)] = each
        if isinstance(each, kinds):
            waiting.extend(vars(each).values())
        elif isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, (list, tuple, set, frozenset)):
            waiting.extend(each)
    return list(found.values())


def _other_variables(model: keras.Model) -> Restore:
    """TensorFlow's own variables, which are none of Keras's."""
    if keras.backend.backend() != "tensorflow":
        return lambda: None
    import tensorflow as tf

    of_keras = {id(variable.value) for variable in variables(model)}
    raw = [each for each in _reached(model) if isinstance(each, tf.Variable) and id(each) not in of_keras]
    noted = [(variable, variable.numpy()) for variable in raw]

    def restore() -> None:
        for variable, value in noted:
            variable.assign(value)

    return restore


def _torch_tensors(model: keras.Model) -> Restore:
    """PyTorch's buffers, further tensors and parameters, and the gradients, which a step may add to in place."""
    torch: Any = sys.modules.get("torch")
    if keras.backend.backend() != "torch" or torch is None:
        return lambda: None
    of_keras = [variable.value for variable in variables(model)]
    known = {id(tensor) for tensor in of_keras}
    others = [each for each in _reached(model) if isinstance(each, torch.Tensor) and id(each) not in known]
    copies = [(tensor, tensor.detach().clone()) for tensor in others]
    gradients = [
        (tensor, tensor.grad, None if tensor.grad is None else tensor.grad.clone())
        for tensor in [*of_keras, *others]
        if tensor.is_leaf
    ]

    def restore() -> None:
        with torch.no_grad():
            for tensor, value in copies:
                tensor.copy_(value)
            for tensor, gradient, value in gradients:
                tensor.grad = None if gradient is None else gradient.copy_(value)

    return restore
