//! The text formats that are known, one entry each: how it is recognised, what the general rules
//! can't know of it, and a sample with the points that it gives (its test).
//!
//! A format is recognised by the wording in front of its step. Entries without a rule of their own
//! are here for their sample. Adding a format is adding an entry.

use super::alias::normal;
use super::scan::Kind;

/// Where a format's step comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepRule {
    /// It is the number behind the wording; a second one is the run's last step.
    Number,
    /// Epoch, then the batch in brackets: `Epoch [1][50/7330]`. The number is the first epoch.
    EpochBatch(i64),
    /// The line states none: it belongs to the last step seen.
    LastSeen,
    /// The line is no metric of the run (progress within an evaluation).
    Ignore,
    /// By other means: progress bars, objects, blocks of lines.
    Elsewhere,
}

/// One format.
pub(crate) struct Format {
    /// For people.
    #[cfg_attr(not(test), expect(dead_code, reason = "shown by the entry's test"))]
    pub(crate) name: &'static str,
    /// The wording in front of the step, as [`normal`] gives it.
    pub(crate) wording: &'static str,
    /// The shapes of the step that the entry is for; empty for all.
    pub(crate) kinds: &'static [Kind],
    /// Which of several steps in a line counts: the highest.
    pub(crate) rank: u8,
    /// Where the step comes from.
    pub(crate) step: StepRule,
    /// Goes in front of the line's names.
    pub(crate) prefix: &'static str,
    /// The line names its part of the data between bars: `| valid |`.
    pub(crate) modes: bool,
    /// Wordings that mean something else than elsewhere.
    pub(crate) names: &'static [(&'static str, &'static str)],
    /// A wording and the value that says "not known yet".
    pub(crate) sentinel: Option<(&'static str, f64)>,
    /// Lines as they are written.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the entry's test"))]
    pub(crate) sample: &'static str,
    /// What they give: metric, step, value.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the entry's test"))]
    pub(crate) gives: &'static [(&'static str, i64, f64)],
}

const PLAIN: Format = Format {
    name: "",
    wording: "",
    kinds: &[],
    rank: 6,
    step: StepRule::Number,
    prefix: "",
    modes: false,
    names: &[],
    sentinel: None,
    sample: "",
    gives: &[],
};

