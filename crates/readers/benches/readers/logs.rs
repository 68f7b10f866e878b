//! Text logs in the shapes that training programs write, made line by line.
//!
//! Each shape is a real program's line with changing values, of as many digits as it prints; the
//! step goes up by one a line. A log is about as long as asked for and ends with a whole line.

use std::fmt::Write;

/// A kind of log.
pub(crate) struct Kind {
    /// The program, or its logger.
    pub(crate) name: &'static str,
    /// What it writes for a step.
    pub(crate) write: fn(&mut String, u64),
    /// How many points that gives.
    pub(crate) points: u64,
}

const fn kind(name: &'static str, points: u64, write: fn(&mut String, u64)) -> Kind {
    Kind {
        name,
        write,
        points,
    }
}

/// The kinds that are measured.
pub(crate) const KINDS: [Kind; 11] = [
    kind("megatron", 18, megatron),
    kind("hf-trainer-4", 3, hf_numbers),
    kind("hf-trainer-5", 3, hf_texts),
    kind("nanogpt", 3, nanogpt),
    kind("modded-nanogpt", 3, modded_nanogpt),
    kind("llm.c", 3, llm_c),
    kind("torchtitan", 7, torchtitan),
    kind("deepspeed", 11, deepspeed),
    kind("lightning-bar", 1, lightning),
    kind("keras", 4, keras),
    kind("json-lines", 3, json_lines),
];

/// A log of at least that many bytes, and how many steps it has.
pub(crate) fn log(write: fn(&mut String, u64), bytes: usize) -> (String, u64) {
    let mut text = String::with_capacity(bytes + 4096);
    let mut step = 0;
    while text.len() < bytes {
        step += 1;
        write(&mut text, step);
    }
    (text, step)
}

/// A number from 0 to 1 that looks random and is the same for the same step and use.
pub(crate) fn noise(step: u64, salt: u64) -> f64 {
    let mut bits =
        (step ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits ^= bits >> 29;
    bits = bits.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^= bits >> 32;
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// A loss: falling, with noise.
pub(crate) fn loss(step: u64) -> f64 {
    1.8 + 9.0 / (1.0 + step as f64 / 500.0) + noise(step, 1) * 0.3
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = text.write_fmt(line);
}

/// `1.587349E-04`, as C's `%.6E`.
struct Exponent(f64);

impl std::fmt::Display for Exponent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.6E}", self.0);
        let (digits, power) = text.split_once('E').unwrap_or((&text, "0"));
        let (sign, power) = power
            .strip_prefix('-')
            .map_or(('+', power), |power| ('-', power));
        write!(f, "{digits}E{sign}{power:0>2}")
    }
}

/// A time of day, one step every 2.7 s.
struct Clock(u64);

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0 * 27 / 10;
        let (hour, minute) = (seconds / 3600 % 24, seconds / 60 % 60);
        write!(f, "{hour:02}:{minute:02}:{:02}", seconds % 60)
    }
}

fn megatron(text: &mut String, step: u64) {
    let (clock, samples, now) = (Clock(step), step * 256, 2700.0 + noise(step, 2) * 9.0);
    let (tflops, tokens) = (
        208.0 + noise(step, 3) * 5.0,
        12_100.0 + noise(step, 4) * 300.0,
    );
    put(
        text,
        format_args!(
            "[20251121 {clock}][rank-31/32][INFO ] [--------trainer.py:2488] :  iteration {step:>8}/   36000 | consumed samples: {samples:>12} | elapsed time per iteration (ms): {now:.1}/2712.7 | hip mem usage/free/total/usage_ratio: 227.35GB/28.63GB/255.98GB/88.81% | throughput per GPU (TFLOP/s/GPU): {tflops:.1}/217.3 | tokens per GPU (tokens/s/GPU): {tokens:.1}/12525.5 | learning rate: {} | global batch size:   256 | lm loss: {} | loss scale: 1.0 | grad norm: {:.3} | number of skipped iterations:   0 | number of nan iterations:   0 |\n",
            Exponent(1.6e-4 * (1.0 - noise(step, 5) * 0.1)),
            Exponent(loss(step)),
            noise(step, 6),
        ),
    );
}

/// The bar is cleared, the row printed, and the bar drawn again: two frames a row.
fn hf(text: &mut String, step: u64, quote: &str) {
    let (percent, seconds) = (step / 10_000, step / 12);
    let (minute, second) = (seconds / 60, seconds % 60);
    let bar = format!(
        "\r {percent:>2}%|          | {step}/1000000 [{minute:02}:{second:02}<23:08:11, {:.2}it/s]",
        12.0 + noise(step, 2)
    );
    let (rate, epoch) = (2e-4 * noise(step, 3), step as f64 / 750.0);
    put(
        text,
        format_args!(
            "{bar}\r                                                  \r\r{{'loss': {quote}{:.4}{quote}, 'grad_norm': {quote}{}{quote}, 'learning_rate': {quote}{rate:e}{quote}, 'epoch': {quote}{epoch:.2}{quote}}}\n{bar}",
            loss(step),
            noise(step, 4) as f32 + 1.0,
        ),
    );
}

