"""Figures of the real text files, found without the readers: one hand-written pattern per file.

Usage: python3 figures.py DATA_DIR > figures.tsv      (Python 3.9 or later, nothing to install)

DATA_DIR holds log/, wandb/ and twin/. Each row of the table is one metric of one file: how many
points, the first and last step and value, the least and greatest value that is not NaN, how many
NaNs, and FNV-1a over every point (step as i64, value as f64 with one NaN, little-endian), so that
no point can be off.
"""
import csv
import json
import math
import re
import struct
import sys
from pathlib import Path

DATA = Path(sys.argv[1])
NUMBER = r"[-+]?(?:nan|inf|[0-9.]+(?:[eE][-+]?[0-9]+)?)"
QUIET_NAN = 0x7FF8000000000000


def fnv(points):
    value = 0xCBF29CE484222325
    for step, number in points:
        bits = QUIET_NAN if math.isnan(number) else struct.unpack("<Q", struct.pack("<d", number))[0]
        for byte in struct.pack("<qQ", step, bits):
            value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def rows(path, source, metrics):
    for name in sorted(metrics):
        points = metrics[name]
        finite = [value for _, value in points if not math.isnan(value)]
        print("\t".join([
            path, source, name, str(len(points)),
            str(points[0][0]), repr(points[0][1]), str(points[-1][0]), repr(points[-1][1]),
            repr(min(finite)) if finite else "nan", repr(max(finite)) if finite else "nan",
            str(len(points) - len(finite)), f"{fnv(points):016x}",
        ]))


def lines(path):
    return (DATA / path).read_bytes().decode("utf-8", "replace").split("\n")


def add(metrics, name, step, text):
    metrics.setdefault(name, []).append((int(step), float(text)))


def megatron(path):
    """Megatron-LM's iteration and validation lines."""
    names = {
        "consumed samples": "consumed_samples",
        "elapsed time per iteration (ms)": "elapsed_time_per_iteration_ms",
        "learning rate": "learning_rate", "global batch size": "global_batch_size",
        "lm loss": "lm_loss", "lm-loss": "lm_loss", "loss scale": "loss_scale",
        "grad norm": "grad_norm", "num zeros": "num_zeros",
        "number of skipped iterations": "skipped_iterations_number",
        "number of nan iterations": "nan_iterations_number",
    }
    metrics = {}
    for line in lines(path):
        found = re.search(r"(?:^|\]) iteration +(\d+)/ +\d+ \|(.*)", line)
        if found:
            for field in found[2].split("|"):
                key, colon, value = field.partition(": ")
                if colon:
                    add(metrics, names[key.strip()], found[1], value)
        found = re.search(r"validation loss at iteration (\d+) \| lm loss value: (\S+) \| lm loss PPL: (\S+)", line)
        if found:
            add(metrics, "validation/lm_loss", found[1], found[2])
            add(metrics, "validation/lm_loss_ppl", found[1], found[3])
        deepspeed(metrics, line)
    return metrics


def deepspeed(metrics, line):
    """DeepSpeed's `[Rank 0] step=` and timer lines."""
    found = re.search(r"\[Rank 0\] step=(\d+), skipped=(\d+), lr=\[([^\]]*)\], mom=\[([^\]]*)\]", line)
    if found:
        add(metrics, "skipped", found[1], found[2])
        for name, text in (("lr", found[3]), ("mom", found[4])):
            for index, value in enumerate(re.findall(NUMBER, text)):
                add(metrics, f"{name}/{index}" if index else name, found[1], value)
    found = re.search(
        r"global_step=(\d+), RunningAvgSamplesPerSec=(\S+), CurrSamplesPerSec=(\S+), "
        r"MemAllocated=(\S+)GB, MaxMemAllocated=(\S+)GB", line)
    if found:
        for index, name in enumerate(("running_avg_samples_per_sec", "curr_samples_per_sec",
                                      "mem_allocated_gb", "max_mem_allocated_gb"), 2):
            add(metrics, name, found[1], found[index])


def deepspeed_chat(path):
    metrics = {}
    step = 0
    for line in lines(path):
        deepspeed(metrics, line)
        found = re.search(r"\[Rank 0\] step=(\d+),", line)
        if found:
            step = int(found[1])
        found = re.match(r"ppl: (\S+)$", line)
        if found:
            add(metrics, "ppl", step, found[1])
        found = re.match(r"chosen_last_scores \(higher is better\) : (\S+), acc \(higher is better\) : (\S+)$", line)
        if found:
            add(metrics, "chosen_last_scores", step, found[1])
            add(metrics, "acc", step, found[2])
    return metrics


