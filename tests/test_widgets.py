"""Explorers under a real kernel: a cell shows one, and a control moved on a notebook's page redraws it."""

import pytest
from jupyter_client.manager import start_new_kernel

from learning_rates import explorers

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
        before = page.picture
        page.move(control)
        assert page.picture != before, control["name"]
    page.reset()
    assert page.picture == start
