//! Routes as a configuration has them, from what was learned: to be looked at, line by line, before they are used.

use pii_proxy::learning::{ANY, Finding, Learned, Seen, Shape, Stopping};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// No draft allows less, in KiB.
const LEAST_KIB: usize = 64;

/// What was learned of one host and path.
struct Drafted<'l> {
    shapes: Vec<&'l Shape>,
    messages: u64,
    longest: usize,
    findings: Vec<&'l Finding>,
    stops: Vec<&'l Stopping>,
}

/// The text of it.
pub(super) fn of(learned: &Learned) -> String {
    let mut text = format!(
        "# Drafted from {} requests. Look at each line before you use it; try it with `observe` before it is enforced.\n",
        learned.messages
    );
    if learned.left_out > 0 {
        let _ = writeln!(
            text,
            "# {} of them were of other kinds than these, which were too many to tell apart.",
            learned.left_out
        );
    }
    if learned.shapes.is_empty() {
        text.push_str("# There is nothing to draft: send requests while it learns.\n");
    }
    let mut groups = BTreeMap::<(&str, &str), Vec<&(Shape, Seen)>>::new();
    for one in &learned.shapes {
        groups.entry((&one.0.host, path(&one.0))).or_default().push(one);
    }
    let mut groups: Vec<_> = groups.into_iter().map(|(at, all)| (at, Drafted::of(&all))).collect();
    groups.sort_by_key(|(_, drafted)| Reverse(drafted.messages));
    for (nth, ((host, path), drafted)) in groups.iter().enumerate() {
        drafted.write(&mut text, nth + 1, host, path);
    }
    text
}

/// The path of a route: what stands before the part that is not told.
fn path(shape: &Shape) -> &str {
    let told = shape.path.strip_suffix(ANY).unwrap_or(&shape.path);
    if told.len() > 1 { told.trim_end_matches('/') } else { "/" }
}