fn hf_numbers(text: &mut String, step: u64) {
    hf(text, step, "");
}

fn hf_texts(text: &mut String, step: u64) {
    hf(text, step, "'");
}

fn nanogpt(text: &mut String, step: u64) {
    let (time, mfu) = (44.0 + noise(step, 2) * 3.0, 8.7 + noise(step, 3));
    put(
        text,
        format_args!(
            "iter {step}: loss {:.4}, time {time:.2}ms, mfu {mfu:.2}%\n",
            loss(step)
        ),
    );
}

fn modded_nanogpt(text: &mut String, step: u64) {
    let time = step * 183 + (noise(step, 2) * 90.0) as u64;
    let average = 182.0 + noise(step, 3);
    put(
        text,
        format_args!(
            "step:{step}/99999 train_loss:{:.4} train_time:{time}ms step_avg:{average:.2}ms\n",
            loss(step)
        ),
    );
}

fn llm_c(text: &mut String, step: u64) {
    let (rate, norm) = (6e-4 * noise(step, 2), 0.2 + noise(step, 3));
    put(
        text,
        format_args!(
            "s:{step} trl:{:.4} lr:{rate:.6} norm:{norm:.2}\n",
            loss(step)
        ),
    );
}

fn torchtitan(text: &mut String, step: u64) {
    let (clock, milliseconds) = (Clock(step), step % 1000);
    let (norm, tokens) = (1.0 + noise(step, 2), 7000 + (noise(step, 3) * 900.0) as u64);
    let (flops, mfu) = (370.0 + noise(step, 4) * 9.0, 37.0 + noise(step, 5));
    put(
        text,
        format_args!(
            "[rank0]:[titan] 2024-12-01 {clock},{milliseconds:03} - root - INFO - step: {step:>2}  loss: {:>8.4}  grad_norm: {norm:>7.4}  memory: 47.05GiB(49.53%)  tps: {},{:03}  tflops: {flops:.2}  mfu: {mfu:.2}%\n",
            loss(step),
            tokens / 1000,
            tokens % 1000,
        ),
    );
}

/// Two lines a step, of two loggers.
fn deepspeed(text: &mut String, step: u64) {
    let (clock, milliseconds, rate) = (Clock(step), step % 1000, 1e-5 * noise(step, 2));
    let (running, now) = (172.0 + noise(step, 3), 170.0 + noise(step, 4) * 9.0);
    put(
        text,
        format_args!(
            "[2023-04-18 {clock},{milliseconds:03}] [INFO] [logging.py:96:log_dist] [Rank 0] step={step}, skipped=6, lr=[{rate:e}, {rate:e}], mom=[(0.9, 0.95), (0.9, 0.95)]\n[2023-04-18 {clock},{milliseconds:03}] [INFO] [timer.py:199:stop] epoch=0/micro_step={}/global_step={step}, RunningAvgSamplesPerSec={running}, CurrSamplesPerSec={now}, MemAllocated=3.96GB, MaxMemAllocated=22.95GB\n",
            step * 4,
        ),
    );
}

/// One frame of a bar a step, each over the one before.
fn lightning(text: &mut String, step: u64) {
    let seconds = step / 9;
    let (minute, second) = (seconds / 60, seconds % 60);
    let rate = 8.0 + noise(step, 2);
    put(
        text,
        format_args!(
            "\rEpoch 0:  {:>2}%|####      | {step}/1000000 [{minute:02}:{second:02}<30:51:28, {rate:.2}it/s, v_num=1, train_loss={:.3}]",
            step / 10_000,
            loss(step),
        ),
    );
}

/// Two frames of a bar an epoch, coloured, and its last one stands.
fn keras(text: &mut String, step: u64) {
    let (seen, loss) = (noise(step, 2), loss(step));
    put(
        text,
        format_args!(
            "Epoch {step}/1000000\n\r\u{1b}[1m 1/45\u{1b}[0m \u{1b}[37m\u{2501}\u{2501}\u{2501}\u{2501}\u{1b}[0m \u{1b}[1m0s\u{1b}[0m 9ms/step - accuracy: {seen:.4} - loss: {loss:.4}\u{8}\u{8}\u{8}\u{8}\r\u{1b}[1m45/45\u{1b}[0m \u{1b}[32m\u{2501}\u{2501}\u{2501}\u{2501}\u{1b}[0m\u{1b}[37m\u{1b}[0m \u{1b}[1m0s\u{1b}[0m 3ms/step - accuracy: {seen:.4} - loss: {loss:.4} - val_accuracy: {:.4} - val_loss: {:.4}\n",
            noise(step, 3),
            loss + 0.25,
        ),
    );
}

/// An object a line that states its step.
fn json_lines(text: &mut String, step: u64) {
    let (rate, norm) = (2e-4 * noise(step, 2), 1.0 + noise(step, 3));
    put(
        text,
        format_args!(
            "{{\"step\": {step}, \"train/loss\": {:?}, \"lr\": {rate:?}, \"grad_norm\": {norm:?}}}\n",
            loss(step)
        ),
    );
}
