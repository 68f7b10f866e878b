//! Input that no logger means to write, and input that looks like a metric and is none.

use parallax_readers::csv::Csv;
use parallax_readers::detect::Format;
use parallax_readers::open::open;
use parallax_readers::text::TextLog;
use parallax_readers::{ParsedFile, Reader};

fn log(bytes: &[u8]) -> ParsedFile {
    let mut parsed = ParsedFile::default();
    let mut log = TextLog::new();
    log.feed(bytes, &mut parsed);
    log.finish_idle(&mut parsed);
    parsed
}

fn points(parsed: &ParsedFile) -> Vec<String> {
    let metrics = parsed.columns.values().flatten();
    metrics
        .flat_map(|(name, rows)| rows.rows().map(move |row| (name, row)))
        .map(|(name, row)| format!("{name} {} {}", row.step, row.value))
        .collect()
}

#[test]
fn a_log_full_of_dirt_keeps_its_points() {
    let mut bytes = vec![0; 70_000];
    bytes.extend_from_slice(b"\xff\xfe\xc3(\n\x1b[31mstep 1: loss 2.5\x1b[0m\r\n");
    bytes.extend(vec![b'x'; 5 << 20]);
    bytes.extend_from_slice(b"\nstep 2: loss 2.25\r\x1b[2K\x1b[");
    bytes.extend_from_slice(b"\nstep 3: loss \x002.0\n\x1b]0;no end\nstep 4: loss 1.5");
    let parsed = log(&bytes);
    assert_eq!(
        points(&parsed),
        ["loss 1 2.5", "loss 2 2.25", "loss 3 2", "loss 4 1.5"]
    );
    assert_eq!((parsed.notes.len(), parsed.notes[0].count), (1, 1));
    assert!(parsed.notes[0].message.contains("1 MiB"));
}

#[test]
fn names_that_are_not_utf8_are_repaired() {
    let parsed = log(b"step: 5 | t\xffte loss: 0.5 |\n");
    assert_eq!(
        points(&parsed),
        ["t\u{fffd}te_loss 5 0.5".replace('\u{fffd}', "_")]
    );
}

