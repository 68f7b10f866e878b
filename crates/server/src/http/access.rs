//! Which hosts the server answers for, and who may show its page in a frame.
//!
//! A web site can point its own name at 127.0.0.1 (DNS rebinding); its scripts then read a server
//! there as if it were the site. Such requests carry the site's name in `Host`, which no script can
//! change: only the server's own names are answered. Ports are not compared, since a port may be
//! forwarded (`ssh -L`), and `X-Forwarded-Host` is not read, since any client may send it.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};

use super::error::ApiError;

/// The host names that are answered, and who may show the page in a frame.
#[derive(Clone, Debug)]
pub struct Access {
    bound: IpAddr,
    /// Names beside `localhost`, in lower case, without a port.
    hosts: Vec<String>,
    frame_ancestors: Option<String>,
}

impl Access {
    /// For a server that listens on `bound`. `allow_hosts` are names to answer for beside its own;
    /// `frame_ancestors` are sources of the policy's directive, or empty for the default: any for a
    /// page with `embed=1`, which can only show data, the page's own origin otherwise.
    pub fn new(bound: IpAddr, allow_hosts: Vec<String>, frame_ancestors: Vec<String>) -> Self {
        let own_name = bound.is_unspecified().then(gethostname::gethostname);
        let own_name = own_name.and_then(|name| name.into_string().ok());
        let hosts = allow_hosts.into_iter().chain(own_name);
        Self {
            bound,
            hosts: hosts.map(|host| host.to_ascii_lowercase()).collect(),
            frame_ancestors: (!frame_ancestors.is_empty()).then(|| frame_ancestors.join(" ")),
        }
    }

    /// Passes a request whose every word for the host is a name of this server.
    pub(super) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
        let sent = headers.get_all(header::HOST).iter();
        let sent = sent.map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
        let target = uri.authority().map(Authority::to_string);
        let names: Vec<String> = sent.chain(target).map(|text| host_name(&text)).collect();
        match names.iter().find(|name| !self.answers_for(name)) {
            None if !names.is_empty() => Ok(()),
            refused => Err(ApiError::Host(refused.cloned().unwrap_or_default())),
        }
    }

    fn answers_for(&self, name: &str) -> bool {
        let name = name.trim_matches(['[', ']']);
        let is_own = match name.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
            Ok(ip) => ip.is_loopback() || ip == self.bound || self.bound.is_unspecified(),
            Err(_) => name == "localhost",
        };
        is_own || self.hosts.iter().any(|host| host == name)
    }

    pub(super) fn frame_ancestors(&self, is_embedded: bool) -> &str {
        let default = if is_embedded { "*" } else { "'self'" };
        self.frame_ancestors.as_deref().unwrap_or(default)
    }
}

/// The name in `NAME:PORT`, in lower case; the whole text where it is something else.
fn host_name(text: &str) -> String {
    match text.parse::<Authority>() {
        Ok(authority) if !text.contains('@') => {
            let name = authority.host().to_ascii_lowercase();
            name.strip_suffix('.').map(str::to_owned).unwrap_or(name)
        }
        _ => text.to_owned(),
    }
}

/// True for `http://HOST` or `https://HOST`, with or without a port: nothing that would end a
/// source in a policy.
pub(crate) fn is_origin(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    ["http://", "https://"].iter().any(|scheme| {
        text.strip_prefix(scheme)
            .is_some_and(|host| !host.is_empty() && host.chars().all(is_plain))
    })
}