/// What the key of a field means.
#[derive(Clone, Copy)]
pub(crate) enum Meaning {
    /// The step, by a rule of the table.
    Step(&'static Format),
    /// The epoch.
    Epoch,
    /// A place or a setting, no metric.
    Place,
    /// A metric.
    Metric,
}

/// Wordings of the step that mean the same in every format.
const STEPS: &[(&str, u8)] = &[
    ("global step", 9),
    ("trainer/global step", 9),
    ("train/global step", 9),
    ("completed step", 8),
    ("train step", 8),
    ("training step", 8),
    ("optimizer step", 8),
    ("current step", 8),
    ("updates", 7),
    ("steps", 6),
    ("update", 5),
    ("batch", 1),
];

/// Words that may stand in front of a step's wording without changing it.
const LEADS: &[&str] = &[
    "info", "debug", "warning", "train", "training", "trainer", "log", "at", "end", "root",
];

/// Wordings of the epoch.
const EPOCHS: &[&str] = &[
    "epoch",
    "train epoch",
    "training epoch",
    "epochs",
    "ep",
    "end of epoch",
    "finished epoch",
];

/// Places and settings.
const PLACES: &[&str] = &[
    "batch",
    "micro step",
    "micro batch",
    "rank",
    "local rank",
    "global rank",
    "world size",
    "gpu",
    "device",
    "pid",
    "node",
    "worker",
    "thread",
    "line",
    "port",
    "seed",
    "v num",
    "version",
    "eta",
    "total steps",
    "max steps",
    "num steps",
    "total iterations",
    "best epoch",
    "patience",
    "id",
    "job id",
    "process",
];

/// What a key means.
pub(crate) fn meaning(key: &str, kind: Kind) -> Meaning {
    let wording = normal(key);
    let entry = FORMATS.iter().find(|format| {
        !format.wording.is_empty()
            && format.wording == wording
            && (format.kinds.is_empty() || format.kinds.contains(&kind))
    });
    if let Some(format) = entry {
        return Meaning::Step(format);
    }
    if EPOCHS.contains(&wording.as_str()) {
        return Meaning::Epoch;
    }
    if let Some((_, rank)) = STEPS.iter().find(|(step, _)| *step == wording) {
        return general(*rank);
    }
    if PLACES.contains(&wording.as_str()) {
        return Meaning::Place;
    }
    match wording.split_once(' ') {
        Some((lead, rest)) if LEADS.contains(&lead) => match meaning(rest, kind) {
            Meaning::Metric => Meaning::Metric,
            found => found,
        },
        _ => Meaning::Metric,
    }
}

/// The general rule at a rank.
fn general(rank: u8) -> Meaning {
    static RULES: [Format; 10] = {
        let mut rules = [PLAIN; 10];
        let mut rank = 0;
        while rank < 10 {
            rules[rank].rank = rank as u8;
            rank += 1;
        }
        rules
    };
    RULES
        .get(usize::from(rank))
        .map_or(Meaning::Metric, Meaning::Step)
}

const ONE: &[Kind] = &[Kind::One, Kind::Ratio];
const LIST: &[Kind] = &[Kind::List, Kind::Bracket];

/// The table.
pub(crate) static FORMATS: &[Format] = &[
    Format {
        name: "Primus",
        wording: "iteration",
        sample: "[20251121 12:10:29][rank-31/32][INFO ] [--------trainer.py:2488] :  iteration    12125/   36000 | consumed samples:      3104000 | elapsed time per iteration (ms): 2701.3/2712.7 | hip mem usage/free/total/usage_ratio: 227.35GB/28.63GB/255.98GB/88.81% | throughput per GPU (TFLOP/s/GPU): 210.5/217.3 | tokens per GPU (tokens/s/GPU): 12130.4/12525.5 | learning rate: 1.587349E-04 | global batch size:   256 | lm loss: 2.352391E+00 | loss scale: 1.0 | grad norm: 0.132 | number of skipped iterations:   0 | number of nan iterations:   0 |",
        gives: &[
            ("consumed_samples", 12125, 3_104_000.0),
            ("elapsed_time_per_iteration_ms", 12125, 2701.3),
            ("elapsed_time_per_iteration_ms/avg", 12125, 2712.7),
            ("mem_usages", 12125, 227.35),
            ("mem_free", 12125, 28.63),
            ("mem_total", 12125, 255.98),
            ("mem_usage_ratio", 12125, 88.81),
            ("tflops", 12125, 210.5),
            ("tflops/avg", 12125, 217.3),
            ("tokens_per_gpu", 12125, 12130.4),
            ("tokens_per_gpu/avg", 12125, 12525.5),
            ("learning_rate", 12125, 1.587349e-4),
            ("global_batch_size", 12125, 256.0),
            ("lm_loss", 12125, 2.352391),
            ("loss_scale", 12125, 1.0),
            ("grad_norm", 12125, 0.132),
            ("skipped_iterations_number", 12125, 0.0),
            ("nan_iterations_number", 12125, 0.0),
        ],
        ..PLAIN
    },
    Format {
        name: "Megatron-LM validation",
        wording: "validation loss at iteration",
        rank: 9,
        prefix: "validation/",
        modes: true,
        sample: " validation loss at iteration 1000 | lm loss value: 1.946863E+00 | lm loss PPL: 7.006674E+00 | \nvalidation loss at iteration 1000 on test set | lm loss value: 2.0E+00 | reg loss value: 3.0E+00 |",
        gives: &[
            ("validation/lm_loss", 1000, 1.946863),
            ("validation/lm_loss_ppl", 1000, 7.006674),
            ("test/lm_loss", 1000, 2.0),
            ("test/reg_loss", 1000, 3.0),
        ],
        ..PLAIN
    },
    Format {
        name: "Megatron-LM test",
        wording: "test loss at iteration",
        rank: 9,
        prefix: "test/",
        sample: " test loss at iteration 500 | lm loss value: 2.5E+00 | lm loss PPL: 1.218249E+01 | ",
        gives: &[
            ("test/lm_loss", 500, 2.5),
            ("test/lm_loss_ppl", 500, 12.18249),
        ],
        ..PLAIN
    },
    Format {
        name: "GPT-NeoX validation",
        wording: "validation results at iteration",
        rank: 9,
        prefix: "validation/",
        sample: " validation results at iteration 1000 | lm_loss value: 3.1E+00 | lm_loss_ppl value: 2.2E+01 | ",
        gives: &[
            ("validation/lm_loss", 1000, 3.1),
            ("validation/lm_loss_ppl", 1000, 22.0),
        ],
        ..PLAIN
    },
    Format {
        name: "GPT-NeoX",
        sample: " samples/sec: 12.345 | iteration     10/  320000 | elapsed time per iteration (ms): 2592.1 | learning rate: 6.000E-07 | approx flops per GPU: 40.5TFLOPS | lm_loss: 1.102E+01 | loss scale: 32768.0 | number of skipped iterations:   0 | number of nan iterations:   0 |",
        gives: &[
            ("samples_per_sec", 10, 12.345),
            ("elapsed_time_per_iteration_ms", 10, 2592.1),
            ("learning_rate", 10, 6e-7),
            ("tflops", 10, 40.5),
            ("lm_loss", 10, 11.02),
            ("loss_scale", 10, 32768.0),
            ("skipped_iterations_number", 10, 0.0),
            ("nan_iterations_number", 10, 0.0),
        ],
        ..PLAIN
    },
    Format {
        name: "Megatron-DeepSpeed",
        sample: " iteration        1/    1000 | consumed samples:         1024 | learning rate: 1.875E-05 | lm-loss: 1.244238E+01 | loss scale: -1.0 | grad norm: 0.000 | num zeros: 0.0 |",
        gives: &[
            ("consumed_samples", 1, 1024.0),
            ("learning_rate", 1, 1.875e-5),
            ("lm_loss", 1, 12.44238),
            ("loss_scale", 1, -1.0),
            ("grad_norm", 1, 0.0),
            ("num_zeros", 1, 0.0),
        ],
        ..PLAIN
    },
    Format {
        name: "Megatron-LM with throughput",
        sample: " [2024-08-21 10:19:42] iteration        4/   25000 | consumed samples:         4096 | throughput per GPU (TFLOP/s/GPU): 449.6 | iteration time: 270.125 s samples/sec: 3.8 | lm loss: 2.120380E+00 | actual seqlen:  2048 | samples per second: 4.863 | tokens per gpu per second (tgs): 155.603 | TFLOPs: 167.35 |",
        gives: &[
            ("consumed_samples", 4, 4096.0),
            ("tflops", 4, 449.6),
            ("iteration_time_ms", 4, 270_125.0),
            ("samples_per_sec", 4, 3.8),
            ("lm_loss", 4, 2.12038),
            ("actual_seqlen", 4, 2048.0),
            ("samples_per_second", 4, 4.863),
            ("tokens_per_gpu", 4, 155.603),
            ("tflops", 4, 167.35),
        ],
        ..PLAIN
    },
    Format {
        name: "Primus, escapes half lost",
        sample: "[[32m20251202 06:56:28[0m][[36mrank-7/8[0m][[1mINFO [0m] [1m[--------trainer.py:2560] : iteration 4408/ 5000 | consumed samples: 564224 | grad norm: 0.003 |[0m",
        gives: &[
            ("consumed_samples", 4408, 564_224.0),
            ("grad_norm", 4408, 0.003),
        ],
        ..PLAIN
    },
    Format {
        name: "DeepSpeed engine",
        sample: "[2023-04-18 01:46:59,142] [INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=6, lr=[9.65e-06, 9.66e-06], mom=[(0.9, 0.95), (0.8, 0.85)]",
        gives: &[
            ("skipped", 10, 6.0),
            ("lr", 10, 9.65e-6),
            ("lr/1", 10, 9.66e-6),
            ("mom", 10, 0.9),
            ("mom/1", 10, 0.95),
            ("mom/2", 10, 0.8),
            ("mom/3", 10, 0.85),
        ],
        ..PLAIN
    },
    Format {
        name: "DeepSpeed timer",
        sample: "[2023-04-18 01:46:59,171] [INFO] [timer.py:199:stop] epoch=0/micro_step=40/global_step=10, RunningAvgSamplesPerSec=173.4455644119137, CurrSamplesPerSec=171.97903593624417, MemAllocated=3.96GB, MaxMemAllocated=22.95GB",
        gives: &[
            ("running_avg_samples_per_sec", 10, 173.4455644119137),
            ("curr_samples_per_sec", 10, 171.97903593624417),
            ("mem_allocated_gb", 10, 3.96),
            ("max_mem_allocated_gb", 10, 22.95),
        ],
        ..PLAIN
    },
    Format {
        name: "DeepSpeed pipeline",
        sample: "steps: 10 loss: 1.2340 iter time (s): 0.512 samples/sec: 12.300",
        gives: &[
            ("loss", 10, 1.234),
            ("iter_time_s", 10, 0.512),
            ("samples_per_sec", 10, 12.3),
        ],
        ..PLAIN
    },
    Format {
        name: "DeepSpeed-Chat RLHF",
        sample: "epoch: 0|step: 9|ppo_ep: 1|act_loss: 0.0251|cri_loss: -0.5|unsuper_loss: 0.0",
        gives: &[
            ("act_loss", 9, 0.0251),
            ("cri_loss", 9, -0.5),
            ("unsuper_loss", 9, 0.0),
            ("ppo_ep", 9, 1.0),
        ],
        ..PLAIN
    },
    Format {
        name: "DeepSpeed-Chat evaluation",
        step: StepRule::Elsewhere,
        sample: "[Rank 0] step=460, skipped=6, lr=[1e-06]\n***** Evaluating perplexity, Epoch 1/16 *****\nppl: 2.5\nppl: 3.5",
        gives: &[("skipped", 460, 6.0), ("lr", 460, 1e-6), ("ppl", 460, 2.5)],
        ..PLAIN
    },
    Format {
        name: "nanoGPT",
        wording: "iter",
        sentinel: Some(("mfu", -100.0)),
        sample: "iter 0: loss 7.1736, time 17275.27ms, mfu -100.00%\niter 10: loss 5.7724 BPC, time 44.25ms, mfu 8.73%",
        gives: &[
            ("loss", 0, 7.1736),
            ("time_ms", 0, 17275.27),
            ("loss", 10, 5.7724),
            ("time_ms", 10, 44.25),
            ("mfu", 10, 8.73),
        ],
        ..PLAIN
    },
    Format {
        name: "nanoGPT evaluation",
        wording: "step",
        sample: "step 250: train loss 1.8233, val loss 2.0423",
        gives: &[("train_loss", 250, 1.8233), ("val_loss", 250, 2.0423)],
        ..PLAIN
    },
    Format {
        name: "llm.c",
        wording: "s",
        kinds: ONE,
        rank: 2,
        names: &[
            ("trl", "train_loss"),
            ("tel", "val_loss"),
            ("norm", "grad_norm"),
        ],
        sample: "s:250 tel:5.4321\ns:251 trl:11.0091 lr:0.000001 norm:15.37",
        gives: &[
            ("val_loss", 250, 5.4321),
            ("train_loss", 251, 11.0091),
            ("lr", 251, 1e-6),
            ("grad_norm", 251, 15.37),
        ],
        ..PLAIN
    },
    Format {
        name: "modded-nanogpt",
        sample: "step:125/3350 val_loss:4.66393 train_time:22.870s step_avg:182.95ms\nstep:126/3350 train_loss:4.5 train_time:22871ms step_avg:nanms",
        gives: &[
            ("val_loss", 125, 4.66393),
            ("train_time_ms", 125, 22870.0),
            ("step_avg_ms", 125, 182.95),
            ("train_loss", 126, 4.5),
            ("train_time_ms", 126, 22871.0),
            ("step_avg_ms", 126, f64::NAN),
        ],
        ..PLAIN
    },
    Format {
        name: "absl, TensorFlow speech commands",
        wording: "step #",
        names: &[("rate", "learning_rate")],
        sample: "I0429 20:20:04.287605 139761460909888 train.py:224] Step #1: rate 0.000100, accuracy 3.91%, cross entropy 2.522507\nI0429 20:20:48.072837 139761460909888 train.py:276] Step 72: Validation accuracy = 11.67% (N=4352)",
        gives: &[
            ("learning_rate", 1, 1e-4),
            ("accuracy", 1, 3.91),
            ("cross_entropy", 1, 2.522507),
            ("validation_accuracy", 72, 11.67),
        ],
        ..PLAIN
    },
    Format {
        name: "torchtitan",
        sample: "[rank0]:[titan] 2024-12-01 10:00:00,123 - root - INFO - step: 10  loss:  8.2448  grad_norm:  1.23  memory:  5.17GiB(6.53%)  tps: 1,234  tflops: 12.30  mfu: 4.52%",
        gives: &[
            ("loss", 10, 8.2448),
            ("grad_norm", 10, 1.23),
            ("memory_gib", 10, 5.17),
            ("memory_percent", 10, 6.53),
            ("tps", 10, 1234.0),
            ("tflops", 10, 12.3),
            ("mfu", 10, 4.52),
        ],
        ..PLAIN
    },
    Format {
        name: "MaxText",
        sample: "completed step: 1, seconds: 0.287, TFLOP/s/device: 110.951, Tokens/s/device: 7131.788, total_weights: 7517, loss: 12.021",
        gives: &[
            ("seconds", 1, 0.287),
            ("tflops", 1, 110.951),
            ("tokens_per_s_per_device", 1, 7131.788),
            ("total_weights", 1, 7517.0),
            ("loss", 1, 12.021),
        ],
        ..PLAIN
    },
    Format {
        name: "NeMo 2",
        sample: "0: Training epoch 1, iteration 0/999 | lr: 2.999e-06 | global_batch_size: 512 | global_step: 19 | reduced_train_loss: 11.03 | train_step_timing in s: 46.86 | consumed_samples: 10240",
        gives: &[
            ("lr", 19, 2.999e-6),
            ("global_batch_size", 19, 512.0),
            ("reduced_train_loss", 19, 11.03),
            ("train_step_timing_in_s", 19, 46.86),
            ("consumed_samples", 19, 10240.0),
        ],
        ..PLAIN
    },
    Format {
        name: "verl",
        sample: "(TaskRunner pid=12345) step:1 - actor/entropy:0.412 - critic/score/mean:np.float64(0.5) - timing_s/gen:41.5",
        gives: &[
            ("actor/entropy", 1, 0.412),
            ("critic/score/mean", 1, 0.5),
            ("timing_s/gen", 1, 41.5),
        ],
        ..PLAIN
    },
    Format {
        name: "fairseq",
        wording: "num updates",
        rank: 9,
        modes: true,
        sample: "2025-10-15 11:33:32 | INFO | train_inner | epoch 001:    100 / 487 loss=4.655, nll_loss=3.1, ppl=8.57, wps=12345.6, num_updates=100, lr=1.2e-05, gnorm=1.5\n2025-10-15 11:33:44 | INFO | train | epoch 001 | loss 3.663 | ppl 12.67 | num_updates 487 | lr 6e-05\n2025-10-15 11:33:50 | INFO | valid | epoch 001 | valid on 'valid' subset | loss 2.001 | ppl 4 | num_updates 487",
        gives: &[
            ("loss", 100, 4.655),
            ("nll_loss", 100, 3.1),
            ("ppl", 100, 8.57),
            ("wps", 100, 12345.6),
            ("lr", 100, 1.2e-5),
            ("gnorm", 100, 1.5),
            ("train/loss", 487, 3.663),
            ("train/ppl", 487, 12.67),
            ("train/lr", 487, 6e-5),
            ("valid/loss", 487, 2.001),
            ("valid/ppl", 487, 4.0),
        ],
        ..PLAIN
    },
    Format {
        name: "detectron2",
        sample: "[07/01 22:50:11 d2.utils.events]:  eta: 1 day, 11:14:26  iter: 19  total_loss: 1.2  loss_cls: 0.6  time: 0.3521  data_time: 0.0124  lr: 0.00039962  max_mem: 2466M",
        gives: &[
            ("total_loss", 19, 1.2),
            ("loss_cls", 19, 0.6),
            ("time", 19, 0.3521),
            ("data_time", 19, 0.0124),
            ("lr", 19, 0.00039962),
            ("max_mem_mb", 19, 2466.0),
        ],
        ..PLAIN
    },
    Format {
        name: "mmcv, by epoch",
        wording: "epoch",
        kinds: &[Kind::Bracket],
        step: StepRule::EpochBatch(1),
        sample: "2021-05-01 12:00:00,123 - mmdet - INFO - Epoch [2][50/7330]\tlr: 1.978e-03, eta: 9:38:17, time: 0.395, data_time: 0.050, memory: 3837, loss: 1.25",
        gives: &[
            ("lr", 7380, 1.978e-3),
            ("time", 7380, 0.395),
            ("data_time", 7380, 0.05),
            ("memory", 7380, 3837.0),
            ("loss", 7380, 1.25),
        ],
        ..PLAIN
    },
    Format {
        name: "mmengine, by epoch",
        wording: "epoch(train)",
        step: StepRule::EpochBatch(1),
        sample: "11/08 15:58:16 - mmengine - INFO - Epoch(train)  [2][   50/30895]  base_lr: 7.976e-05 lr: 7.976e-05  eta: 2 days, 7:32:05  time: 1.0788  data_time: 0.0849  memory: 15079  grad_norm: nan  loss: 859.5978  layer_-1_loss_cls: 10.1055",
        gives: &[
            ("base_lr", 30945, 7.976e-5),
            ("lr", 30945, 7.976e-5),
            ("time", 30945, 1.0788),
            ("data_time", 30945, 0.0849),
            ("memory", 30945, 15079.0),
            ("grad_norm", 30945, f64::NAN),
            ("loss", 30945, 859.5978),
            ("layer_1_loss_cls", 30945, 10.1055),
        ],
        ..PLAIN
    },
    Format {
        name: "mmengine, by iteration",
        wording: "iter(train)",
        sample: "2022/11/01 12:00:00 - mmengine - INFO - Iter(train) [   50/160000]  lr: 1.0e-02  time: 0.3  loss: 1.25",
        gives: &[("lr", 50, 0.01), ("time", 50, 0.3), ("loss", 50, 1.25)],
        ..PLAIN
    },
    Format {
        name: "mmengine validation, by epoch",
        wording: "epoch(val)",
        step: StepRule::LastSeen,
        prefix: "val/",
        sample: "Epoch(train) [1][50/100] loss: 1.5\nEpoch(val) [1][100/100]    coco/bbox_mAP: 0.4000  data_time: 0.0123  time: 0.0456",
        gives: &[
            ("loss", 50, 1.5),
            ("val/coco/bbox_mAP", 50, 0.4),
            ("val/data_time", 50, 0.0123),
            ("val/time", 50, 0.0456),
        ],
        ..PLAIN
    },
    Format {
        name: "mmengine validation, by iteration",
        wording: "iter(val)",
        step: StepRule::LastSeen,
        prefix: "val/",
        sample: "Iter(train) [50/100] loss: 1.5\nIter(val) [500/500]    aAcc: 81.5  mIoU: 40.25",
        gives: &[
            ("loss", 50, 1.5),
            ("val/aacc", 50, 81.5),
            ("val/miou", 50, 40.25),
        ],
        ..PLAIN
    },
    Format {
        name: "PyTorch ImageNet, torchvision",
        wording: "epoch",
        kinds: &[Kind::List],
        step: StepRule::EpochBatch(0),
        sample: "Epoch: [1][  10/5005]\tTime  0.250 ( 0.300)\tLoss 6.9e+00 (7.0e+00)\tAcc@1   0.10 (  0.20)\nEpoch: [1]  [  20/5005]  eta: 4:16:40  lr: 0.1  img/s: 10.3  loss: 7.0 (7.1)  max mem: 3456",
        gives: &[
            ("time", 5015, 0.25),
            ("time/avg", 5015, 0.3),
            ("loss", 5015, 6.9),
            ("loss/avg", 5015, 7.0),
            ("acc@1", 5015, 0.1),
            ("acc@1/avg", 5015, 0.2),
            ("lr", 5025, 0.1),
            ("img_per_s", 5025, 10.3),
            ("loss", 5025, 7.0),
            ("loss/avg", 5025, 7.1),
            ("max_mem_mb", 5025, 3456.0),
        ],
        ..PLAIN
    },
    Format {
        name: "timm",
        wording: "train",
        kinds: ONE,
        step: StepRule::EpochBatch(0),
        sample: "Train: 1 [  50/1251 (  4%)]  Loss: 6.943 (6.94)  Time: 4.302s,  238.05/s  (4.302s,  238.05/s)  LR: 1.000e-06  Data: 1.234 (1.235)",
        gives: &[
            ("loss", 1301, 6.943),
            ("loss/avg", 1301, 6.94),
            ("time_ms", 1301, 4302.0),
            ("lr", 1301, 1e-6),
            ("data", 1301, 1.234),
            ("data/avg", 1301, 1.235),
        ],
        ..PLAIN
    },
    Format {
        name: "Swin",
        wording: "train",
        kinds: LIST,
        step: StepRule::EpochBatch(0),
        sample: "[2022-01-01 12:00:00 swin] (main.py 200): INFO Train: [1/300][10/1251]\teta 1:02:03 lr 0.000001\t wd 0.0500\ttime 2.9700 (2.9800)\tloss 6.9300 (6.9400)\tmem 6789MB",
        gives: &[
            ("lr", 1261, 1e-6),
            ("wd", 1261, 0.05),
            ("time", 1261, 2.97),
            ("time/avg", 1261, 2.98),
            ("loss", 1261, 6.93),
            ("loss/avg", 1261, 6.94),
            ("mem_mb", 1261, 6789.0),
        ],
        ..PLAIN
    },
    Format {
        name: "PyTorch MNIST",
        wording: "train epoch",
        kinds: ONE,
        step: StepRule::EpochBatch(1),
        sample: "Train Epoch: 2 [640/60000 (1%)]\tLoss: 0.302585",
        gives: &[("loss", 60640, 0.302585)],
        ..PLAIN
    },
    Format {
        name: "evaluation progress",
        wording: "test",
        kinds: LIST,
        step: StepRule::Ignore,
        sample: "Test: [  10/48]  Time: 1.602 (1.602)  Loss:  0.6230 (0.6230)  Acc@1: 87.5000 (87.5000)",
        gives: &[],
        ..PLAIN
    },
    Format {
        name: "PyTorch tutorials",
        sample: "Epoch [2/5], Step [100/600], Loss: 0.2916",
        gives: &[("loss", 100, 0.2916)],
        ..PLAIN
    },
    Format {
        name: "Flair",
        sample: "2021-02-22 08:40:43,913 epoch 1 - iter 210/219 - loss 14.28931536 - samples/sec: 19.11 - lr: 0.000500\n2021-02-22 08:41:17,078 epoch 2 - iter 21/219 - loss 11.5 - samples/sec: 20.26 - lr: 0.000500",
        gives: &[
            ("loss", 210, 14.28931536),
            ("samples_per_sec", 210, 19.11),
            ("lr", 210, 0.0005),
            ("loss", 240, 11.5),
            ("samples_per_sec", 240, 20.26),
            ("lr", 240, 0.0005),
        ],
        ..PLAIN
    },
    Format {
        name: "PaddleNLP",
        sample: "[2023-05-01 12:00:00,123] [    INFO] - loss: 1.25, learning_rate: 1e-05, global_step: 10, interval_runtime: 1.5, interval_steps_per_second: 6.5, epoch: 0.5",
        gives: &[
            ("loss", 10, 1.25),
            ("learning_rate", 10, 1e-5),
            ("interval_runtime", 10, 1.5),
            ("interval_steps_per_second", 10, 6.5),
        ],
        ..PLAIN
    },
    Format {
        name: "OpenNMT",
        sample: "[2020-05-01 12:00:00,123 INFO] Step 50/100000; acc:   5.40; ppl: 1234.50; xent: 7.12; lr: 0.00010; 1234/5678 tok/s;     12 sec",
        gives: &[
            ("acc", 50, 5.4),
            ("ppl", 50, 1234.5),
            ("xent", 50, 7.12),
            ("lr", 50, 1e-4),
        ],
        ..PLAIN
    },
    Format {
        name: "by epoch",
        step: StepRule::Elsewhere,
        sample: "Epoch 3/10, train_loss: 0.5, val_loss: 0.6\nEpoch: 4 | loss 0.4 | accuracy 91.5%",
        gives: &[
            ("train_loss", 3, 0.5),
            ("val_loss", 3, 0.6),
            ("loss", 4, 0.4),
            ("accuracy", 4, 91.5),
        ],
        ..PLAIN
    },
    Format {
        name: "XGBoost, LightGBM",
        step: StepRule::Elsewhere,
        sample: "[10]\ttrain-rmse:0.51234\teval-rmse:0.61234\n[11]\tvalid_0's auc: 0.91",
        gives: &[
            ("train_rmse", 10, 0.51234),
            ("eval_rmse", 10, 0.61234),
            ("valid_0_s_auc", 11, 0.91),
        ],
        ..PLAIN
    },
    Format {
        name: "OLMo",
        step: StepRule::Elsewhere,
        sample: "[2024-04-17 09:42:38] INFO     [olmo.train:816, rank=0] [step=2/739328]\n    train/CrossEntropyLoss=10.73\n    throughput/total_tokens=8,388,608\n    System/Peak GPU Memory (MB)=43,309\n[2024-04-17 09:42:39] INFO     [olmo.train:900, rank=0] Saving checkpoint...",
        gives: &[
            ("train/CrossEntropyLoss", 2, 10.73),
            ("throughput/total_tokens", 2, 8_388_608.0),
            ("System/Peak GPU Memory (MB)", 2, 43309.0),
        ],
        ..PLAIN
    },
    Format {
        name: "Composer",
        step: StepRule::Elsewhere,
        sample: "[batch=10/4800]:\n\t Train loss/train/total: 10.25\n\t Train LanguageCrossEntropy: 10.5\n",
        gives: &[
            ("Train loss/train/total", 10, 10.25),
            ("train_language_cross_entropy", 10, 10.5),
        ],
        ..PLAIN
    },
    Format {
        name: "HF Trainer 4",
        step: StepRule::Elsewhere,
        sample: "  0%|          | 0/1500 [00:00<?, ?it/s]\r  1%|          | 10/1500 [00:00<02:03, 12.10it/s]\r            \r{'loss': 4.289, 'grad_norm': 2.448, 'learning_rate': 0.00018, 'epoch': 0.01}\n\r  1%|          | 10/1500 [00:00<02:03, 12.10it/s]",
        gives: &[
            ("loss", 10, 4.289),
            ("grad_norm", 10, 2.448),
            ("learning_rate", 10, 0.00018),
        ],
        ..PLAIN
    },
    Format {
        name: "HF Trainer 5",
        step: StepRule::Elsewhere,
        sample: "\r  1%|          | 10/1500 [00:00<02:03, 12.10it/s]{'loss': '4.289', 'learning_rate': '0.00018', 'epoch': '0.01333'}\n\r  1%|          | 10/1500 [00:00<02:03, 12.10it/s]\n\r100%|##########| 8/8 [00:00<00:00, 64.75it/s]\x1b[A\r\r\x1b[A{'eval_loss': '2.1', 'eval_runtime': '1.146', 'epoch': '0.02'}\n\r  1%|          | 20/1500 [00:02<02:03, 12.10it/s]",
        gives: &[
            ("loss", 10, 4.289),
            ("learning_rate", 10, 0.00018),
            ("eval_loss", 20, 2.1),
            ("eval_runtime", 20, 1.146),
        ],
        ..PLAIN
    },
    Format {
        name: "objects with a step",
        step: StepRule::Elsewhere,
        sample: "{\"step\": 5, \"train/loss\": 0.5, \"lr\": 1e-05}\n2025-10-15 11:33:32 | INFO | train_inner | {\"epoch\": 1, \"update\": 0.05, \"loss\": \"13.2\", \"num_updates\": \"200\"}\nstep 7: {'train/loss': 0.25}",
        gives: &[
            ("train/loss", 5, 0.5),
            ("lr", 5, 1e-5),
            ("loss", 200, 13.2),
            ("train/loss", 7, 0.25),
        ],
        ..PLAIN
    },
    Format {
        name: "Lightning",
        step: StepRule::Elsewhere,
        sample: "Epoch 1:  41%|####      | 9/22 [00:01<00:01, 8.90it/s, loss=0.3, v_num=1]\rEpoch 1:  45%|####      | 10/22 [00:01<00:01, 8.90it/s, loss=0.2, v_num=1]",
        gives: &[("loss", 31, 0.3), ("loss", 32, 0.2)],
        ..PLAIN
    },
    Format {
        name: "tqdm with values",
        step: StepRule::Elsewhere,
        sample: "Steps:   0%|          | 12/15000 [00:10<3:00:00,  1.20it/s, lr=1e-5, step_loss=0.12]",
        gives: &[("lr", 12, 1e-5), ("step_loss", 12, 0.12)],
        ..PLAIN
    },
    Format {
        name: "Keras",
        step: StepRule::Elsewhere,
        sample: "Epoch 1/25\n\r\x1b[1m 7/45\x1b[0m \u{2501}\u{2501} \x1b[1m0s\x1b[0m 9ms/step - accuracy: 0.1384 - loss: 2.3211\x08\x08\x08\r\x1b[1m45/45\x1b[0m \u{2501}\u{2501} 4s 28ms/step - accuracy: 0.4843 - loss: 2.0027 - val_loss: 1.6143\nEpoch 2/25\n45/45 [==============================] - 1s 3ms/step - loss: 1.5\n",
        gives: &[
            ("accuracy", 1, 0.4843),
            ("loss", 1, 2.0027),
            ("val_loss", 1, 1.6143),
            ("loss", 2, 1.5),
        ],
        ..PLAIN
    },
];

#[cfg(test)]
mod tests {
    use super::super::TextLog;
    use super::*;
    use crate::{ParsedFile, Reader};

