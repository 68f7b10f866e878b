"""Makes `odd.wandb`: a run with what real runs rarely have all at once.

    pip install wandb==0.31.0 numpy pillow && python odd_run.py
    cp wandb/offline-run-*/*.wandb odd.wandb
"""

import math
import os

os.environ["WANDB_MODE"] = "offline"
import numpy as np  # noqa: E402
import wandb  # noqa: E402

run = wandb.init(
    id="oddrun01",
    project="odd",
    name="odd run",
    dir=".",
    settings=wandb.Settings(x_disable_meta=True, x_disable_stats=True, console="off", disable_git=True,
                            save_code=False, host="localhost"),
)
run.define_metric("tokens")
run.define_metric("by_tokens/*", step_metric="tokens")
run.define_metric("by_tokens/special", step_metric="epoch")
for step in range(6):
    row = {
        "loss": [2.5, math.nan, math.inf, -math.inf, 1e-300, 12345678901234567890][step],
        "flag": step % 2 == 0,
        "none": None,
        "text": "word",
        "nested": {"a": {"b": step}, "c": step / 3},
        "dotted.key": -step,
        "hist": wandb.Histogram(np.arange(10), num_bins=4),
        "image": wandb.Image(np.zeros((2, 3), np.uint8)),
        "list": [1, 2, 3],
        "int": -(2**53),
        "by_tokens/loss": 10.0 - step,
        "by_tokens/special": step,
        "epoch": step * 0.5,
        "schlüssel/😀": step,
    }
    if step != 3:
        row["tokens"] = 1000 * (step + 1)
    run.log(row, step=step * 7)
run.define_metric("late", step_metric="tokens")
run.log({"late": 1, "tokens": 7000})
run.log({"late": 2})
run.finish(exit_code=3)
