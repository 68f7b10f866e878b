"""Independent figures for `parallax_compare`, computed with numpy and pandas.

Writes beside itself:
  twin/<run>.tsv       columns of the project's own twin runs, read by the vendors' own readers
                       (wandb's DataStore, TensorBoard's EventFileLoader) and, for the console
                       log, by one regular expression a format
  random.tsv           random series with gaps, duplicates, NaN, infinities and restarts
  compare_figures.tsv  the figures: one row a pair, the latest attempt's values, exact alignment

A `.tsv` of columns has sections `# source<TAB>metric` with rows `iteration timestamp_ms value`.

Run from any folder that has no `tensorflow` folder in it:
    pip install numpy==2.4.6 pandas==3.1.1 wandb==0.18.7 tensorboard==2.18.0
    python compare_figures.py SHARED_DATA
"""
import calendar, glob, json, math, pathlib, re, sys, time

import numpy as np
import pandas as pd
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util
from wandb.proto import wandb_internal_pb2 as pb
from wandb.sdk.internal.datastore import DataStore

data = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).parent


def utc_ms(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S")) * 1000


def wandb_rows(pattern):
    for file in sorted(glob.glob(str(data / pattern))):
        store = DataStore()
        store.open_for_scan(file)
        while True:
            try:
                raw = store.scan_data()
            except AssertionError:  # a torn tail
                break
            if raw is None:
                break
            record = pb.Record()
            record.ParseFromString(raw)
            if record.WhichOneof("record_type") == "history":
                yield {(i.key or ".".join(i.nested_key)): json.loads(i.value_json) for i in record.history.item}


def wandb_series(pattern, step="_step"):
    out = {}
    for row in wandb_rows(pattern):
        for key, value in row.items():
            if isinstance(value, (int, float)) and not key.startswith("_") and step in row:
                out.setdefault(key, []).append((int(row[step]), int(row["_timestamp"] * 1000), float(value)))
    return out


def tensorflow_series(pattern):
    out = {}
    for file in sorted(glob.glob(str(data / pattern))):
        for event in EventFileLoader(file).Load():
            for value in event.summary.value:
                if value.WhichOneof("value") != "tensor":
                    continue
                number = tensor_util.make_ndarray(value.tensor)
                if number.ndim == 0 and number.dtype.kind == "f":
                    out.setdefault(value.tag, []).append((event.step, int(event.wall_time * 1000), float(number)))
    return out


def megatron_series(file):
    out = {}
    line = re.compile(r"\[(.{19})\] iteration +(\d+)/.*learning rate: (\S+) .*lm loss: (\S+) .*grad norm: (\S+) ")
    for text in open(data / file, errors="replace"):
        if m := line.search(text):
            at = (int(m[2]), utc_ms(m[1]))
            for name, number in (("lm_loss", m[4]), ("learning_rate", m[3]), ("grad_norm", m[5])):
                out.setdefault(name, []).append((*at, float(number)))
    return out


def trainer_series(file):
    """HF Trainer: the step is in the progress bar redrawn after the line; the log has no clock."""
    out = {}
    text = open(data / file, errors="replace", newline="").read()
    line = r"\{'loss': '(\S+)', 'grad_norm': '(\S+)', 'learning_rate': '(\S+)',.*?\}.*?(\d+)/1500 \["
    for m in re.finditer(line, text, re.DOTALL):
        for name, number in (("loss", m[1]), ("grad_norm", m[2]), ("learning_rate", m[3])):
            out.setdefault(name, []).append((int(m[4]), 0, float(number)))
    return out


def kwt_series(file):
    out = {}
    for text in open(data / file, errors="replace"):
        if m := re.search(r"Step #(\d+): rate (\S+), accuracy (\S+)%, cross entropy (\S+)", text):
            for name, number in (("cross_entropy", m[4]), ("accuracy", m[3])):
                out.setdefault(name, []).append((int(m[1]), 0, float(number)))
    return out


def nanogpt_series(file):
    out = {}
    for text in open(data / file, errors="replace"):
        if m := re.match(r"step (\d+): train loss (\S+), val loss (\S+)", text):
            for name, number in (("train_loss", m[2]), ("val_loss", m[3])):
                out.setdefault(name, []).append((int(m[1]), 0, float(number)))
    return out


def random_series():
    """Pairs (a, b) whose b is a plus noise, each with its own gaps, duplicates and non-numbers."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        n = 400
        step = np.arange(1, n + 1) * (1, 1, 10, 5, 2, 1)[seed]
        truth = 2.0 + 3.0 * np.exp(-np.arange(n) / 90.0) + rng.normal(0, 0.05, n)
        truth *= (1.0, 1e-6, 1e8, -1.0, 1.0, 1e3)[seed]
        sides = {}
        for source, noise in (("a", 0.0), ("b", 1e-3)):
            value = truth * (1 + rng.normal(0, noise, n)) + noise * truth[0] * 0.5
            rows = []
            for i in range(n):
                if rng.random() < 0.07:
                    continue  # a gap
                v = value[i]
                if rng.random() < 0.02:
                    v = rng.choice([np.nan, np.inf, -np.inf])
                rows.append((int(step[i]), 1_700_000_000_000 + i * 1000, float(v)))
                while rng.random() < 0.05:
                    rows.append(rows[-1])  # another rank's copy
                if rng.random() < 0.03:
                    rows.append((*rows[-1][:2], float(v * 1.5)))  # corrected later: the last one counts
            if seed == 4:  # a restart at two thirds, from the half
                back = [r for r in rows if r[0] <= step[2 * n // 3]]
                rows = back + [(s, t + 3_600_000, v * 1.25) for s, t, v in rows if s > step[n // 2]]
            sides[source] = rows
        yield f"random{seed}", sides


def write_columns(path, series):
    with open(path, "w") as out:
        for (source, metric), rows in series.items():
            out.write(f"# {source}\t{metric}\n")
            for step, stamp, value in rows:
                out.write(f"{step}\t{stamp}\t{value!r}\n")


FIGURES = "case source_a metric_a source_b metric_b rows_a rows_b matched only_a only_b finite bias mae rmse max_abs max_at mean_relative max_relative pearson nan_both nan_one".split()


def clean(rows):
    frame = pd.DataFrame(rows, columns=["step", "t", "v"]).drop_duplicates("step", keep="last")
    return frame.sort_values("step").set_index("step")["v"]


def figures(a, b):
    a, b = clean(a), clean(b)
    both = pd.concat([a.rename("a"), b.rename("b")], axis=1, join="inner")
    x, y = both["a"].to_numpy(), both["b"].to_numpy()
    same = (x == y) & ~np.isfinite(x) | np.isnan(x) & np.isnan(y)
    ok = np.isfinite(x) & np.isfinite(y)
    one = ~ok & ~same
    s, x, y = both.index.to_numpy()[ok], x[ok].astype(np.longdouble), y[ok].astype(np.longdouble)
    d = y - x
    big = np.maximum(np.abs(x), np.abs(y))
    rel = np.divide(np.abs(d), big, out=np.zeros_like(d), where=big > 0)
    at = int(np.argmax(np.abs(d)))
    xc, yc = x - x.mean(), y - y.mean()
    r = float((xc * yc).sum() / np.sqrt((xc * xc).sum() * (yc * yc).sum())) if xc.any() and yc.any() else math.nan
    if not math.isnan(r):  # numpy's own, in double, agrees with the long double above
        assert abs(r - np.corrcoef(x.astype(float), y.astype(float))[0, 1]) < 1e-12
        assert abs(float(d.mean()) - math.fsum(float(v) for v in d) / len(d)) <= 1e-15 * float(big.mean())
    # The greatest difference in double, as both programs see it.
    d64 = (y.astype(float) - x.astype(float))
    at = int(np.argmax(np.abs(d64)))
    return [len(a), len(b), len(both), len(a) - len(both), len(b) - len(both), len(x), float(d.mean()),
            float(np.abs(d).mean()), float(np.sqrt((d * d).mean())), float(np.abs(d64[at])), int(s[at]),
            float(rel.mean()), float(rel.max()), r, int(same.sum()), int(one.sum())]


def main():
    (here / "twin").mkdir(exist_ok=True)
    table = []

    def compare(case, series, pairs):
        for (sa, ma), (sb, mb) in pairs:
            table.append([case, sa, ma, sb, mb, *figures(series[sa, ma], series[sb, mb])])

    for run in ("charlm-clean", "charlm-resume", "charlm-diverge"):
        series = {}
        readers = (("log", megatron_series(f"twin/{run}/console.log"), ""),
                   ("wandb", wandb_series(f"twin/{run}/wandb/*/*.wandb"), "train/"),
                   ("tensorflow", tensorflow_series(f"twin/{run}/tb/*"), "train/"))
        for source, found, prefix in readers:
            for metric in ("lm_loss", "learning_rate", "grad_norm"):
                if metric == "lm_loss" or run == "charlm-clean":
                    series[source, prefix + metric] = found[prefix + metric]
        if run == "charlm-clean":
            for source, found, _ in readers[1:]:
                series[source, "valid/lm_loss"] = found["valid/lm_loss"]
        write_columns(here / f"twin/{run}.tsv", series)
        for metric in ("lm_loss", "learning_rate", "grad_norm"):
            if ("log", metric) in series:
                compare(run, series, [(("log", metric), ("wandb", "train/" + metric)),
                                      (("wandb", "train/" + metric), ("tensorflow", "train/" + metric)),
                                      (("log", metric), ("tensorflow", "train/" + metric))])

    series = {}
    wandb_pattern = "twin/hf-trainer/wandb/*/*.wandb"
    for metric, rows in trainer_series("twin/hf-trainer/console.log").items():
        series["log", metric] = rows
        series["wandb", "train/" + metric] = wandb_series(wandb_pattern, "train/global_step")["train/" + metric]
        series["tensorflow", "train/" + metric] = tensorflow_series("twin/hf-trainer/tb/*")["train/" + metric]
    series["wandb by _step", "train/loss"] = wandb_series(wandb_pattern)["train/loss"]
    write_columns(here / "twin/hf-trainer.tsv", series)
    for metric in ("loss", "grad_norm", "learning_rate"):
        compare("hf-trainer", series, [(("log", metric), ("wandb", "train/" + metric)),
                                       (("wandb", "train/" + metric), ("tensorflow", "train/" + metric))])

    # Third-party runs: figures only, their columns are not ours to copy.
    log = kwt_series("wandb/kwt_3ojed7lz/output.log")
    run = wandb_series("wandb/kwt_3ojed7lz/*.wandb", "Training/step")
    third = {("log", "cross_entropy"): log["cross_entropy"], ("wandb", "Training/loss"): run["Training/loss"],
             ("log", "accuracy"): log["accuracy"], ("wandb", "Training/accuracy"): run["Training/accuracy"]}
    compare("kwt_3ojed7lz", third, [(("log", "cross_entropy"), ("wandb", "Training/loss")),
                                    (("log", "accuracy"), ("wandb", "Training/accuracy"))])
    log = nanogpt_series("wandb/nanogpt_cyzc1wxt/output.log")
    run = wandb_series("wandb/nanogpt_cyzc1wxt/*.wandb", "iter")
    third = {("log", "train_loss"): log["train_loss"], ("wandb", "train/loss"): run["train/loss"],
             ("log", "val_loss"): log["val_loss"], ("wandb", "val/loss"): run["val/loss"]}
    compare("nanogpt_cyzc1wxt", third, [(("log", "train_loss"), ("wandb", "train/loss")),
                                        (("log", "val_loss"), ("wandb", "val/loss"))])

    series = {}
    for case, sides in random_series():
        for source, rows in sides.items():
            series[source, case] = rows
        compare(case, series, [(("a", case), ("b", case))])
    write_columns(here / "random.tsv", series)

    with open(here / "compare_figures.tsv", "w") as out:
        out.write("\t".join(FIGURES) + "\n")
        for row in table:
            out.write("\t".join(repr(v) if isinstance(v, float) else str(v) for v in row) + "\n")


main()
