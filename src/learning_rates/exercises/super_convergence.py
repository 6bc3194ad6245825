"""The exercises of the chapter on super-convergence and transfer."""

from learning_rates.exercises import no_function, no_number, shown

RUNS = ((10_000, 1_000, 50_000), (80_000, 1_000, 50_000), (3_200, 50, 5_000), (3, 10, 40))
WAYS = (([50.0, 80.0, 90.0, 91.0], 400, 85.0), ([50.0, 80.0, 79.0, 91.0], 400, 80.0), ([85.0, 86.0], 1_000, 85.0))
NEVER = ([50.0, 80.0, 90.0], 300, 95.0)


def epochs(answer):
    fault = no_function(answer)
    for steps, batch_size, images in () if fault else RUNS:
        found, wanted = answer(steps, batch_size, images), steps * batch_size / images
        fault = no_number(found)
        if fault:
            return fault
        if abs(found - wanted) > 1e-9 * wanted:
            case = f"steps={steps}, batch_size={batch_size}, images={images}"
            if found == steps * batch_size:
                return f"For {case} you give {found:g}: so many samples are seen, and each image is seen how often?"
            return f"For {case} you give {found:g}."
    return fault


def samples_to_reach(answer):
    fault = no_function(answer)
    for curve, samples, goal in () if fault else WAYS:
        found = answer(curve, samples, goal)
        fault = no_number(found)
        if fault:
            return fault
        check = next(place for place, value in enumerate(curve, start=1) if value >= goal)
        if found != samples * check / len(curve):
            case = f"curve={curve}, samples={samples}, goal={goal}"
            if found == samples * (check - 1) / len(curve):
                return f"For {case} you give {found:g}: the first check is made after some samples, not before any."
            return f"For {case} you give {found:g}."
    if not fault and answer(*NEVER) is not None:
        return f"For curve={NEVER[0]}, goal={NEVER[2]} the goal is never reached, and None is asked for."
    return fault


def layer_rates(answer):
    fault = no_function(answer)
    for rate, layers, factor in () if fault else ((1.0, 3, 2.0), (0.01, 4, 2.6), (0.1, 1, 5.0)):
        found = answer(rate, layers, factor)
        case = f"rate={rate}, layers={layers}, factor={factor}"
        if not isinstance(found, list) or len(found) != layers:
            return f"For {case} a list of {layers} numbers is asked for, and this is {shown(found)}."
        fault = next((wrong for value in found if (wrong := no_number(value))), None)
        if fault:
            return fault
        wanted = [rate / factor ** (layers - 1 - layer) for layer in range(layers)]
        if any(abs(a - b) > 1e-9 * rate for a, b in zip(found, wanted, strict=True)):
            if abs(found[-1] - rate) > 1e-9 * rate:
                return f"For {case} the last layer has {found[-1]:g}; it should have the whole rate."
            return f"For {case} the first layer has {found[0]:g}."
    return fault


EXERCISES = {"epochs of a run": epochs, "samples to reach": samples_to_reach, "rates of the layers": layer_rates}
