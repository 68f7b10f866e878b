//! Where in an answer a value stands, and what it is to us there.

use super::shape::Field;

/// What an open container is to us.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Root,
    Meta,
    /// The payload inside an envelope.
    Payload,
    ErrorBody,
    /// The list of rows.
    Rows,
    Row,
    Unknown,
}

/// What the value that comes next is to us.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    Document,
    Meta,
    /// `data` of the document: the rows, or the payload that has them.
    Data,
    /// `data` of the payload.
    Rows,
    /// An item of the list of rows.
    Item,
    Error,
    Code,
    Message,
    MetaCode,
    MetaMessage,
    TotalCount,
    WorkloadUid,
    Row(Field),
    Unknown,
}

/// What the value of `key` in a container is.
pub(super) fn role_of(place: Place, key: &[u8]) -> Role {
    match (place, key) {
        (Place::Row, b"metric_name") => Role::Row(Field::Metric),
        (Place::Row, b"value") => Role::Row(Field::Value),
        (Place::Row, b"timestamp") => Role::Row(Field::Timestamp),
        (Place::Row, b"iteration") => Role::Row(Field::Iteration),
        (Place::Row, b"data_source") => Role::Row(Field::Source),
        (Place::Row, _) => Role::Row(Field::Other),
        (Place::Root, b"meta") => Role::Meta,
        (Place::Root, b"data") => Role::Data,
        (Place::Payload, b"data") => Role::Rows,
        (Place::Root, b"error") => Role::Error,
        (Place::Root | Place::ErrorBody, b"code") => Role::Code,
        (Place::Root | Place::ErrorBody, b"message" | b"detail") => Role::Message,
        (Place::Meta, b"code") => Role::MetaCode,
        (Place::Meta, b"message") => Role::MetaMessage,
        (Place::Root | Place::Payload, b"total_count") => Role::TotalCount,
        (Place::Root | Place::Payload, b"workload_uid") => Role::WorkloadUid,
        _ => Role::Unknown,
    }
}
