//! Sends a store's requests to the API in memory, as the worker does, and lets some of them fail.

use parallax_api::chunks::AnswerReader;
use parallax_api::error::ApiError;
use parallax_api::scan::Scanner;
use parallax_fixtures::random::Random;
use parallax_web::engine::store::{Answer, Request, Store, Target};

use crate::model_api::{Face, ModelApi};

/// The page's side of a connection.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) store: Store,
    pub(crate) face: Face,
    pub(crate) now_ms: i64,
    /// Requests sent so far.
    pub(crate) sent: Vec<Target>,
    /// How the next request fails.
    pub(crate) fail: Option<ApiError>,
}

impl Client {
    pub(crate) fn new(face: Face) -> Self {
        Self {
            store: Store::default(),
            face,
            now_ms: 1_800_000_000_000,
            sent: Vec::new(),
            fail: None,
        }
    }

    /// Shows metrics and loads them.
    pub(crate) fn want(&mut self, api: &ModelApi, metrics: &[&str], random: &mut Random) {
        self.store
            .want(metrics.iter().map(|name| (*name).to_owned()).collect());
        self.run(api, random, 0);
    }

    /// A poll; one in `failing` requests breaks off or is refused, if that is not 0.
    pub(crate) fn poll(&mut self, api: &ModelApi, random: &mut Random, failing: usize) {
        self.store.poll(&api.catalog(), self.now_ms);
        self.run(api, random, failing);
    }

    /// Sends what is due until nothing is.
    pub(crate) fn run(&mut self, api: &ModelApi, random: &mut Random, failing: usize) {
        loop {
            let requests = self.store.plan(self.face == Face::Chunks);
            if requests.is_empty() {
                return;
            }
            for request in requests {
                self.now_ms += 1;
                let fails = failing > 0 && random.below(failing) == 0;
                self.send(api, request, random, fails);
            }
        }
    }

    fn send(&mut self, api: &ModelApi, request: Request, random: &mut Random, fails: bool) {
        self.sent.push(request.target.clone());
        if let Some(error) = self.fail.take() {
            self.store
                .finish(Answer::new(request), Err(error), self.now_ms);
            return;
        }
        let body = match &request.target {
            Target::Data(query) => api.data(query, self.face, random),
            Target::Chunks(query) => api.chunks(query),
        };
        let end = if fails {
            random.below(body.len())
        } else {
            body.len()
        };
        let pieces = body[..end].chunks(1 + random.below(2_000));
        let mut answer = Answer::new(request.clone());
        let cut = ApiError::Truncated {
            bytes: end as u64,
            rows: 0,
        };
        let outcome = match request.target {
            Target::Data(_) => {
                let mut scanner = Scanner::new();
                for piece in pieces {
                    scanner.feed(piece);
                    scanner.hand_over(|key, rows| self.store.take_rows(&mut answer, key, rows));
                }
                scanner.hand_over(|key, rows| self.store.take_rows(&mut answer, key, rows));
                scanner.finish().map(|_| ()).map_err(|_| cut)
            }
            Target::Chunks(_) => {
                let mut reader = AnswerReader::default();
                let mut outcome = Ok(());
                for piece in pieces {
                    let take = |part| {
                        if outcome.is_ok() {
                            outcome = self.store.take_part(&mut answer, part);
                        }
                    };
                    reader.feed(piece, take).unwrap();
                }
                outcome.and(reader.finish().map_err(|_| cut))
            }
        };
        assert_eq!(outcome.is_err(), end < body.len(), "{outcome:?}");
        self.store.finish(answer, outcome, self.now_ms);
    }
}
