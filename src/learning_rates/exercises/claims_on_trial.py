"""The exercises of the chapter on claims: listings like the articles', each with one planted fault."""

from learning_rates.checks import check_choice
from learning_rates.exercises import a_number

TYPE_CHECKING = False  # so that the pages can run it: MicroPython has no `collections.abc`
if TYPE_CHECKING:
    from collections.abc import Callable


class Listing:
    """A listing with a fault.

    Args:
        code: The code, with its fault.
        faulty: The numbers of the lines that hold the fault; the first line is 1.
        hints: Why a line is innocent, by its number, for the likely wrong answers.
    """

    def __init__(self, code: str, faulty: "tuple[int, ...]", hints: "dict[int, str]") -> None:
        self.code, self.faulty, self.hints = code, faulty, hints


LISTINGS = {
    "listing 1": Listing(
        code="""\
model = models.mlp(seed=0)
model.compile(SGD(0.05, momentum=0.9), loss, metrics=["accuracy"])
model.fit(x, y, batch_size=100, epochs=5)
before = model.evaluate(x_test, y_test)

rate = schedules.cyclical(0.01, 0.06, 300, step_size=50)
model.compile(SGD(rate, momentum=0.9), loss, metrics=["accuracy"])
model.fit(x, y, batch_size=100, epochs=5)
after = model.evaluate(x_test, y_test)
print("constant", before, "cyclical", after)""",
        faulty=(7, 8),
        hints={
            5: "True, something is missing here. Name the line that suffers from it.",
            6: "True, something is missing before it. Name the line that suffers from it.",
            9: "The test images judge here and choose nothing.",
        },
    ),
    "listing 2": Listing(
        code="""\
def seconds(rate, batch_size):
    model = models.mlp(seed=0)
    model.compile(SGD(rate, momentum=0.9), loss)
    model.fit(x, y, batch_size=batch_size)  # compiled, and warm
    begun = time.perf_counter()
    model.fit(x, y, batch_size=batch_size, epochs=3)
    return time.perf_counter() - begun

cycles = schedules.cyclical(0.01, 0.06, 1000, step_size=30)
slow = seconds(schedules.constant(0.01, 1000), batch_size=32)
fast = seconds(cycles, batch_size=350)
print(f"With cycles it trains {slow / fast:.1f} times faster.")""",
        faulty=(10, 11),
        hints={
            2: "Both runs start here, from the same fresh weights.",
            4: "It keeps the compilation out of the time, as it should.",
            6: "What is timed is right: three passes over the same images. The median of several laps would be better.",
            9: "A cycle that is longer than the run changes no time.",
        },
    ),
    "listing 3": Listing(
        code="""\
model = models.mlp(seed=0)
batch_size, epochs = 100, 5
steps_an_epoch = math.ceil(len(x) / 10)
total = epochs * math.ceil(len(x) / batch_size)
half = 2 * steps_an_epoch
rate = schedules.cyclical(0.001, 0.006, total, step_size=half)
model.compile(SGD(rate, momentum=0.9), loss, metrics=["accuracy"])
model.fit(x, y, batch_size=batch_size, epochs=epochs)
print("triangular policy:", model.evaluate(x_test, y_test))""",
        faulty=(3,),
        hints={
            4: "That is the number of steps the run will have.",
            5: "Half a cycle of two epochs is what Smith recommends at least; but is that what this comes to?",
            6: "The call is right if its numbers are. Print the first and the greatest rate of the run.",
            8: "The batches have the size that was asked for.",
        },
    ),
    "listing 4": Listing(
        code="""\
found = {}
for peak in (0.02, 0.05, 0.1):
    model = models.mlp(seed=0)
    rate = schedules.one_cycle(peak, 300)
    model.compile(SGD(rate, momentum=0.9), loss, metrics=["accuracy"])
    seen = model.fit(
        x, y, batch_size=100, epochs=5, validation_data=(x_test, y_test)
    )
    found[peak] = seen.history["val_accuracy"][-1]
best = max(found, key=found.get)
print(f"one-cycle with peak {best}: test accuracy {found[best]:.4f}")""",
        faulty=(6, 7, 8),
        hints={
            2: "Three tries are few, but trying is not the fault.",
            3: "Fresh weights for each peak: that is as it should be.",
            4: "The cycle has as many steps as the run.",
            9: "The last epoch's accuracy, and no best one: that is right. Ask on which images.",
            10: "Choosing the best is what tuning is. Ask what it is chosen on.",
            11: "The number is printed as it was found. Ask where it was found.",
        },
    ),
    "listing 5": Listing(
        code="""\
class OneCycle(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        step = int(self.model.optimizer.iterations)
        self.model.optimizer.learning_rate = rate(step)
        self.model.optimizer.momentum = momentum(step)

rate = schedules.one_cycle(0.08, 300)
momentum = schedules.one_cycle_momentum(300)
model = models.mlp(seed=0)
model.compile(keras.optimizers.SGD(0.08, momentum=0.95), loss)
model.fit(x, y, batch_size=100, epochs=5, callbacks=[OneCycle()])""",
        faulty=(5,),
        hints={
            3: "The steps count on over the epochs, as they should.",
            4: "Slow, but it works: the rate is a variable, which the compiled step reads anew each time.",
            7: "The cycle has as many steps as the run.",
            8: "It falls while the rate rises, and comes back.",
            10: "These values are only there until the callback has its say. Does it?",
        },
    ),
}


def show(name: str) -> None:
    """Print a listing with its line numbers.

    Args:
        name: The name of the listing, "listing 1" to "listing 5".

    Example:
        >>> show("listing 3")  # doctest: +ELLIPSIS
         1  model = models.mlp(seed=0)
         2  batch_size, epochs = 100, 5
        ...
    """
    check_choice("name", name, LISTINGS)
    for number, line in enumerate(LISTINGS[name].code.splitlines(), start=1):
        print(f"{number:2}  {line}".rstrip())


def _spot(name: str) -> "Callable[[object], str | None]":
    """The check of a listing: the answer is the number of a faulty line."""

    def fault(answer: object) -> str | None:
        line, listing = a_number(answer), LISTINGS[name]
        count = len(listing.code.splitlines())
        if line not in range(1, count + 1):
            return f"The listing has the lines 1 to {count}, and this is {answer!r}."
        return None if line in listing.faulty else listing.hints.get(int(line), f"Line {line:.0f} is not the fault.")

    return fault


ASKED = 0.8  # of a standard deviation, between two rows of the chapter's table


def seeds_needed(answer: object) -> str | None:
    """The fewest seeds that find a difference of 0.8 standard deviations."""
    from learning_rates.trials import statistics  # SciPy, which the listings do without

    given = a_number(answer)
    if given != int(given) or given < 2:
        return f"A number of seeds is a whole number ≥ 2, and this is {answer!r}."
    count = int(given)
    if any(statistics.detectable(seeds) <= ASKED for seeds in range(2, count)):
        return f"{count} seeds are enough, and so are fewer."
    found = statistics.detectable(count)
    if found > ASKED:
        return f"{count} seeds find a difference of {found:.2f} standard deviations that often, not of {ASKED}."
    return None


EXERCISES = {name: _spot(name) for name in LISTINGS} | {"seeds to declare": seeds_needed}
