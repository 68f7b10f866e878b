"""Makes `odd.tfevents`: one small event file with every kind of value, by TensorBoard's own code.

    pip install tensorboard==2.21.0 'setuptools<80' && python odd_events.py
"""

import os
import struct

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
from tensorboard.plugins.histogram import summary as histogram
from tensorboard.plugins.scalar import summary as scalar

Value = summary_pb2.Summary.Value


def old_image(tag):
    return Value(tag=tag, image=summary_pb2.Summary.Image(height=1, width=1, encoded_image_string=b"png"))


def text(tag):
    metadata = summary_pb2.SummaryMetadata(plugin_data={"plugin_name": "text"})
    tensor = tensor_pb2.TensorProto(dtype=7, tensor_shape={"dim": [{"size": 1}]}, string_val=[b"words"])
    return Value(tag=tag, metadata=metadata, tensor=tensor)


def bare(tag, number):
    """A scalar tensor without metadata: what follows a tag's first value."""
    tensor = tensor_pb2.TensorProto(dtype=2, tensor_shape={}, double_val=[number])
    return Value(tag=tag, tensor=tensor)


def other(tag):
    """Rank 0 and a number, but of a plugin that is not `scalars`."""
    metadata = summary_pb2.SummaryMetadata(plugin_data={"plugin_name": "own"})
    return Value(tag=tag, metadata=metadata, tensor=bare(tag, 1.0).tensor)


events = [event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2")]
for step in range(3):
    values = [
        Value(tag="simple", simple_value=[0.1, float("nan"), float("-inf")][step]),
        scalar.scalar_pb("tensor", step / 4).value[0] if step == 0 else bare("tensor", step / 4),
        histogram.histogram_pb("histogram", np.arange(4.0)).value[0],
        old_image("image"),
        text("text"),
        other("own"),
    ]
    event = event_pb2.Event(wall_time=1700000000.5 + step, step=10 - step, summary={"value": values})
    events.append(event)
events.append(event_pb2.Event(step=-1, wall_time=1700000003.9996, summary={"value": [bare("tensor", 9.0)]}))

with open(os.path.join(os.path.dirname(__file__), "odd.tfevents"), "wb") as file:
    for event in events:
        data = event.SerializeToString()
        length = struct.pack("<Q", len(data))
        file.write(length + struct.pack("<I", masked_crc32c(length)))
        file.write(data + struct.pack("<I", masked_crc32c(data)))
