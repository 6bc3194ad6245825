"""The lines that make a drawn schedule in Keras, PyTorch and Optax, to be copied."""

from learning_rates import schedules
from learning_rates.explorers import number

DIGITS = 9  # a factor for each of a thousand steps needs them


def written(schedule: schedules.Schedule) -> str:
    """The call that makes a schedule, in few digits.

    Example:
        >>> written(schedules.warmup(schedules.constant(0.1, 90), 10))
        'schedules.warmup(schedule=schedules.constant(lr=0.1, total_steps=90), start_lr=None, steps=10)'
    """
    return _literal(schedule.config)


def _literal(value: object) -> str:
    """A value of a config as Python. Keys are sorted, because MicroPython's dicts forget their order."""
    if isinstance(value, dict):
        arguments = [key + "=" + _literal(value[key]) for key in sorted(value) if key != "name"]
        return "schedules." + value["name"] + "(" + ", ".join(arguments) + ")"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([_literal(item) for item in value]) + "]"
    return number(value, DIGITS) if isinstance(value, float) else repr(value)


def libraries(
    rate: schedules.Schedule,
    momentum: "schedules.Schedule | None" = None,
    *,
    optimizer: str = "SGD",
    torch: str = "",
) -> list[list[str]]:
    """Pairs of a library and the lines that make an optimizer under these schedules there.

    Args:
        rate: The schedule of the learning rate.
        momentum: That of the momentum, or None to leave it as the optimizer has it.
        optimizer: "SGD" or "AdamW".
        torch: The call of PyTorch's own scheduler where it has the same; without it, the package makes one.

    Example:
        >>> for library, lines in libraries(schedules.polynomial_decay(0.1, 600), schedules.constant(0.9, 600)):
        ...     print(library, "--", lines.splitlines()[-1])
        Keras -- optimizer = SGD(learning_rate=rate, momentum=0.9)
        PyTorch -- scheduler = interop.to_torch(optimizer, rate)  # step it after each batch
        Optax -- optimizer = optax.sgd(learning_rate=interop.to_optax(rate), momentum=0.9)
    """
    made = ["rate = " + written(rate)]
    still = momentum is not None and momentum.config["name"] == "constant"
    moves = momentum is not None and not still
    if momentum is not None and moves:
        made.append("momentum = " + written(momentum))
    first = number(momentum(0), DIGITS) if momentum is not None else ""
    given = ", momentum=momentum" if moves else ", momentum=" + first if still else ""
    keras = ["from learning_rates import " + optimizer + ", schedules", ""] + made
    keras.append("optimizer = " + optimizer + "(learning_rate=rate" + given + ")")
    return [
        ["Keras", "\n".join(keras)],
        ["PyTorch", "\n".join(_torch(rate, made, moves, ", momentum=" + first if first else "", optimizer, torch))],
        ["Optax", "\n".join(_optax(made, moves, given, optimizer))],
    ]


def _torch(
    rate: schedules.Schedule, made: list[str], moves: bool, momentum: str, optimizer: str, own: str
) -> list[str]:
    """`model` is the reader's."""
    first = "lr=" + number(rate(0), DIGITS) + momentum
    line = "optimizer = torch.optim." + optimizer + "(model.parameters(), " + first + ")"
    then = "  # step it after each batch"
    if own:
        return ["import torch", "", line, "scheduler = torch.optim.lr_scheduler." + own + then]
    call = "interop.to_torch(optimizer, rate" + (", momentum)" if moves else ")")
    return (
        ["import torch", "from learning_rates import interop, schedules", ""]
        + made
        + [line, "scheduler = " + call + then]
    )


def _optax(made: list[str], moves: bool, given: str, optimizer: str) -> list[str]:
    name = optimizer.lower()
    rate = "learning_rate=interop.to_optax(rate)"
    if moves:
        call = "optax.inject_hyperparams(optax." + name + ")(" + rate + ", momentum=interop.to_optax(momentum))"
    else:
        call = "optax." + name + "(" + rate + given + ")"
    return ["import optax", "from learning_rates import interop, schedules", ""] + made + ["optimizer = " + call]