#[test]
fn what_is_no_metric_line_gives_no_point() {
    let lines = "\
Training for 100 steps with a loss of 2.5.
step 5: saved checkpoint in 3.2s
Grad overflow on iteration 0
[2023-04-18 01:46:52,554] [INFO] [loss_scaler.py:188:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: 65536, but hysteresis is 2. Reducing hysteresis to 1
successfully loaded checkpoint from ckpt.pt at iteration 900
  lr_warmup_iters ................................. 100
  iteration ....................................... 10
  train_iters ..................................... 1000
[Rank 7] (after 20 iterations) memory (MB) | allocated: 21633.08 | max allocated: 24432.0
time (ms) | forward-compute: 176.39 | forward-recv: 127.53 | optimizer: 70.79
| N/A   34C    P0    66W / 400W |      4MiB / 81920MiB |      0%      Default |
|   0  NVIDIA A100-SXM4-40GB          On  | 00000000:07:00.0 Off |                    0 |
  File \"train.py\", line 100, in training_step
optimizer = torch.optim.AdamW(params, lr=1e-3, step=5)
            print(f'step:{step}/{n} val_loss:{val_loss:.4f} train_time:{t:.0f}ms')
# step:1000 val_loss:3.2800
num_iterations : int = 6200 # number of iterations to run
Namespace(batch_size=100, step=5, learning_rate='0.0005,0.0001', lr=0.1)
{'lr': 5e-05, 'betas': [0.9, 0.999], 'eps': 1e-08, 'weight_decay': 0.0}
[INFO] config: {\"lr\": 0.1, \"epochs\": 10, \"loss\": \"mse\"}
deepspeed main.py --step 5 --learning_rate 9.65e-6
Map: 100%|##########| 1000/1000 [00:01<00:00, 812.55 examples/s, loss=1]
Total optimization steps = 1,500
Epoch 1/1 with loss 0.6184971332550049
WARNING: step 5 of 10: see https://example.org/?step=5&loss=3
Downloading: 100%|##########| 1/1 [00:00<00:00, 788.40it/s]
";
    for line in lines.lines() {
        assert_eq!(
            points(&log(line.as_bytes())),
            Vec::<String>::new(),
            "{line}"
        );
    }
    assert_eq!(points(&log(lines.as_bytes())), Vec::<String>::new());
}

#[test]
fn unknown_fields_and_values_that_are_not_finite_are_kept() {
    let parsed = log(b" iteration 10/ 100 | new thing: 3.5 | lm loss: nan | grad norm: -inf |\n");
    assert_eq!(
        points(&parsed),
        ["grad_norm 10 -inf", "lm_loss 10 NaN", "new_thing 10 3.5"]
    );
    assert_eq!(parsed.facts.target_step, Some(100));
}

#[test]
fn ranks_repeat_and_restarts_go_back() {
    let line = |step: u32| format!("iteration {step}/ 9 | lm loss: {step}.5 |\n");
    let text = [line(1), line(1), line(1), line(2), line(1), line(2)].concat();
    let parsed = log(text.as_bytes());
    assert_eq!(
        points(&parsed),
        [
            "lm_loss 1 1.5",
            "lm_loss 2 2.5",
            "lm_loss 1 1.5",
            "lm_loss 2 2.5"
        ]
    );
    assert_eq!((parsed.notes.len(), parsed.notes[0].count), (1, 2));
}

#[test]
fn times_are_those_that_the_lines_state() {
    let text = b"[2026-11-23 07:57:47] iteration 1/ 9 | lm loss: 2.5 |\n\
        validation loss at iteration 1 | lm loss value: 2.25 |\n\
        iteration 2/ 9 | lm loss: 2.0 |\n";
    let parsed = log(text);
    let metrics = parsed.columns.values().next().unwrap();
    let times = |name: &str| metrics[name].times().iter().collect::<Vec<_>>();
    assert_eq!(times("lm_loss"), [Some(1_795_420_667_000), None]);
    assert_eq!(times("validation/lm_loss"), [Some(1_795_420_667_000)]);
}

#[test]
fn a_log_that_grows_is_read_as_it_grows() {
    let mut parsed = ParsedFile::default();
    let mut log = TextLog::new();
    log.feed(b"step 1: loss 2.5\nstep 2: lo", &mut parsed);
    assert_eq!((points(&parsed).len(), log.pending_bytes()), (1, 10));
    log.feed(b"ss 2.25\n", &mut parsed);
    assert_eq!((points(&parsed).len(), log.pending_bytes()), (2, 0));
    log.feed(b"step 3: loss 2.0", &mut parsed);
    log.finish_idle(&mut parsed);
    log.finish_idle(&mut parsed);
    log.feed(b"\nstep 4: loss 1.5\n", &mut parsed);
    assert_eq!(
        points(&parsed),
        ["loss 1 2.5", "loss 2 2.25", "loss 3 2", "loss 4 1.5"]
    );
    assert!(parsed.notes.is_empty());
}

#[test]
fn documents_wait_until_they_are_whole() {
    let text = br#"{"log_history": [{"step": 10, "loss": 2.5, "epoch": 0.1}], "max_steps": 100}"#;
    for format in [Format::TrainerState, Format::MegatronGolden] {
        for end in 1..text.len() {
            let mut parsed = ParsedFile::default();
            let mut reader = open(format);
            reader.feed(&text[..end], &mut parsed);
            reader.finish_idle(&mut parsed);
            reader.finish_idle(&mut parsed);
            assert_eq!(reader.pending_bytes(), end as u64);
            assert!(
                parsed.notes.len() == 1 && parsed.notes[0].count == 1 && !parsed.notes[0].fatal
            );
            reader.feed(&text[end..], &mut parsed);
            reader.finish_idle(&mut parsed);
            assert_eq!(reader.pending_bytes(), 0);
            assert_eq!(
                parsed.row_count(),
                u64::from(format == Format::TrainerState),
                "{end}"
            );
        }
    }
    let mut parsed = ParsedFile::default();
    let mut reader = open(Format::TrainerState);
    reader.feed(b"{\"log_history\": [nope]}", &mut parsed);
    reader.finish_idle(&mut parsed);
    assert!(
        parsed.notes[0].fatal && parsed.notes[0].byte == 17,
        "{:?}",
        parsed.notes
    );
}

#[test]
fn json_lines_wait_for_their_end_and_skip_what_is_broken() {
    let mut parsed = ParsedFile::default();
    let mut reader = open(Format::JsonLines);
    reader.feed(
        b"{\"_step\": 3, \"a\": {\"b\": NaN}, \"l\": [1, 2], \"_runtime\": 5, \"n\": null}\n",
        &mut parsed,
    );
    reader.feed(
        b"not json\n{\"loss\": 0.5}\n{\"step\": 7, \"x\": 1",
        &mut parsed,
    );
    reader.finish_idle(&mut parsed);
    assert_eq!(reader.pending_bytes(), 18);
    reader.feed(b"2.5}", &mut parsed);
    reader.finish_idle(&mut parsed);
    assert_eq!(reader.pending_bytes(), 0);
    assert_eq!(
        points(&parsed),
        ["a/b 3 NaN", "l 3 1", "l/1 3 2", "loss 1 0.5", "x 7 12.5"]
    );
    let notes: Vec<u64> = parsed.notes.iter().map(|note| note.count).collect();
    assert_eq!(notes, [1, 1, 1], "{:?}", parsed.notes);
}

#[test]
fn a_csv_row_waits_for_its_cells() {
    let mut parsed = ParsedFile::default();
    let mut csv = Csv::new();
    csv.feed(b"step,loss,lr\n1,0.5,0.1\n2,0.2", &mut parsed);
    csv.finish_idle(&mut parsed);
    assert_eq!(csv.pending_bytes(), 5);
    csv.feed(b"5,0.1", &mut parsed);
    csv.finish_idle(&mut parsed);
    assert_eq!(
        points(&parsed),
        ["loss 1 0.5", "loss 2 0.25", "lr 1 0.1", "lr 2 0.1"]
    );
}

#[test]
fn random_bytes_do_no_harm() {
    let mut state = 11_u64;
    let alphabet = b"step:=1.5 loss|,{}[]()'\"\n\r\x08\x1b%#/eE+-nai\xff\t\x00";
    let mut bytes = Vec::new();
    for _ in 0..200_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.push(alphabet[(state >> 33) as usize % alphabet.len()]);
    }
    for format in [
        Format::TextLog,
        Format::Csv,
        Format::JsonLines,
        Format::Columns,
        Format::TrainerState,
    ] {
        let read = |size: usize| {
            let mut parsed = ParsedFile::default();
            let mut reader = open(format);
            for piece in bytes.chunks(size) {
                reader.feed(piece, &mut parsed);
            }
            reader.finish_idle(&mut parsed);
            format!("{parsed:?}")
        };
        assert_eq!(read(bytes.len()), read(13), "{format:?}");
    }
}
