"""Explorers under a real kernel: a cell shows one, and a control moved on a notebook's page redraws it."""

import io

import ipywidgets
import pytest
from jupyter_client.manager import start_new_kernel
from PIL import Image

from learning_rates import explorers, small_network, widgets

pytestmark = pytest.mark.slow

SECONDS = 120  # for one answer of the kernel, which at first loads the package


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


class Page:
    """A notebook's page as the kernel knows it: the widgets that it was told to show, with their latest states."""

    def __init__(self, kernel, name):
        self.kernel, self.widgets = kernel, {}
        self.hear(kernel.execute(f"from learning_rates import widgets\nwidgets.explore({name!r})"))

    def hear(self, request):
        """Take in what the kernel says in answer to a request, until it is idle again."""
        while True:
            message = self.kernel.get_iopub_msg(timeout=SECONDS)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != request:
                continue
            assert kind != "error", "\n".join(content["traceback"])
            if kind == "status" and content["execution_state"] == "idle":
                return
            if kind == "execute_result":
                self.output = content["data"]
            if kind in ("comm_open", "comm_msg"):
                self.update(content["comm_id"], content["data"], message["buffers"])

    def update(self, widget, data, buffers):
        state = self.widgets.setdefault(widget, {})
        state |= data["state"]
        for path, buffer in zip(data.get("buffer_paths", []), buffers, strict=True):
            state[path[0]] = bytes(buffer)

    def send(self, widget, data):
        message = self.kernel.session.msg("comm_msg", {"comm_id": widget, "data": data})
        self.kernel.shell_channel.send(message)
        self.hear(message["msg_id"])

    def find(self, **traits):
        (found,) = [key for key, state in self.widgets.items() if traits.items() <= state.items()]
        return found

    def move(self, control):
        """As a hand on it does: a menu tells the place of its new choice, a slider its value."""
        widget = self.find(description=control["label"])
        if control["kind"] == "choice":
            count = len(self.widgets[widget]["_options_labels"])
            state = {"index": (self.widgets[widget]["index"] + 1) % count}
        else:
            state = {"value": control["max"] if control["default"] < control["max"] else control["min"]}
        self.send(widget, {"method": "update", "state": state, "buffer_paths": []})

    def reset(self):
        self.send(self.find(description="Reset"), {"method": "custom", "content": {"event": "click"}})

    @property
    def picture(self):
        return self.widgets[self.find(_model_name="ImageModel")]["value"]


@pytest.mark.parametrize("name", explorers.NAMES)
def test_every_control_changes_the_figure_and_reset_restores_it(kernel, name):
    page = Page(kernel, name)
    assert {"application/vnd.jupyter.widget-view+json", "text/html"} <= page.output.keys()
    start = page.picture
    assert start.startswith(b"\x89PNG")
    assert explorers.load(name).CONTROLS
    for control in explorers.load(name).CONTROLS:
        page.move(control)  # alone: of a path that has left the figure, more steps show nothing
        assert page.picture != start, control["name"]
        page.reset()
        assert page.picture == start


def parts(widget):
    """All widgets of a box, itself included."""
    return [widget, *(part for child in getattr(widget, "children", ()) for part in parts(child))]


@pytest.fixture
def made():
    explorer = widgets.explore("tangent")
    return explorer, parts(explorer.box)


def test_it_plays_from_one_end_to_the_other_and_steps(made):
    explorer, found = made
    (play,) = [part for part in found if isinstance(part, ipywidgets.Play)]
    for place, h in ((play.min + play.step, None), (play.max, 1e-16)):
        play.value = place
        assert explorer.values["h"] < 0.9
        assert h is None or explorer.values["h"] == pytest.approx(h)
    back, on = (
        next(part for part in found if getattr(part, "tooltip", "") == f"A step {way}") for way in ("back", "on")
    )
    back.click()
    back.click()
    assert explorer.values["h"] == pytest.approx(10**-15.8)
    on.click()
    on.click()
    on.click()  # beyond the end is nothing
    assert explorer.values["h"] == pytest.approx(1e-16)
    assert "h = 1e-16" in explorer.summary.value


def test_what_matters_least_is_folded(made):
    explorer, found = made
    (fold,) = [part for part in found if isinstance(part, ipywidgets.Accordion)]
    assert fold.selected_index is None
    folded = parts(fold)
    for control in explorers.load("tangent").CONTROLS:
        under = bool(control["main"] or control["plays"])
        assert (explorer.controls[control["name"]] in folded) != under


def test_a_picture_is_saved(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    explorer, found = made
    next(part for part in found if getattr(part, "description", "") == "Save picture").click()
    with Image.open(tmp_path / "tangent.png") as saved:
        width, height = saved.size
    assert width == 1344
    assert height > Image.open(io.BytesIO(explorer.picture.value)).height * 2
    assert any(getattr(part, "value", "") == "Saved as tangent.png" for part in found)


def test_networks_are_not_trained_again_to_show_less_of_them(monkeypatch):
    widgets.load("train")
    widgets.figure("train", {})
    monkeypatch.setattr(small_network, "train", None)
    assert len(widgets.figure("train", {"at": 100})["panels"][1]["curves"][0]["points"]) == 6
