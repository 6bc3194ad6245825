"""Random settings of an explorer's controls."""

from hypothesis import strategies as st


def raw_values(controls):
    """Any setting of the controls within their ranges."""

    def strategy(control):
        if control["kind"] == "choice":
            return st.sampled_from([option[0] for option in control["options"]])
        return st.floats(control["min"], control["max"])

    return st.fixed_dictionaries({control["name"]: strategy(control) for control in controls})
