//! `.wandb` files and TensorBoard event files as their own writers make them.

use crate::logs::{loss, noise};
use parallax_readers::masked_crc::masked_crc;
use parallax_readers::wandb_block::{BLOCK_BYTES, HEADER};

const TAGS: [&str; 5] = [
    "train/lm_loss",
    "train/learning_rate",
    "train/grad_norm",
    "train/accuracy",
    "train/tokens_per_gpu",
];

fn varint(message: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

fn number(message: &mut Vec<u8>, field: u64, value: u64) {
    varint(message, field << 3);
    varint(message, value);
}

fn bytes(message: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(message, field << 3 | 2);
    varint(message, content.len() as u64);
    message.extend(content);
}

fn value(tag: usize, step: u64) -> f64 {
    match tag {
        0 => loss(step),
        tag => noise(step, tag as u64),
    }
}

/// A run file with one row a step, as the Go core writes it, and its number of points.
pub(crate) fn wandb(length: usize) -> (Vec<u8>, u64) {
    let mut file = HEADER.to_vec();
    let mut step = 0;
    while file.len() < length {
        let seconds = 1_763_726_400.25 + step as f64 * 2.7;
        let own = [
            ("_step", step.to_string()),
            ("_timestamp", format!("{seconds:?}")),
            ("_runtime", format!("{:?}", step as f64 * 2.7 + 1.5)),
        ];
        let values = TAGS.iter().enumerate();
        let values = values.map(|(tag, name)| (*name, format!("{:?}", value(tag, step))));
        let mut history = Vec::new();
        for (name, json) in values.chain(own) {
            let mut item = Vec::new();
            bytes(&mut item, 2, name.as_bytes());
            bytes(&mut item, 16, json.as_bytes());
            bytes(&mut history, 1, &item);
        }
        let mut stated = Vec::new();
        number(&mut stated, 1, step);
        bytes(&mut history, 2, &stated);
        let mut record = Vec::new();
        number(&mut record, 1, step + 1);
        bytes(&mut record, 2, &history);
        add_record(&mut file, &record);
        step += 1;
    }
    (file, step * TAGS.len() as u64)
}

/// Cuts a record into chunks that end with their blocks.
fn add_record(file: &mut Vec<u8>, mut record: &[u8]) {
    let mut first = true;
    loop {
        let mut room = BLOCK_BYTES - file.len() % BLOCK_BYTES;
        if room < 7 {
            file.resize(file.len() + room, 0);
            room = BLOCK_BYTES;
        }
        let (payload, rest) = record.split_at(record.len().min(room - 7));
        // Full, first, middle, last.
        let kind = match (first, rest.is_empty()) {
            (true, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
            (false, true) => 4,
        };
        let mut checked = vec![kind];
        checked.extend(payload);
        file.extend(crc32fast::hash(&checked).to_le_bytes());
        file.extend((payload.len() as u16).to_le_bytes());
        file.extend(checked);
        if rest.is_empty() {
            return;
        }
        (record, first) = (rest, false);
    }
}

/// An event file with one event a value, as `SummaryWriter` writes it, and its number of points.
pub(crate) fn tfevents(length: usize) -> (Vec<u8>, u64) {
    let mut file = Vec::new();
    let mut version = wall_time(0);
    bytes(&mut version, 3, b"brain.Event:2");
    add_event(&mut file, &version);
    let mut points = 0;
    while file.len() < length {
        let (tag, step) = (points as usize % TAGS.len(), points / TAGS.len() as u64);
        let mut one = Vec::new();
        bytes(&mut one, 1, TAGS.get(tag).unwrap_or(&"").as_bytes());
        // simple_value = 2, a fixed32.
        varint(&mut one, 2 << 3 | 5);
        one.extend((value(tag, step) as f32).to_le_bytes());
        let mut summary = Vec::new();
        bytes(&mut summary, 1, &one);
        let mut event = wall_time(points);
        number(&mut event, 2, step);
        bytes(&mut event, 5, &summary);
        add_event(&mut file, &event);
        points += 1;
    }
    (file, points)
}

/// The start of an event: wall_time = 1, a double.
fn wall_time(count: u64) -> Vec<u8> {
    let mut event = vec![1 << 3 | 1];
    event.extend((1_763_726_400.0 + count as f64 * 0.01).to_le_bytes());
    event
}

fn add_event(file: &mut Vec<u8>, event: &[u8]) {
    let length = (event.len() as u64).to_le_bytes();
    file.extend(length);
    file.extend(masked_crc(&length).to_le_bytes());
    file.extend(event);
    file.extend(masked_crc(event).to_le_bytes());
}