def llm_c(path):
    metrics = {}
    for line in lines(path):
        found = re.match(r"s:(\d+) tel:(\S+)$", line)
        if found:
            add(metrics, "val_loss", found[1], found[2])
        found = re.match(r"s:(\d+) trl:(\S+)(?: lr:(\S+) norm:(\S+))?$", line)
        if found:
            for index, name in enumerate(("train_loss", "lr", "grad_norm"), 2):
                if found[index]:
                    add(metrics, name, found[1], found[index])
    return metrics


def modded(path):
    """Times are in milliseconds; seconds are moved by three decimal places, not multiplied."""
    metrics = {}
    for line in lines(path):
        found = re.match(
            r"step:(\d+)/\d+ (?:(train_loss|val_loss):([0-9.]+) )?train_time:([0-9.]+)(ms|s) step_avg:(nan|[0-9.]+)ms",
            line)
        if found:
            if found[2]:
                add(metrics, found[2], found[1], found[3])
            add(metrics, "train_time_ms", found[1], found[4] + ("e3" if found[5] == "s" else ""))
            add(metrics, "step_avg_ms", found[1], found[6])
    return metrics


def nanogpt(path):
    metrics = {}
    for line in lines(path):
        found = re.match(r"iter (\d+): loss ([0-9.]+), time ([0-9.]+)ms, mfu (-?[0-9.]+)%", line)
        if found:
            add(metrics, "loss", found[1], found[2])
            add(metrics, "time_ms", found[1], found[3])
            if found[4] != "-100.00":
                add(metrics, "mfu", found[1], found[4])
        found = re.match(r"step (\d+): train loss ([0-9.]+), val loss ([0-9.]+)", line)
        if found:
            add(metrics, "train_loss", found[1], found[2])
            add(metrics, "val_loss", found[1], found[3])
    return metrics


def absl(path):
    metrics = {}
    for line in lines(path):
        found = re.search(r"\] Step #(\d+): rate ([0-9.]+), accuracy ([0-9.]+)%, cross entropy ([0-9.]+)", line)
        if found:
            for index, name in enumerate(("learning_rate", "accuracy", "cross_entropy"), 2):
                add(metrics, name, found[1], found[index])
        found = re.search(r"\] Step (\d+): Validation accuracy = ([0-9.]+)%", line)
        if found:
            add(metrics, "validation_accuracy", found[1], found[2])
    return metrics


def hf_steps(state):
    return [row["step"] for row in json.loads((DATA / state).read_text())["log_history"]]


def hf_console(path, steps):
    """The dicts of the console in order, at the steps given: trainer_state.json's, or numbers."""
    metrics = {}
    text = (DATA / path).read_bytes().decode("utf-8", "replace")
    dicts = re.findall(r"\{'[^{}]*'epoch': '[^']*'\}", text)
    assert len(dicts) == len(steps), (len(dicts), len(steps))
    for step, found in zip(steps, dicts):
        for name, value in re.findall(r"'(\w+)': '([^']*)'", found):
            if name != "epoch":
                add(metrics, name, step, value)
    return metrics


def hf_numbered(path):
    text = (DATA / path).read_bytes().decode("utf-8", "replace")
    steps, number = [], 0
    for found in re.findall(r"\{'(\w+)'[^{}]*'epoch': '[^']*'\}", text):
        number += found == "loss"
        steps.append(number)
    return hf_console(path, steps)


def hf_ranks(path):
    """Four ranks print the same row; a value that the next rank repeats counts once."""
    metrics = {}
    for line in lines(path):
        deepspeed(metrics, line)
        if line.startswith("{'train_runtime'"):
            for name, value in re.findall(r"'(\w+)': ([0-9.]+)", line):
                point = (16, float(value))
                if name != "epoch" and metrics.get(name, [None])[-1] != point:
                    metrics.setdefault(name, []).append(point)
    return metrics


def keras(path):
    """The last frame of each epoch's bar, escapes and backspaces taken out."""
    metrics = {}
    text = re.sub(r"\x1b\[[0-9;]*m", "", (DATA / path).read_bytes().decode("utf-8"))
    for epoch, body in re.findall(r"Epoch (\d+)/25\n(.*?)(?=Epoch |\Z)", text, re.S):
        last = re.split(r"[\r\x08]+", body.strip("\r\n\x08"))[-1]
        for name, value in re.findall(r" - (\w+): ([0-9.e-]+)", last):
            add(metrics, name, epoch, value)
    return metrics


def trainer_state(path):
    metrics = {}
    for row in json.loads((DATA / path).read_text())["log_history"]:
        for name, value in row.items():
            if name not in ("step", "epoch") and value is not None:
                add(metrics, name, row["step"], value)
    return metrics


