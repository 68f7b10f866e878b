//! Requests to the Training Performance API (worker side).
//!
//! Every request can be aborted and is given up when nothing comes for `SILENCE_MS`. Small answers
//! are read whole, rows are handed on while they arrive.

mod body;

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;

use futures::future::{Either, select};
use gloo_net::http::{Request, Response};
use gloo_timers::future::TimeoutFuture;
use parallax_api::config::Config;
use parallax_api::envelope;
use parallax_api::error::ApiError;
use parallax_api::query::encode;
use serde::de::DeserializeOwned;
use web_sys::{AbortController, RequestCache, Url};

use body::Body;

/// The longest time without a byte, in ms.
const SILENCE_MS: u32 = 30_000;

/// The bundled server's header, on each of its answers.
const VERSION_HEADER: &str = "x-parallax";

/// An API at an address.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    offers_chunks: Rc<Cell<bool>>,
}

/// How the reading of a streamed body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// The server closed it in order.
    Closed,
    /// The connection broke.
    Broken,
    /// The request was aborted.
    Aborted,
    /// Nothing came for `SILENCE_MS`.
    TimedOut,
}

impl StreamEnd {
    /// Why a body of so many bytes and rows is not complete; `None` if it is.
    pub fn error(self, bytes: u64, rows: u64) -> Option<ApiError> {
        match self {
            Self::Closed => None,
            Self::Broken => Some(ApiError::Truncated { bytes, rows }),
            Self::Aborted => Some(ApiError::Cancelled { rows }),
            Self::TimedOut => Some(timed_out(rows)),
        }
    }
}

/// The status and the body of a small answer that is under way.
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
            offers_chunks: Rc::default(),
        })
    }

    /// The address without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Whether an answer was the bundled server's, which offers rows as chunks.
    pub fn offers_chunks(&self) -> bool {
        self.offers_chunks.get()
    }

    /// Notes that rows are not offered as chunks after all.
    pub fn set_without_chunks(&self) {
        self.offers_chunks.set(false);
    }

    /// A small answer.
    ///
    /// # Errors
    /// If there is none, or if it is an error or not of this type.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        abort: &AbortController,
    ) -> Result<T, ApiError> {
        let pairs = query
            .iter()
            .map(|(key, value)| format!("{key}={}", encode(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        let (status, body) = self.whole(path, &query, abort).await?;
        envelope::open(status, &body)
    }

    /// The status and the body of an answer. One boxed future for all kinds of answers, so that
    /// what it waits for is compiled once.
    fn whole<'a>(&'a self, path: &[&str], query: &str, abort: &'a AbortController) -> Whole<'a> {
        let url = self.url(path, query);
        Box::pin(async move {
            let response = self.send(&url, abort).await?;
            if response.headers().get(VERSION_HEADER).is_some() {
                self.offers_chunks.set(true);
            }
            let mut body = Vec::new();
            let end = read_body(&response, abort, |bytes| body.extend_from_slice(bytes)).await;
            match end.error(body.len() as u64, 0) {
                Some(error) => Err(error),
                None => Ok((response.status(), body)),
            }
        })
    }

    /// Hands a body on to `take` while it arrives.
    ///
    /// # Errors
    /// If there is no answer, or if it is an error.
    pub async fn stream(
        &self,
        path: &[&str],
        query: &str,
        abort: &AbortController,
        take: impl FnMut(&[u8]),
    ) -> Result<StreamEnd, ApiError> {
        let response = self.send(&self.url(path, query), abort).await?;
        if !response.ok() {
            let mut body = Vec::new();
            read_body(&response, abort, |bytes| body.extend_from_slice(bytes)).await;
            return Err(envelope::error(response.status(), &body));
        }
        Ok(read_body(&response, abort, take).await)
    }

    /// The head of an answer.
    async fn send(&self, url: &str, abort: &AbortController) -> Result<Response, ApiError> {
        let signal = abort.signal();
        let request = Request::get(url).abort_signal(Some(&signal));
        match in_time(request.send()).await {
            Some(Ok(response)) => Ok(response),
            Some(Err(_)) if signal.aborted() => Err(ApiError::Cancelled { rows: 0 }),
            Some(Err(_)) => Err(ApiError::Unreachable {
                url: self.base.clone(),
            }),
            None => {
                abort.abort();
                Err(timed_out(0))
            }
        }
    }

    fn url(&self, path: &[&str], query: &str) -> String {
        let path: String = path
            .iter()
            .map(|part| format!("/{}", encode(part).replace('/', "%2F")))
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{path}{mark}{query}", self.base)
    }
}

fn timed_out(rows: u64) -> ApiError {
    ApiError::TimedOut {
        seconds: SILENCE_MS / 1_000,
        rows,
    }
}

/// What a future gives within `SILENCE_MS`.
async fn in_time<T>(work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), TimeoutFuture::new(SILENCE_MS)).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(_) => None,
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
    let response = in_time(request.send()).await.ok_or_else(|| timed_out(0))?;
    let response = response.map_err(|_| ApiError::Unreachable { url: url.clone() })?;
    let config = match response.status() {
        404 => Config::default(),
        200..300 => {
            let content = in_time(response.binary())
                .await
                .ok_or_else(|| timed_out(0))?;
            Config::parse(&content.unwrap_or_default()).map_err(unusable)?
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

async fn read_body(
    response: &Response,
    abort: &AbortController,
    mut take: impl FnMut(&[u8]),
) -> StreamEnd {
    let Some(body) = response.body() else {
        return StreamEnd::Closed;
    };
    let mut body = Body::new(body);
    let mut piece = Vec::new();
    loop {
        match in_time(body.next()).await {
            Some(Ok(Some(bytes))) => {
                piece.resize(bytes.length() as usize, 0);
                bytes.copy_to(&mut piece);
                take(&piece);
            }
            Some(Ok(None)) => return StreamEnd::Closed,
            Some(Err(_)) if abort.signal().aborted() => return StreamEnd::Aborted,
            Some(Err(_)) => return StreamEnd::Broken,
            None => {
                abort.abort();
                return StreamEnd::TimedOut;
            }
        }
    }
}
