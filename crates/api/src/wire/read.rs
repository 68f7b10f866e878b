//! The wire types out of JSON, as leniently as servers in the field need it.
//!
//! Unknown fields are ignored; what is missing or `null` gets its default, since empty lists and
//! unknown times are written that way. A value of the wrong kind is an error that names the field.

use super::{
    FileNote, FileReport, MetricInfo, MetricList, Source, SourceCount, SourceList, Workload,
    WorkloadList,
};
use crate::json::Json;

/// A type of the API that can be read.
pub trait FromJson: Sized {
    /// Reads it; an error names the field and what was expected.
    fn from_json(json: &Json) -> Result<Self, String>;
}

/// The members of one object.
struct Fields<'a>(&'a Json);

impl<'a> Fields<'a> {
    fn of(json: &'a Json) -> Result<Self, String> {
        match json {
            Json::Object(_) => Ok(Self(json)),
            _ => Err("not an object".to_owned()),
        }
    }

    fn read<T: Default>(
        &self,
        key: &str,
        expected: &str,
        read: impl Fn(&'a Json) -> Option<T>,
    ) -> Result<T, String> {
        match self.0.get(key) {
            None => Ok(T::default()),
            Some(value) => read(value).ok_or_else(|| format!("{key} is not {expected}")),
        }
    }

    fn text(&self, key: &str) -> Result<String, String> {
        self.read(key, "a text", |v| v.as_text().map(str::to_owned))
    }

    fn whole(&self, key: &str) -> Result<i64, String> {
        self.read(key, "a number", Json::as_i64)
    }

    /// A count; a negative one counts as none.
    fn count(&self, key: &str) -> Result<u64, String> {
        self.whole(key).map(|n| u64::try_from(n).unwrap_or(0))
    }

    fn list<T: FromJson>(&self, key: &str) -> Result<Vec<T>, String> {
        let items = self.read(key, "a list", |v| v.as_list().map(<[Json]>::iter))?;
        let read = |item| T::from_json(item).map_err(|why| format!("in {key}: {why}"));
        items.map(read).collect()
    }
}

impl FromJson for Source {
    fn from_json(json: &Json) -> Result<Self, String> {
        json.as_text()
            .map(Self::from)
            .ok_or_else(|| "a source is not a text".to_owned())
    }
}

impl FromJson for Workload {
    fn from_json(json: &Json) -> Result<Self, String> {
        let fields = Fields::of(json)?;
        Ok(Self {
            uid: fields.text("uid")?,
            name: fields.text("name")?,
            kind: fields.text("kind")?,
            namespace: fields.text("namespace")?,
            status: fields.read("status", "a text", |v| {
                v.as_text().map(|t| Some(t.to_owned()))
            })?,
            gpu_allocated: fields.whole("gpu_allocated")?,
            start_at: fields.whole("start_at")?,
            end_at: fields.whole("end_at")?,
            source: fields.text("source")?,
            files: fields.list("files")?,
        })
    }
}

impl FromJson for FileReport {
    fn from_json(json: &Json) -> Result<Self, String> {
        let fields = Fields::of(json)?;
        Ok(Self {
            path: fields.text("path")?,
            format: fields.text("format")?,
            data_source: fields.text("data_source")?,
            points: fields.count("points")?,
            bytes: fields.count("bytes")?,
            state: fields.text("state")?,
            notes: fields.list("notes")?,
        })
    }
}

impl FromJson for FileNote {
    fn from_json(json: &Json) -> Result<Self, String> {
        let fields = Fields::of(json)?;
        Ok(Self {
            message: fields.text("message")?,
            byte: fields.count("byte")?,
            count: fields.count("count")?,
        })
    }
}

impl FromJson for WorkloadList {
    fn from_json(json: &Json) -> Result<Self, String> {
        let fields = Fields::of(json)?;
        Ok(Self {
            data: fields.list("data")?,
            total: fields.count("total")?,
        })
    }
}

impl FromJson for SourceList {
    fn from_json(json: &Json) -> Result<Self, String> {
        let fields = Fields::of(json)?;
        Ok(Self {
            workload_uid: fields.text("workload_uid")?,
            data_sources: fields.list("data_sources")?,
            total_count: fields.count("total_count")?,
        })
    }
}

impl FromJson for SourceCount {
    fn from_json(json: &Json) -> Result<Self, String> {
        let fields = Fields::of(json)?;
        Ok(Self {
            name: Source(fields.text("name")?),
            count: fields.count("count")?,
        })
    }
}

impl FromJson for MetricList {
    fn from_json(json: &Json) -> Result<Self, String> {
        let fields = Fields::of(json)?;
        Ok(Self {
            workload_uid: fields.text("workload_uid")?,
            metrics: fields.list("metrics")?,
            total_count: fields.count("total_count")?,
        })
    }
}

impl FromJson for MetricInfo {
    fn from_json(json: &Json) -> Result<Self, String> {
        let fields = Fields::of(json)?;
        Ok(Self {
            name: fields.text("name")?,
            data_source: fields.list("data_source")?,
            count: fields.count("count")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Workload;

    fn read<T: FromJson>(text: &str) -> Result<T, String> {
        T::from_json(&Json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn reads_what_the_field_sends() {
        let list: MetricList =
            read(r#"{"workload_uid":"u","metrics":null,"total_count":0}"#).unwrap();
        assert!(list.metrics.is_empty());
        let workload: Workload =
            read(r#"{"uid":"u","end_at":null,"id":7,"labels":{"a":[1]},"status":null}"#).unwrap();
        let expected = Workload {
            uid: "u".into(),
            ..Workload::default()
        };
        assert_eq!(workload, expected);
    }

    #[test]
    fn reads_what_is_written() {
        let note = FileNote {
            message: "half a record".into(),
            byte: 7,
            count: 2,
        };
        let file = FileReport {
            path: "a/é.log".into(),
            points: 3,
            notes: vec![note],
            ..FileReport::default()
        };
        let workload = Workload {
            uid: "u".into(),
            status: Some("Done".into()),
            start_at: -5,
            files: vec![file],
            ..Workload::default()
        };
        let list = WorkloadList {
            data: vec![workload],
            total: 1,
        };
        assert_eq!(read(&serde_json::to_string(&list).unwrap()), Ok(list));
        let metrics = MetricList {
            metrics: vec![MetricInfo {
                name: "loss".into(),
                data_source: vec!["log".into(), "wandb".into()],
                count: 9,
            }],
            ..MetricList::default()
        };
        assert_eq!(read(&serde_json::to_string(&metrics).unwrap()), Ok(metrics));
    }

    #[test]
    fn the_wrong_kind_is_named() {
        let why = |text: &str| read::<MetricList>(text).unwrap_err();
        assert_eq!(why(r#"{"metrics":3}"#), "metrics is not a list");
        assert_eq!(
            why(r#"{"metrics":[{"name":7}]}"#),
            "in metrics: name is not a text"
        );
        assert_eq!(why("[]"), "not an object");
    }
}
