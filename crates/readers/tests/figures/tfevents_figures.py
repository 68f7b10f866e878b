"""Prints the table `tfevents.tsv`: figures of event files as TensorBoard's own reader sees them.

    pip install tensorboard==2.21.0 'setuptools<80'
    python tfevents_figures.py FILE… > tfevents.tsv
"""

import math
import sys

from tensorboard.backend.event_processing import event_file_loader
from tensorboard.compat.proto import summary_pb2
from tensorboard.util import tensor_util


def points(path):
    """By tag: (step, ms, value) of each scalar, as `EventFileLoader` migrates it."""
    table, metadata = {}, {}
    for event in event_file_loader.EventFileLoader(path).Load():
        for value in event.summary.value:
            if value.HasField("metadata"):
                metadata.setdefault(value.tag, value.metadata)
            first = metadata.get(value.tag)
            if first is None or first.data_class != summary_pb2.DATA_CLASS_SCALAR:
                continue
            number = float(tensor_util.make_ndarray(value.tensor).item())
            ms = math.floor(event.wall_time * 1000 + 0.5)
            table.setdefault(value.tag, []).append((event.step, ms, number))
    return table


print("file metric count nans first_step last_step first_ms last_ms first last min max".replace(" ", "\t"))
for path in sys.argv[1:]:
    for metric, column in sorted(points(path).items()):
        numbers = [v for _, _, v in column if not math.isnan(v)] or [math.nan]
        cells = [path, metric, len(column), sum(math.isnan(v) for _, _, v in column)]
        cells += [column[0][0], column[-1][0], column[0][1], column[-1][1]]
        cells += [repr(v) for v in (column[0][2], column[-1][2], min(numbers), max(numbers))]
        print("\t".join(map(str, cells)))
