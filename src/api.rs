//! Typed requests to the Training Performance API (worker side).
//!
//! Small answers are read whole; `metrics/data` is handed on chunk by chunk while it arrives.

mod chunks;

use std::pin::Pin;

use gloo_net::http::{Request, Response};
use parallax_api::config::Config;
use parallax_api::envelope;
use parallax_api::error::ApiError;
use serde::de::DeserializeOwned;
use web_sys::{AbortSignal, RequestCache, Url};

use chunks::Chunks;

/// Later than any point: the API ignores `start` without `end`.
pub const END_OF_TIME_MS: i64 = 9_999_999_999_999;

/// An API at an address.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
}

/// The parameters of a `metrics/data` request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataQuery {
    /// Only this source.
    pub source: Option<String>,
    /// Only these metrics; `None` for all.
    pub metrics: Option<Vec<String>>,
    /// Only points from here on, ms since the epoch.
    pub start_ms: Option<i64>,
}

/// How the reading of a streamed body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// The server closed it in order.
    Closed,
    /// The connection broke.
    Broken,
    /// The user cancelled it.
    Cancelled,
}

/// The status and the body of an answer that is under way.
type Whole<'a> = Pin<Box<dyn Future<Output = Result<(u16, Vec<u8>), ApiError>> + 'a>>;

impl Api {
    /// Finds the API of a page: the view's own path if it is of the page's origin, else what
    /// `config.json` beside the page names, else, where there is no such file, the default.
    ///
    /// # Errors
    /// If `config.json` can't be read or names no address.
    pub async fn find(page_url: &str, chosen: Option<&str>) -> Result<Self, ApiError> {
        let base = match chosen.and_then(|path| same_origin(path, page_url)) {
            Some(url) => url,
            None => configured(page_url).await?,
        };
        Ok(Self {
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    /// The address without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A small answer.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, ApiError> {
        let (status, body) = self.whole(self.url(path, query)).await?;
        envelope::open(status, &body)
    }

    /// The status and the body of an answer. One boxed future for all kinds of answers, so that
    /// what it waits for is compiled once.
    fn whole(&self, url: String) -> Whole<'_> {
        Box::pin(async move {
            let unreachable = |_| ApiError::Unreachable {
                url: self.base.clone(),
            };
            let response = Request::get(&url).send().await.map_err(unreachable)?;
            let cut_off = |_| ApiError::Truncated { bytes: 0, rows: 0 };
            let body = response.binary().await.map_err(cut_off)?;
            Ok((response.status(), body))
        })
    }

    /// Streams `metrics/data`, each chunk to `take`. An error answer is read and returned as the
    /// error that it is.
    pub async fn data(
        &self,
        uid: &str,
        query: &DataQuery,
        abort: &AbortSignal,
        mut take: impl FnMut(&[u8]),
    ) -> Result<StreamEnd, ApiError> {
        let url = self.data_url(uid, query);
        let request = Request::get(&url).abort_signal(Some(abort));
        let response = match request.send().await {
            Ok(response) => response,
            Err(_) if abort.aborted() => return Ok(StreamEnd::Cancelled),
            Err(_) => {
                return Err(ApiError::Unreachable {
                    url: self.base.clone(),
                });
            }
        };
        if !response.ok() {
            let body = response.binary().await.unwrap_or_default();
            return Err(envelope::error(response.status(), &body));
        }
        Ok(read_chunks(&response, abort, &mut take).await)
    }

    fn data_url(&self, uid: &str, query: &DataQuery) -> String {
        let start = query.start_ms.map(|ms| format!("{:013}", ms.max(0)));
        let end = END_OF_TIME_MS.to_string();
        let metrics = query.metrics.as_ref().map(|names| names.join(","));
        let mut parameters: Vec<(&str, &str)> = Vec::new();
        if let Some(source) = &query.source {
            parameters.push(("data_source", source));
        }
        if let Some(metrics) = &metrics {
            parameters.push(("metrics", metrics));
        }
        if let Some(start) = &start {
            parameters.extend([("start", start.as_str()), ("end", end.as_str())]);
        }
        self.url(&["workloads", uid, "metrics", "data"], &parameters)
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> String {
        let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
        let mut url = self.base.clone();
        for part in path {
            url = url + "/" + &encode(part);
        }
        for (i, (key, value)) in query.iter().enumerate() {
            url = url + if i == 0 { "?" } else { "&" } + key + "=" + &encode(value);
        }
        url
    }
}

/// The address of a path, unless it leads to another origin than the page's.
fn same_origin(path: &str, page_url: &str) -> Option<String> {
    let url = Url::new_with_base(path, page_url).ok()?;
    let page = Url::new(page_url).ok()?;
    (url.origin() == page.origin()).then(|| url.href())
}

/// The address that `config.json` beside the page names.
async fn configured(page_url: &str) -> Result<String, ApiError> {
    let url = Url::new_with_base("config.json", page_url).map(|url| url.href());
    let url = url.unwrap_or_default();
    let unusable = |problem: String| ApiError::Config {
        url: url.clone(),
        problem,
    };
    let request = Request::get(&url).cache(RequestCache::NoCache);
    let response = request.send().await;
    let response = response.map_err(|_| ApiError::Unreachable { url: url.clone() })?;
    let config = match response.status() {
        404 => Config::default(),
        200..300 => {
            let content = response.binary().await.unwrap_or_default();
            Config::parse(&content).map_err(unusable)?
        }
        status => {
            let problem = format!("HTTP {status}; expected the file, or 404 where there is none");
            return Err(unusable(problem));
        }
    };
    let api = Url::new_with_base(&config.api, page_url).ok();
    let api = api.filter(|url| matches!(url.protocol().as_str(), "http:" | "https:"));
    api.map(|url| url.href()).ok_or_else(|| {
        let expected = "a path such as /api/v1 or an address such as https://host/api/v1";
        unusable(format!("`api` is `{}`; expected {expected}", config.api))
    })
}

async fn read_chunks(
    response: &Response,
    abort: &AbortSignal,
    take: &mut impl FnMut(&[u8]),
) -> StreamEnd {
    let Some(body) = response.body() else {
        return StreamEnd::Closed;
    };
    let mut chunks = Chunks::of(body);
    let mut chunk = Vec::new();
    loop {
        match chunks.next().await {
            Ok(Some(bytes)) => {
                chunk.resize(bytes.length() as usize, 0);
                bytes.copy_to(&mut chunk);
                take(&chunk);
            }
            Ok(None) => return StreamEnd::Closed,
            Err(_) if abort.aborted() => return StreamEnd::Cancelled,
            Err(_) => return StreamEnd::Broken,
        }
    }
}