    #[test]
    fn every_sample_gives_its_points() {
        let mut wrong = Vec::new();
        for format in FORMATS {
            let mut parsed = ParsedFile::default();
            let mut log = TextLog::new();
            log.feed(format.sample.as_bytes(), &mut parsed);
            log.finish_idle(&mut parsed);
            let mut found: Vec<String> = Vec::new();
            for (name, rows) in parsed.metrics("log") {
                let rows = rows.rows();
                found.extend(rows.map(|row| format!("{name} {} {}", row.step, row.value)));
            }
            let mut expected: Vec<String> = format
                .gives
                .iter()
                .map(|(name, step, value)| format!("{name} {step} {value}"))
                .collect();
            found.sort();
            expected.sort();
            if found != expected {
                wrong.push(format!(
                    "{}
  found    {found:?}
  expected {expected:?}",
                    format.name
                ));
            }
        }
        assert!(
            wrong.is_empty(),
            "{}",
            wrong.join(
                "
"
            )
        );
    }

    #[test]
    fn every_split_of_every_sample_gives_the_same() {
        let read = |chunks: [&[u8]; 2]| {
            let mut parsed = ParsedFile::default();
            let mut log = TextLog::new();
            chunks.iter().for_each(|chunk| log.feed(chunk, &mut parsed));
            log.finish_idle(&mut parsed);
            format!("{parsed:?}")
        };
        for format in FORMATS {
            let sample = format.sample.as_bytes();
            let whole = read([sample, b""]);
            for at in 0..sample.len() {
                let (head, tail) = sample.split_at(at);
                assert_eq!(read([head, tail]), whole, "{} at {at}", format.name);
            }
        }
    }

    #[test]
    fn meanings() {
        for key in [
            "iteration",
            "iter",
            "step",
            "Step",
            "global_step",
            "INFO step",
            "trainer/global_step",
        ] {
            assert!(matches!(meaning(key, Kind::One), Meaning::Step(_)), "{key}");
        }
        for key in [
            "loss",
            "time per step",
            "steps_per_second",
            "last step",
            "elapsed time per iteration (ms)",
            "train",
        ] {
            assert!(
                !matches!(meaning(key, Kind::Average), Meaning::Step(_)),
                "{key}"
            );
        }
        assert!(matches!(meaning("Epoch", Kind::Ratio), Meaning::Epoch));
        assert!(matches!(meaning("micro_step", Kind::One), Meaning::Place));
    }
}