def golden(path):
    metrics = {}
    for name, metric in json.loads((DATA / path).read_text()).items():
        for step, value in metric["values"].items():
            if value != "nan":
                add(metrics, name, step, value)
    return metrics


def jsonl(path, step, skipped=()):
    metrics = {}
    for line in lines(path):
        row = json.loads(line) if line.strip() else {}
        for name, value in row.items():
            if name != step and name not in skipped and not isinstance(value, str):
                add(metrics, name, row[step], value)
    return metrics


def columns(path):
    metrics = {}
    for line in lines(path):
        if line.strip():
            add(metrics, "loss", *line.split())
    return metrics


def table(path, step):
    metrics = {}
    with open(DATA / path, newline="") as file:
        for row in csv.DictReader(file):
            for name, value in row.items():
                if name != step and value != "":
                    add(metrics, name, row[step], value)
    return metrics


def wandb_export(path):
    metrics = {}
    with open(DATA / path, newline="") as file:
        for row in csv.DictReader(file):
            for name, value in row.items():
                if name == "Step" or value == "":
                    continue
                for end in ("__MIN", "__MAX"):
                    if name.endswith(end) and row[name[:-len(end)]] == value:
                        break
                else:
                    run, _, metric = name.rpartition(" - ")
                    add(metrics, f"{run}/{metric}", row["Step"], value)
    return metrics


def main():
    print("\t".join(("file", "source", "metric", "points", "first_step", "first", "last_step", "last",
                     "min", "max", "nan", "fnv")))
    for name in ("bigscience_meg_gpt2_base_n4", "bigscience_meg_ds_3d_ds-on", "bigscience_meg_gpt2_perf_n16_fail"):
        rows(f"log/{name}.out", "log", megatron(f"log/{name}.out"))
    rows("log/bigscience_hf_ds_gpt2_n4.out", "log", hf_ranks("log/bigscience_hf_ds_gpt2_n4.out"))
    for name in ("step1_sft", "step2_reward"):
        rows(f"log/deepspeed-chat_{name}.log", "log", deepspeed_chat(f"log/deepspeed-chat_{name}.log"))
    for name in ("2024-06-06_AdamW", "2024-10-13_llmc_main"):
        rows(f"log/modded-nanogpt_{name}.log", "log", llm_c(f"log/modded-nanogpt_{name}.log"))
    for name in ("2024-10-10_Muon", "2025-11-29_val_every_five", "track3_val"):
        rows(f"log/modded-nanogpt_{name}.txt", "log", modded(f"log/modded-nanogpt_{name}.txt"))
    for name in ("cyzc1wxt", "6dn87vss"):
        rows(f"wandb/nanogpt_{name}/output.log", "log", nanogpt(f"wandb/nanogpt_{name}/output.log"))
    rows("wandb/kwt_3ojed7lz/output.log", "log", absl("wandb/kwt_3ojed7lz/output.log"))
    for name in ("clean", "resume", "diverge"):
        rows(f"twin/charlm-{name}/console.log", "log", megatron(f"twin/charlm-{name}/console.log"))
        rows(f"twin/charlm-{name}/metrics.jsonl", "jsonl", jsonl(f"twin/charlm-{name}/metrics.jsonl", "step"))
    state = "twin/hf-trainer/trainer_state.json"
    rows("twin/hf-trainer/console.log", "log", hf_console("twin/hf-trainer/console.log", hf_steps(state)))
    console = "twin/hf-trainer/wandb/offline-run-20261123_075920-hftwin01/files/output.log"
    rows(console, "log", hf_numbered(console))
    console = "twin/keras-digits/wandb/offline-run-20261123_080148-kerasd01/files/output.log"
    for path in ("twin/keras-digits/console.log", console):
        rows(path, "log", keras(path))
    for path in (state, "log/hf_trainer_state_qlora.json"):
        rows(path, "trainer_state", trainer_state(path))
    for name in ("gpt3_15b_release_sm", "resume_1st", "resume_2nd"):
        rows(f"log/megatron_golden_{name}.json", "json", golden(f"log/megatron_golden_{name}.json"))
    path = "log/llamafactory_trainer_log.jsonl"
    rows(path, "log", jsonl(path, "current_steps", ("total_steps", "epoch", "percentage")))
    rows("log/torchtitan_losses_llama3_cuda.txt", "log", columns("log/torchtitan_losses_llama3_cuda.txt"))
    rows("twin/keras-digits/history.csv", "csv", table("twin/keras-digits/history.csv", "epoch"))
    rows("wandb/wandb_export_gpt2_train_loss.csv", "wandb", wandb_export("wandb/wandb_export_gpt2_train_loss.csv"))


main()
