"""The commands `list`, `status`, `run` and `report`."""

import sys

import pytest

from learning_rates import trials
from learning_rates.trials import __main__ as commands


def test_without_dask_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "learning_rates.trials.runner", raising=False)
    monkeypatch.delattr(trials, "runner", raising=False)
    with pytest.raises(SystemExit, match=r"Dask is needed: pip install distributed"):
        commands.main(["run", "A4.1"])


def test_a_report_by_name_tells_of_every_arm(capsys, monkeypatch):
    monkeypatch.setattr(commands.CONSOLE, "width", 200)
    commands.main(["report", "A3.2"])
    printed = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "equivalent within ±0.5" in printed
    assert "constant 1 0.046416 73.29 ± 0.08 3,200" in printed
    assert "SGD, 0.01, batch 350 1 0.01 72.34 ± 0.14 never 0 of 16" in printed


def test_the_commands_tell_what_there_is(tmp_path, capsys):
    commands.main(["list"])
    assert "MobileNetV2_lr outperforms" in capsys.readouterr().out.replace("\n", " ")
    commands.main(["--results", str(tmp_path), "status", "A4.1"])
    assert "0 of 168" in capsys.readouterr().out
    commands.main(["--results", str(tmp_path), "report", "A4.1"])
    assert "A4.1: not all has been run" in capsys.readouterr().out
    commands.main(["--results", str(tmp_path), "report"])
    assert "A4.3: no run can judge it" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"NAME must be a claim that a run can judge\. Received: 'A4\.3'\. The run"):
        commands.main(["run", "A4.3"])
    with pytest.raises(SystemExit, match=r"NAME must be a claim \(A0\.1, .*Received: 'A9\.9'"):
        commands.main(["status", "A9.9"])
