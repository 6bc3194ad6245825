"""The exercises of the chapter on super-convergence and transfer."""

from learning_rates.exercises import a_function, a_number

# epochs, batch_size, images and the steps: the last batch of an epoch may be smaller, and is a step as well
RUNS = (
    (200, 1_000, 50_000, 10_000),
    (9, 32, 6_000, 1_692),
    (25, 4, 244, 1_525),
    (3, 10, 45, 15),
    (1, 64, 50, 1),
)
# curve, samples, goal, and the check from which the curve stays above it
WAYS = (
    ([50.0, 80.0, 90.0, 91.0], 400, 85.0, 3),
    ([50.0, 80.0, 79.0, 91.0, 92.0], 500, 80.0, 4),
    ([85.0, 86.0, 87.0], 100, 85.0, 1),
)
NEVER = (([50.0, 80.0, 90.0], 300, 95.0), ([50.0, 80.0, 70.0], 300, 80.0))
# layers, factor, least, and how many layers have less than `least` of the last one's rate
DEPTHS = ((50, 2.6, 0.001, 42), (6, 10.0, 0.05, 4), (4, 2.0, 0.25, 1), (5, 1.0, 0.5, 0), (3, 2.6, 1e-9, 0))


def steps_of_a_run(answer: object) -> str | None:
    """How many steps Keras makes for so many epochs."""
    steps_of = a_function(answer)
    for epochs, batch_size, images, steps in RUNS:
        found, whole = a_number(steps_of(epochs, batch_size, images)), epochs * images / batch_size
        if found == steps:
            continue
        case = f"For epochs={epochs}, batch_size={batch_size}, images={images} you give {found:g}"
        if found == epochs * (images // batch_size):
            return f"{case}: the images that are left over in each epoch make a step, too."
        if abs(found - whole) < 1e-9 * whole:
            return f"{case}: a batch does not go on into the next epoch."
        if 0 <= found - whole < 1:
            return f"{case}: there is a smaller batch at the end of each epoch, not of the run alone."
        if found == steps / epochs:
            return f"{case}: that is one epoch's."
        return f"{case}."
    return None


def samples_to_stay_above(answer: object) -> str | None:
    """The samples after which a curve stays above a goal, or None if it ends below."""
    samples_of = a_function(answer)
    for curve, samples, goal, check in WAYS:
        found, apart = a_number(samples_of(curve, samples, goal)), samples / len(curve)
        if abs(found - apart * check) > 1e-6 * samples:
            case = f"curve={curve}, samples={samples}, goal={goal}"
            from_zero = (apart * (check - 1), samples * (check - 1) / (len(curve) - 1))
            if any(abs(found - each) < 1e-6 * samples for each in from_zero):
                return f"For {case} you give {found:g}: the first check is made after some samples, not before any."
            if curve[check - 1] == goal and abs(found - apart * (check + 1)) < 1e-6 * samples:
                return f"For {case} you give {found:g}: a check that equals the goal has at least the goal."
            seen = curve[min(max(round(found / apart), 1), len(curve)) - 1 :]
            if seen and seen[0] >= goal > min(seen):
                return f"For {case} you give {found:g}: there it passes the line, and is below it again later."
            return f"For {case} you give {found:g}."
    for curve, samples, goal in NEVER:
        if samples_of(curve, samples, goal) is not None:
            return f"For curve={curve}, goal={goal} the end is below the goal, and None is asked for."
    return None


def layers_asleep(answer: object) -> str | None:
    """How many layers have less than some part of the last layer's rate."""
    count = a_function(answer)
    for layers, factor, least, asleep in DEPTHS:
        found = a_number(count(layers, factor, least))
        if found == asleep:
            continue
        case = f"For layers={layers}, factor={factor}, least={least} you give {found:g}"
        if found == layers - asleep:
            return f"{case}: those are the layers that are awake."
        if found == asleep + 1:
            return f"{case}: one too many. Is the last layer divided? Is a rate that equals the least below it?"
        if found == asleep - 1:
            return f"{case}: one too few. Does the first layer count?"
        return f"{case}."
    return None


EXERCISES = {
    "steps of a run": steps_of_a_run,
    "samples to stay above": samples_to_stay_above,
    "layers asleep": layers_asleep,
}
