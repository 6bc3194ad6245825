#!/bin/sh
# Times everything on every backend, on a machine that is otherwise quiet, and writes the tables to benchmarks/RESULTS.md.
set -eu

results=benchmarks/RESULTS.md

on() {
    echo "benchmarks/$3.py on $1 ..." >&2
    KERAS_BACKEND=$1 "$2/bin/python" "benchmarks/$3.py" >>"$results.part"
}

cat >"$results.part" <<END
# Speed

Made by "make bench". Each ratio is the median over rounds in which every arm ran once: compare within a table only.
END
on tensorflow .venv tabulating
for benchmark in step_time range_test; do
    on tensorflow .venv "$benchmark"
    on jax .venv-backends "$benchmark"
    on torch .venv-backends "$benchmark"
done
on tensorflow .venv trials
mv "$results.part" "$results"
cat "$results"
