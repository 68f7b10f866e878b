"""Prints the table `wandb.tsv`: figures of `.wandb` files as W&B's own reader sees them.

    pip install wandb==0.19.11   # the last series whose Python package has DataStore
    python wandb_figures.py FILE… > wandb.tsv

Framing and messages are read by W&B; the axis rule (step metrics) is written out here a second
time, from the documentation of `define_metric`. A file's path is printed from its run on.
"""

import json
import math
import sys

from wandb.proto import wandb_internal_pb2 as pb
from wandb.sdk.internal.datastore import DataStore


def records(path):
    """The records up to the end, or to the first one that is cut off."""
    store = DataStore()
    store.open_for_scan(path)
    while True:
        try:
            data = store.scan_data()
        except AssertionError:
            return
        if data is None:
            return
        record = pb.Record()
        record.ParseFromString(data)
        yield record


def leaves(key, value):
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(f"{key}.{name}", member)
    else:
        yield key, value


def row(history):
    flat = {}
    for item in history.item:
        key = ".".join(item.nested_key) or item.key
        flat.update(leaves(key, json.loads(item.value_json)))
    media = {key[: -len("_type")] for key in flat if key.endswith("._type")}
    return {k: v for k, v in flat.items() if not any(k.startswith(m) for m in media)}


def step_metric(rules, metric):
    if metric in rules.values():
        return metric
    if metric in rules:
        return rules[metric]
    globs = [g for g in rules if g.endswith("*") and metric.startswith(g[:-1])]
    return rules[max(globs, key=len)] if globs else None


def points(path):
    rules, newest, fractional, table = {}, {}, set(), {}
    for record in records(path):
        if record.HasField("metric") and record.metric.step_metric:
            rules[record.metric.name or record.metric.glob_name] = record.metric.step_metric
        if not record.HasField("history"):
            continue
        values = row(record.history)
        for key in set(rules.values()) & set(values):
            if values[key] % 1:
                fractional.add(key)
            else:
                newest[key] = int(values[key])
        for key, value in values.items():
            if key.startswith("_") or not isinstance(value, (int, float, type(None))):
                continue
            axis = step_metric(rules, key)
            at = values["_step"] if axis in fractional else newest.get(axis, values["_step"])
            ms = math.floor(values["_timestamp"] * 1000 + 0.5)
            number = math.nan if value is None else float(value)
            table.setdefault(key, []).append((at, ms, number))
    return table


print("file metric count nans first_step last_step first_ms last_ms first last min max".replace(" ", "\t"))
for path in sys.argv[1:]:
    for metric, column in sorted(points(path).items()):
        numbers = [v for _, _, v in column if not math.isnan(v)] or [math.nan]
        cells = [path, metric, len(column), sum(math.isnan(v) for _, _, v in column)]
        cells += [column[0][0], column[-1][0], column[0][1], column[-1][1]]
        cells += [repr(v) for v in (column[0][2], column[-1][2], min(numbers), max(numbers))]
        print("\t".join(map(str, cells)))
