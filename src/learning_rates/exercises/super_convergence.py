"""The exercises of the chapter on super-convergence and transfer."""

from learning_rates.exercises import a_function, a_number, shown

RUNS = ((10_000, 1_000, 50_000), (80_000, 1_000, 50_000), (3_200, 50, 5_000), (3, 10, 40))
# curve, samples, goal, and the check from which the curve stays above it
WAYS = (
    ([50.0, 80.0, 90.0, 91.0], 400, 85.0, 3),
    ([50.0, 80.0, 79.0, 91.0, 92.0], 500, 80.0, 4),
    ([85.0, 86.0, 87.0], 100, 85.0, 1),
)
NEVER = (([50.0, 80.0, 90.0], 300, 95.0), ([50.0, 80.0, 70.0], 300, 80.0))


def epochs(answer: object) -> str | None:
    """How many epochs a run of so many steps is."""
    epochs_of = a_function(answer)
    for steps, batch_size, images in RUNS:
        found, wanted = a_number(epochs_of(steps, batch_size, images)), steps * batch_size / images
        if abs(found - wanted) > 1e-9 * wanted:
            case = f"steps={steps}, batch_size={batch_size}, images={images}"
            if found == steps * batch_size:
                return f"For {case} you give {found:g}: so many samples are seen, and each image is seen how often?"
            return f"For {case} you give {found:g}."
    return None


def samples_to_stay_above(answer: object) -> str | None:
    """The samples after which a curve stays above a goal, or None if it ends below."""
    samples_of = a_function(answer)
    for curve, samples, goal, check in WAYS:
        found, apart = a_number(samples_of(curve, samples, goal)), samples / len(curve)
        if abs(found - apart * check) > 1e-6 * samples:
            case = f"curve={curve}, samples={samples}, goal={goal}"
            if abs(found - apart * (check - 1)) < 1e-6 * samples and check != 4:
                return f"For {case} you give {found:g}: the first check is made after some samples, not before any."
            seen = curve[max(round(found / apart), 1) - 1 :]
            if seen and seen[0] >= goal > min(seen):
                return f"For {case} you give {found:g}: there it passes the line, and is below it again later."
            return f"For {case} you give {found:g}."
    for curve, samples, goal in NEVER:
        if samples_of(curve, samples, goal) is not None:
            return f"For curve={curve}, goal={goal} the end is below the goal, and None is asked for."
    return None


def layer_rates(answer: object) -> str | None:
    """The rates of the layers, each smaller by a factor than the rate of the next."""
    rates_of = a_function(answer)
    for rate, layers, factor in ((1.0, 3, 2.0), (0.01, 4, 2.6), (0.1, 1, 5.0)):
        found = rates_of(rate, layers, factor)
        case = f"rate={rate}, layers={layers}, factor={factor}"
        if not isinstance(found, list) or len(found) != layers:
            return f"For {case} a list of {layers} numbers is asked for, and this is {shown(found)}."
        rates = [a_number(value) for value in found]
        if abs(rates[-1] - rate) > 1e-9 * rate:
            return f"For {case} the last layer has {rates[-1]:g}; it should have the whole rate."
        for layer in range(layers):
            if abs(rates[layer] - rate / factor ** (layers - 1 - layer)) > 1e-9 * rate:
                return f"For {case} layer {layer + 1} has {rates[layer]:g}."
    return None


EXERCISES = {
    "epochs of a run": epochs,
    "samples to stay above": samples_to_stay_above,
    "rates of the layers": layer_rates,
}