impl<'l> Drafted<'l> {
    fn of(all: &[&'l (Shape, Seen)]) -> Self {
        let mut findings: Vec<_> = all.iter().flat_map(|(_, seen)| &seen.findings).collect();
        findings.sort_by_key(|finding| Reverse(finding.count));
        Self {
            shapes: all.iter().map(|(shape, _)| shape).collect(),
            messages: all.iter().map(|(_, seen)| seen.messages).sum(),
            longest: all.iter().map(|(_, seen)| seen.longest).max().unwrap_or_default(),
            findings,
            stops: all.iter().flat_map(|(_, seen)| &seen.stops).collect(),
        }
    }

    fn write(&self, text: &mut String, nth: usize, host: &str, path: &str) {
        let words =
            |of: fn(&Shape) -> &str| list(self.shapes.iter().map(|shape| of(shape)).filter(|word| !word.is_empty()));
        let (methods, types) = (words(|shape| &shape.method), words(|shape| &shape.media_type));
        let _ = writeln!(text, "\n# {} requests: {} {}", self.messages, methods.join(", "), types.join(", "));
        let taken = self.shapes.iter().find_map(|shape| shape.route.as_ref());
        match taken {
            Some(taken) => {
                let _ = writeln!(text, "# Route {:?} takes them now.", taken.name);
            }
            None => text.push_str("# No route takes them now, so nobody has looked into them.\n"),
        }
        for Finding { place, kind, action, is_routing, count } in &self.findings {
            let becomes = match action.as_str() {
                "pass" if *is_routing => "passes: where the message goes",
                "pass" => "passes by the policy",
                "block" => "stops the message",
                _ => "is masked",
            };
            let _ = writeln!(text, "#   {place:<32} {kind:<24} {count:>6}  {becomes}");
        }
        for Stopping { why, place, count } in &self.stops {
            let place = place.as_deref().unwrap_or("the message");
            let _ = writeln!(text, "#   {place:<32} {:<24} {count:>6}  stopped", format!("({why})"));
        }
        let names_host = host != ANY && !is_this_machine(host);
        let _ = writeln!(text, "[[route]]\nname     = \"learned-{nth}\"");
        if names_host {
            let _ = writeln!(text, "hosts    = [{host:?}]");
        }
        let _ = writeln!(text, "path     = {path:?}\nmethods  = {methods:?}");
        match taken {
            Some(taken) => {
                let _ = writeln!(text, "upstream = {:?}\nchannel  = {:?}", taken.upstream, taken.channel);
            }
            None => {
                let upstream = if names_host { host } else { "upstream.example.com" };
                let _ = writeln!(text, "upstream = \"https://{upstream}\"  # a guess");
                let _ = writeln!(text, "channel  = {:?}  # a guess", channel(host, path));
            }
        }
        let kib = (2 * self.longest).div_ceil(1 << 10).next_power_of_two().max(LEAST_KIB);
        let _ = writeln!(text, "# body   = \"{kib} KiB\"  # the longest had {} bytes", self.longest);
        self.advise(text);
    }

    /// What a route may need to let through what was stopped. Each of it is for somebody to decide.
    fn advise(&self, text: &mut String) {
        let stopping = self.findings.iter().filter(|finding| finding.action == "block");
        let headers = list(stopping.filter_map(|finding| finding.place.strip_prefix("header ")));
        let (cookies, headers): (Vec<_>, Vec<_>) = headers.into_iter().partition(|name| *name == "cookie");
        if !headers.is_empty() {
            let _ = writeln!(text, "# trusted_headers = {headers:?}  # or send it in the body, where it is masked");
        }
        if !cookies.is_empty() {
            text.push_str("# cookies  = \"mask\"\n");
        }
        let unread = self.stops.iter().filter(|stop| stop.why == "uninspected");
        let unread = list(unread.filter_map(|stop| stop.place.as_deref()).filter(|place| place.starts_with('$')));
        if !unread.is_empty() {
            let fields: Vec<_> = unread.iter().map(|field| format!("{{ field = {field:?}, kinds = [] }}")).collect();
            let _ = writeln!(text, "# opaque   = [{}]  # nobody can read it: say what it holds", fields.join(", "));
        }
        if self.stops.iter().any(|stop| stop.why == "media-type") {
            let types =
                list(self.shapes.iter().map(|shape| shape.media_type.as_str()).filter(|name| name.contains('/')));
            let _ = writeln!(text, "# attachments = {types:?}  # those of them that may pass unread");
        }
        let is_address = |finding: &&&Finding| ["mobile_phone", "email"].contains(&finding.kind.as_str());
        let masked = self.findings.iter().filter(is_address).filter(|finding| finding.action != "pass");
        let receivers = list(masked.map(|finding| finding.place.as_str()).filter(|place| place.starts_with('$')));
        if !receivers.is_empty() {
            let _ = writeln!(text, "# routing  = {receivers:?}  # those of them that say who gets the message");
        }
    }
}

/// Words in order, each once.
fn list<'w>(words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    words.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether a host is where the proxy was asked, and not where requests go.
fn is_this_machine(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[')
}

/// By what the words of an address usually say.
fn channel(host: &str, path: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| host.contains(word) || path.to_ascii_lowercase().contains(word));
    match () {
        () if has(&["sms", "dysms"]) => "sms",
        () if has(&["mail", "smtp"]) => "email",
        () if has(&["push", "jiguang", "getui"]) => "push",
        () => "third_party",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_proxy::config::Config;
    use pii_proxy::learning::Taken;

    fn shape(path: &str, taken: bool) -> Shape {
        let route = taken.then(|| Taken {
            name: "everything".to_owned(),
            upstream: "https://sms.example.com/api".to_owned(),
            channel: "sms".to_owned(),
        });
        let media_type = if taken { "application/json" } else { "" };
        let (host, path, method) = ("gateway.example".to_owned(), path.to_owned(), "POST".to_owned());
        Shape { route, host, path, method, media_type: media_type.to_owned() }
    }

    fn finding(place: &str, kind: &str, action: &str) -> Finding {
        let (place, kind, action) = (place.to_owned(), kind.to_owned(), action.to_owned());
        Finding { place, kind, action, is_routing: false, count: 7 }
    }

    #[test]
    fn a_draft_is_a_configuration_with_and_without_its_advice() {
        let seen = Seen {
            messages: 12,
            longest: 70_000,
            findings: vec![
                finding("$.customers[*].mobile", "mobile_phone", "mask"),
                finding("header x-customer", "resident_id", "block"),
                finding("header cookie", "resident_id", "block"),
            ],
            stops: vec![
                Stopping { why: "uninspected".to_owned(), place: Some("$.blob".to_owned()), count: 2 },
                Stopping { why: "media-type".to_owned(), place: None, count: 1 },
            ],
        };
        let unrouted = Seen { messages: 3, ..Seen::default() };
        let shapes = vec![(shape("/send", true), seen), (shape("/sms/*", false), unrouted)];
        let text = of(&Learned { seconds_left: 0, messages: 15, left_out: 0, shapes });
        let listen = "[[listen]]\naddress = \"127.0.0.1:0\"\n[trail]\nfolder = \"trail\"\n";
        let parsed =
            Config::parse("draft", &format!("{listen}{text}")).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(parsed.routes.len(), 2);
        for part in [
            "# Route \"everything\" takes them now.",
            "upstream = \"https://sms.example.com/api\"",
            "upstream = \"https://gateway.example\"  # a guess",
            "path     = \"/sms\"",
            "channel  = \"sms\"  # a guess",
            "# body   = \"256 KiB\"  # the longest had 70000 bytes",
            "is masked",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        // Somebody decides for all that is advised.
        let decided = text
            .replace("# body ", "body ")
            .replace("# trusted", "trusted")
            .replace("# cookies", "cookies")
            .replace("# attachments", "attachments")
            .replace("# routing", "routing")
            .replace("# opaque", "opaque")
            .replace("kinds = []", "kinds = [\"resident_id\"]");
        let parsed = Config::parse("draft", &format!("{listen}{decided}"));
        let parsed = parsed.unwrap_or_else(|error| panic!("{error}\n{decided}"));
        assert_eq!(parsed.routes[0].routing, ["$.customers[*].mobile"]);
        assert_eq!(parsed.routes[0].opaque.len(), 1);
    }

    #[test]
    fn nothing_learned_says_what_to_do() {
        let text = of(&Learned { seconds_left: 0, messages: 0, left_out: 0, shapes: Vec::new() });
        assert!(text.contains("send requests while it learns"), "{text}");
    }
}
