"""The figures of the package's page, drawn while the site is built."""

import matplotlib.pyplot as plt

from learning_rates import plots, schedules

plots.use_style()

T = 100


def draw(named, looks, ax=None, ncols=3, **options):
    """`plots.schedules`, with looks for what no chapter draws: relatives in one figure differ in their dashes too."""
    ax = plots.schedules(named, ax, **options)
    for line in ax.lines:
        line.set(**looks.get(line.get_label(), {}))
    ax.legend(fontsize=9, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, ncols=ncols)  # above the curves
    return ax


def decays():
    named = {
        "constant": schedules.constant(1.0, T),
        "linear decay": schedules.polynomial_decay(1.0, T),
        "cosine_decay": schedules.cosine_decay(1.0, T),
        "exponential_decay": schedules.exponential_decay(1.0, T, end_lr=0.01),
        "step_decay": schedules.step_decay(1.0, T, boundaries=[50, 75], factor=0.3),
    }
    looks = {
        "cosine_decay": {"color": "#5790fc", "linestyle": "-"},
        "exponential_decay": {"color": "#e42536", "linestyle": (0, (3, 1))},
        "step_decay": {"color": "#7a21dd", "linestyle": (0, (4, 1, 1, 1)), "drawstyle": "steps-post"},
    }
    draw(named, looks)


def warmups():
    ramp = {"rampup_steps": 15, "sustain_steps": 15, "decay_steps": 15}
    named = {
        "warmup(cosine_decay)": schedules.warmup(schedules.cosine_decay(1.0, 85), 15),
        "warmup_stable_decay": schedules.warmup_stable_decay(1.0, T, warmup_steps=15, decay_steps=20),
        "inverse_sqrt": schedules.inverse_sqrt(1.0, T, warmup_steps=15),
        "ramp–sustain–decay": schedules.ramp_sustain_decay(0.2, 0.8, 0.05, T, **ramp),
    }
    looks = {
        "warmup(cosine_decay)": {"color": "#5790fc", "linestyle": "-"},
        "warmup_stable_decay": {"color": "#e42536", "linestyle": (0, (3, 1))},
        "inverse_sqrt": {"color": "#7a21dd", "linestyle": (0, (1, 1))},
    }
    draw(named, looks, ncols=2)


def cycles():
    _, (above, below) = plt.subplots(2, sharex=True, figsize=(5.6, 4.4))
    triangles = {
        "cyclical": schedules.cyclical(0.1, 1.0, T, step_size=20),
        'mode="triangular2"': schedules.cyclical(0.1, 1.0, T, step_size=20, mode="triangular2"),
        'window="hann"': schedules.cyclical(0.1, 1.0, T, step_size=20, window="hann"),
    }
    looks = {
        "cyclical": {"color": "#5790fc", "linestyle": "-"},
        'mode="triangular2"': {"color": "#e42536", "linestyle": (0, (3, 1))},
        'window="hann"': {"color": "#7a21dd", "linestyle": (0, (1, 1))},
    }
    draw(triangles, looks, above).set(xlabel="")
    restarts = schedules.cosine_restarts(1.0, T, first_cycle=20, cycle_mult=2, cycle_factor=0.8)
    draw({"cosine_restarts": restarts}, {"cosine_restarts": {"color": "#f89c20", "linestyle": "-"}}, below)


def one_cycle():
    _, (above, below) = plt.subplots(2, sharex=True, figsize=(5.6, 4.4))
    smith = {"anneal": "linear", "pct_start": 0.45, "three_phase": True}
    rates = {
        "two-phase cosine": schedules.one_cycle(1.0, T),
        "Smith's cycle and tail": schedules.one_cycle(1.0, T, **smith),
    }
    momenta = {
        "two-phase cosine": schedules.one_cycle_momentum(T),
        "Smith's cycle and tail": schedules.one_cycle_momentum(T, **smith),
    }
    draw(rates, {}, above).set(xlabel="")
    draw(momenta, {}, below, ylabel="momentum μ").get_legend().remove()


def bias_correction():
    ax = plots.bias_correction(schedules.one_cycle_momentum(50))
    plots.bias_correction(schedules.one_cycle_momentum(1000), ax).lines[-2].set_linestyle((0, (3, 1)))
    ax.set(xlim=(-2, 115))
