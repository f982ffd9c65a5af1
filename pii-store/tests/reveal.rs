//! Opening what stands in texts, and making tokens on demand: rights, quotas, records, and one refusal for all causes.
#![cfg(unix)]

mod support;

use pii_core::audit::{self, Phase};
use pii_core::key::{KeyId, MacAlgorithm, Suite};
use pii_core::seal::{Bound, Envelope, Sealer, WrappingKey};
use pii_core::surrogate::Tokenizer;
use pii_core::time::Moment;
use pii_keys::{Keyring, Purpose, SystemEntropy};
use pii_store::{
    Act, Entry, Gate, Quota, Request, RevealError, Revealed, Revealer, Rights, SealKeys, SealedPlace, StoreError,
    Tokeniser, Vault,
};
use support::{Place, REQUEST, Record, TEN_O_CLOCK, at, destroy, disable, entry, keyring, kind, rotate, token};

fn rights() -> Rights {
    let right = |act, per_hour| {
        format!(
            "[[right]]\nactor = \"desk\"\nact = \"{act}\"\nkinds = [\"bank_card\", \"qq\"]\npurposes = [\"complaint\"]\n\
             scopes = [\"test\"]\nper_hour = {per_hour}\nexpires = 2026-11-23\n"
        )
    };
    let text = right("reveal", 10) + &right("tokenise", 5);
    Rights::parse("rights.toml", &text, &["bank_card", "qq"].map(kind)).expect("right")
}

/// A vault with its keys, the rights and the record.
struct Desk {
    place: Place,
    keys: Keyring,
    vault: Vault,
    record: Record,
}

impl Desk {
    fn new() -> Self {
        let place = Place::new();
        let vault = place.vault();
        Self { place, keys: keyring(Suite::Any), vault, record: Record::default() }
    }

    fn token(&mut self, kind: &str, value: &str) -> String {
        token(&mut self.vault, &entry(kind, value), &self.keys)
    }

    fn reveal_sealed(
        &mut self,
        request: Request<'_>,
        text: &str,
        sealed: &SealedPlace<'_>,
    ) -> Result<Revealed, RevealError> {
        self.reveal_at(request, text, sealed, TEN_O_CLOCK)
    }

    fn reveal(&mut self, text: &str) -> Result<Revealed, RevealError> {
        self.reveal_sealed(REQUEST, text, &SealedPlace::default())
    }

    fn reveal_at(
        &mut self,
        request: Request<'_>,
        text: &str,
        sealed: &SealedPlace<'_>,
        when: u64,
    ) -> Result<Revealed, RevealError> {
        let (rights, mut quota) = (rights(), Quota::new(self.place.store()));
        let vault = Some(&mut self.vault);
        let mut revealer = Revealer::new(&rights, &mut quota, vault, &self.keys, &mut self.record);
        revealer.reveal(request, at(when))?.text(text, sealed, at(when))
    }

    fn tokenise(&mut self, request: Request<'_>, entries: &[Entry<'_>], when: u64) -> Result<Vec<String>, RevealError> {
        let (rights, mut quota) = (rights(), Quota::new(self.place.store()));
        let mut tokeniser = Tokeniser::new(&rights, &mut quota, &mut self.vault, &self.keys, &mut self.record);
        tokeniser.tokens(&request, entries, at(when), &mut SystemEntropy)
    }
}

#[test]
fn what_is_covered_is_put_back_and_recorded() {
    let mut desk = Desk::new();
    let card = desk.token("bank_card", "6228 4800 0000 0000 216");
    let qq = desk.token("qq", "10001");
    let id = desk.token("resident_id", "11010518880228002X");
    let text = format!("卡{card}，QQ {}，证{id}；卡{card}。", qq.to_uppercase());
    let revealed = desk.reveal(&text).unwrap();
    let expected = format!("卡6228 4800 0000 0000 216，QQ 10001，证{id}；卡6228 4800 0000 0000 216。");
    assert_eq!(revealed.dangerously_text(), expected);
    assert_eq!(*revealed.opened(), [(kind("bank_card"), 1), (kind("qq"), 1)].into());
    assert_eq!(revealed.left(), 1);
    assert_eq!(format!("{revealed:?}"), "Revealed(bank_card:1,qq:1, 1 left)");
    let events = [(Phase::Intended, 3, String::new()), (Phase::Done, 2, "bank_card:1,qq:1".to_owned())];
    assert_eq!(desk.record.events, events);
    assert_eq!(desk.record.acts, [audit::Act::Revealed; 2]);
}

#[test]
fn a_text_without_surrogates_tells_nothing_and_costs_nothing() {
    let mut desk = Desk::new();
    let wrong = Request { purpose: "marketing", ..REQUEST };
    for text in ["", "nothing here", "piv_ pis_aaaa"] {
        let said = desk.reveal(text).unwrap_err();
        assert!(said.is_refused());
        assert_eq!(said, desk.reveal_sealed(wrong, text, &SealedPlace::default()).unwrap_err());
    }
    let phases: Vec<_> = desk.record.events.iter().map(|(phase, count, _)| (*phase, *count)).collect();
    assert_eq!(
        phases,
        [(Phase::Intended, 0), (Phase::Failed, 0)].repeat(6),
        "every refusal is recorded in both phases"
    );
    let qq: Vec<String> = (0..10).map(|n| desk.token("qq", &format!("1000{n}"))).collect();
    assert!(desk.reveal(&qq.join(" ")).is_ok(), "all of the quota is left");
    let (rights, mut quota) = (rights(), Quota::new(desk.place.store()));
    let mut revealer = Revealer::new(&rights, &mut quota, Some(&mut desk.vault), &desk.keys, &mut desk.record);
    assert!(revealer.reveal(REQUEST, at(TEN_O_CLOCK)).unwrap_err().is_refused(), "before any text is there");
}

#[test]
fn every_refusal_is_the_same_to_the_byte() {
    let mut refusals: Vec<(&str, RevealError)> = Vec::new();
    let mut desk = Desk::new();
    let qq = desk.token("qq", "10001");
    let id = desk.token("resident_id", "11010518880228002X");
    let elsewhere = Entry { scope: "production", ..entry("qq", "10001") };
    let elsewhere = token(&mut desk.vault, &elsewhere, &desk.keys);
    let none = SealedPlace::default();
    refusals.push(("a kind that is not covered", desk.reveal(&id).unwrap_err()));
    refusals.push(("a scope that is not covered", desk.reveal(&elsewhere).unwrap_err()));
    let unknown = Desk::new().token("qq", "10001");
    refusals.push(("an unknown token", desk.reveal(&unknown).unwrap_err()));
    let tokens = Tokenizer::new(MacAlgorithm::HmacSha256, KeyId::new(5).unwrap(), &[7; 32]).unwrap();
    let plain = tokens.token(kind("qq"), "test", "10001");
    refusals.push(("a token without a vault", desk.reveal(&plain).unwrap_err()));
    let wrong = Request { purpose: "marketing", ..REQUEST };
    refusals.push(("a purpose that is not covered", desk.reveal_sealed(wrong, &qq, &none).unwrap_err()));
    let late = desk.reveal_at(REQUEST, &qq, &none, TEN_O_CLOCK + 24 * 3600);
    refusals.push(("an expired right", late.unwrap_err()));
    assert!(desk.reveal(&qq).is_ok());
    let old = rotate(&mut desk.keys);
    disable(&mut desk.keys, old);
    refusals.push(("a disabled key", desk.reveal(&qq).unwrap_err()));
    let ids = [entry("resident_id", "1"), entry("qq", "10001")];
    refusals.push(("tokenise: a kind", desk.tokenise(REQUEST, &ids, TEN_O_CLOCK).unwrap_err()));
    refusals.push(("tokenise: a purpose", desk.tokenise(wrong, &ids[1..], TEN_O_CLOCK).unwrap_err()));
    refusals.push(("tokenise: a disabled key", desk.tokenise(REQUEST, &ids[1..], TEN_O_CLOCK).unwrap_err()));
    refusals.push(("tokenise: the quota", desk.tokenise(REQUEST, &[ids[1]; 5], TEN_O_CLOCK).unwrap_err()));
    destroy(&mut desk.keys, old);
    refusals.push(("a destroyed key", desk.reveal(&qq).unwrap_err()));
    for _ in 0..10 {
        let _ = desk.reveal(&qq);
    }
    refusals.push(("the quota", desk.reveal(&qq).unwrap_err()));
    for (cause, refusal) in refusals {
        assert!(refusal.is_refused() && refusal.store().is_none(), "{cause}");
        let said = refusal.to_string();
        assert_eq!(said, format!("{refusal:?}"));
        assert_eq!(said, desk.reveal(&qq).unwrap_err().to_string(), "{cause}");
        for word in ["right", "purpose", "kind", "scope", "expired", "quota", "key", "token"] {
            assert!(said.contains(word), "{word}");
        }
    }
    // What the text of an error does not say, the record has.
    assert!(desk.record.events.iter().any(|(phase, count, _)| (*phase, *count) == (Phase::Failed, 1)));
}

#[test]
fn all_of_a_text_is_counted_before_anything_is_opened() {
    let mut desk = Desk::new();
    let tokens: Vec<String> = (0..11).map(|n| desk.token("qq", &format!("1000{n}"))).collect();
    assert!(desk.reveal(&tokens.join(" ")).unwrap_err().is_refused(), "11 of 10");
    assert_eq!(desk.reveal(&tokens[..8].join(" ")).unwrap().left(), 0);
    assert!(desk.reveal(&tokens[..3].join(" ")).unwrap_err().is_refused());
    let unknown = Desk::new().token("qq", "10001");
    assert!(desk.reveal(&unknown).unwrap_err().is_refused(), "trying out counts");
    assert!(desk.reveal(&tokens[0]).is_ok());
    assert!(desk.reveal(&tokens[0]).unwrap_err().is_refused());
    let none = SealedPlace::default();
    assert!(desk.reveal_at(REQUEST, &tokens[0], &none, TEN_O_CLOCK - 3600).unwrap_err().is_refused(), "set back");
    assert!(desk.reveal_at(REQUEST, &tokens[..10].join(" "), &none, TEN_O_CLOCK + 3600).is_ok());
}

#[test]
fn a_session_ends_with_its_right() {
    let mut desk = Desk::new();
    let qq = desk.token("qq", "10001");
    let (rights, mut quota) = (rights(), Quota::new(desk.place.store()));
    let mut revealer = Revealer::new(&rights, &mut quota, Some(&mut desk.vault), &desk.keys, &mut desk.record);
    let mut session = revealer.reveal(REQUEST, at(TEN_O_CLOCK)).unwrap();
    let mut text = |when| session.text(&qq, &SealedPlace::default(), at(when));
    assert!(text(TEN_O_CLOCK).is_ok());
    // Ten o'clock in UTC is six hours before midnight in China.
    assert!(text(TEN_O_CLOCK + 6 * 3600 - 1).is_ok());
    assert!(text(TEN_O_CLOCK + 6 * 3600).unwrap_err().is_refused());
}

#[test]
fn a_request_says_who_for_what_and_why() {
    let mut desk = Desk::new();
    let qq = desk.token("qq", "10001");
    let long = "a".repeat(1025);
    for (request, word) in [
        (Request { reason: "", ..REQUEST }, "reason is empty"),
        (Request { reason: " \u{3000}", ..REQUEST }, "reason is empty"),
        (Request { reason: &long, ..REQUEST }, "reason has more than 1024 bytes"),
        (Request { reason: "case\npurpose=audit", ..REQUEST }, "reason has a control character"),
        (Request { actor: "", ..REQUEST }, "actor is empty"),
        (Request { purpose: "", ..REQUEST }, "purpose is empty"),
    ] {
        let said = desk.reveal_sealed(request, &qq, &SealedPlace::default()).unwrap_err();
        assert!(said.is_request() && said.to_string().contains(word), "{said}");
        let said = desk.tokenise(request, &[entry("qq", "10001")], TEN_O_CLOCK).unwrap_err();
        assert!(said.is_request() && said.to_string().contains(word), "{said}");
    }
    assert_eq!(desk.record.events, []);
}

#[test]
fn what_cannot_be_recorded_is_not_given_out() {
    for fails_after in [0, 1] {
        let mut desk = Desk::new();
        let qq = desk.token("qq", "10001");
        desk.record.fails_after = Some(fails_after);
        let said = desk.reveal(&qq).unwrap_err();
        assert!(said.store().is_some_and(StoreError::is_audit) && !said.is_refused(), "{said}");
    }
    // Nor is a refusal told that is not recorded: whoever tries things out would choose that moment.
    let mut desk = Desk::new();
    desk.record.fails_after = Some(0);
    let wrong = Request { purpose: "marketing", ..REQUEST };
    let said = desk.reveal_sealed(wrong, "", &SealedPlace::default()).unwrap_err();
    assert!(said.store().is_some_and(StoreError::is_audit));
}

#[test]
fn a_damaged_vault_is_no_refusal_and_gives_nothing_out() {
    let mut desk = Desk::new();
    let tokens = [desk.token("qq", "10001"), desk.token("qq", "10002")];
    let connection = rusqlite::Connection::open(desk.place.path()).unwrap();
    connection.execute("UPDATE entry SET sealed = zeroblob(60) WHERE token = ?1", [&tokens[1]]).unwrap();
    let said = desk.reveal(&tokens.join(" ")).unwrap_err();
    assert!(said.store().is_some_and(StoreError::is_corrupt), "{said}");
    let phases: Vec<Phase> = desk.record.events.iter().map(|(phase, ..)| *phase).collect();
    assert_eq!(phases, [Phase::Intended, Phase::Failed]);
}

/// Keys that cannot be reached.
struct Unreachable;

impl SealKeys for Unreachable {
    fn wrapping_key(&self, _: Option<KeyId>) -> Result<WrappingKey, StoreError> {
        Err(StoreError::unusable("the keys cannot be reached: try again"))
    }
}

#[test]
fn keys_that_cannot_be_reached_are_no_refusal() {
    let mut desk = Desk::new();
    let qq = desk.token("qq", "10001");
    let (rights, mut quota) = (rights(), Quota::new(desk.place.store()));
    let mut revealer = Revealer::new(&rights, &mut quota, Some(&mut desk.vault), &Unreachable, &mut desk.record);
    let mut session = revealer.reveal(REQUEST, at(TEN_O_CLOCK)).unwrap();
    let said = session.text(&qq, &SealedPlace::default(), at(TEN_O_CLOCK)).unwrap_err();
    assert!(!said.is_refused() && said.store().is_some_and(StoreError::is_file), "{said}");
}

/// Seals a value as a batch of one, bound to what is said.
fn sealed(keys: &Keyring, value: &str, bound: &Bound<'_>) -> (String, Envelope) {
    let wrapping = keys.wrapping_key(Purpose::Seal, None).expect("a key");
    let (sealer, envelope) = Sealer::begin(&wrapping, wrapping.algorithm(), &mut SystemEntropy).expect("begun");
    (sealer.seal(value.as_bytes(), bound).expect("short").to_string(), envelope)
}

#[test]
fn a_sealed_value_opens_as_its_kind_for_its_purpose_in_its_record() {
    let mut desk = Desk::new();
    let right = Bound { record: "42", field: "qq", purpose: "complaint" };
    let table = [
        (right, true),
        (Bound { purpose: "", ..right }, true),
        (Bound { field: "bank_card", ..right }, true),
        (Bound { field: "resident_id", ..right }, false),
        (Bound { field: "", ..right }, false),
        (Bound { purpose: "settlement", ..right }, false),
        (Bound { record: "43", ..right }, false),
    ];
    for (at, (bound, opens)) in table.into_iter().enumerate() {
        let mut desk = Desk::new();
        let (word, envelope) = sealed(&desk.keys, "10001", &bound);
        let place = SealedPlace { envelopes: &[envelope], record: "42" };
        let revealed = desk.reveal_sealed(REQUEST, &format!("号{word}"), &place);
        match revealed {
            Ok(revealed) => assert!(opens && revealed.dangerously_text() == "号10001", "case {at}"),
            Err(said) => assert!(!opens && said.is_refused(), "case {at}: {said}"),
        }
    }
    let (word, envelope) = sealed(&desk.keys, "10001", &right);
    assert!(desk.reveal(&word).unwrap_err().is_refused(), "no envelope");
    let old = rotate(&mut desk.keys);
    disable(&mut desk.keys, old);
    let place = SealedPlace { envelopes: &[envelope], record: "42" };
    assert!(desk.reveal_sealed(REQUEST, &word, &place).unwrap_err().is_refused(), "a disabled key");
}

#[test]
fn sealed_values_need_no_vault() {
    let mut desk = Desk::new();
    let qq = desk.token("qq", "10001");
    let bound = Bound { record: "", field: "qq", purpose: "" };
    let (word, envelope) = sealed(&desk.keys, "10002", &bound);
    let (rights, mut quota) = (rights(), Quota::new(desk.place.store()));
    let mut revealer = Revealer::new(&rights, &mut quota, None, &desk.keys, &mut desk.record);
    let mut session = revealer.reveal(REQUEST, at(TEN_O_CLOCK)).unwrap();
    let place = SealedPlace { envelopes: &[envelope], record: "" };
    let revealed = session.text(&format!("{word} {qq} {word}"), &place, at(TEN_O_CLOCK)).unwrap();
    assert_eq!(revealed.dangerously_text(), format!("10002 {qq} 10002"));
    assert_eq!(revealed.left(), 1);
}

#[test]
fn tokens_on_demand_have_a_right_and_a_quota() {
    let mut desk = Desk::new();
    let known = desk.token("qq", "10001");
    let entries = [entry("qq", "10001"), entry("qq", "10002")];
    let tokens = desk.tokenise(REQUEST, &entries, TEN_O_CLOCK).unwrap();
    assert_eq!(tokens[0], known);
    assert!(desk.tokenise(REQUEST, &entries[..1], TEN_O_CLOCK).is_ok());
    let elsewhere = [Entry { scope: "production", ..entries[0] }];
    assert!(desk.tokenise(REQUEST, &elsewhere, TEN_O_CLOCK).unwrap_err().is_refused());
    assert!(desk.tokenise(REQUEST, &[entries[0]; 3], TEN_O_CLOCK).unwrap_err().is_refused(), "6 of 5");
    assert!(desk.tokenise(REQUEST, &entries, TEN_O_CLOCK).is_ok(), "a refusal by right or quota counts nothing");
    assert!(desk.tokenise(REQUEST, &entries[..1], TEN_O_CLOCK).unwrap_err().is_refused());
    assert!(desk.tokenise(REQUEST, &entries, TEN_O_CLOCK + 3600).is_ok());
    assert!(desk.tokenise(REQUEST, &entries, TEN_O_CLOCK + 24 * 3600).unwrap_err().is_refused(), "expired");
    assert!(desk.reveal(&known).is_ok(), "opening is counted apart");
    let made = desk.record.acts.iter().filter(|act| **act == audit::Act::Tokenised).count();
    assert_eq!(made, 2 * 8, "each is recorded in both phases");
    assert_eq!(desk.record.events[..2], [Phase::Intended, Phase::Done].map(|phase| (phase, 2, "qq:2".to_owned())));
}

#[test]
fn a_gate_lets_in_what_is_done_elsewhere() {
    let (place, rights) = (Place::new(), rights());
    let mut quota = Quota::new(place.store());
    let mut gate = Gate::new(&rights, &mut quota);
    let mut admit = |asked: &[(&str, &str)]| {
        let asked = asked.iter().map(|(name, scope)| (kind(name), *scope));
        gate.admit(&REQUEST, Act::Tokenise, asked, at(TEN_O_CLOCK))
    };
    assert!(admit(&[("qq", "test"), ("resident_id", "test")]).unwrap_err().is_refused());
    assert!(admit(&[("qq", "test"), ("qq", "")]).unwrap_err().is_refused());
    assert!(admit(&[("qq", "test"); 5]).is_ok());
    assert!(admit(&[("qq", "test")]).unwrap_err().is_refused());
}

#[test]
fn the_last_day_of_a_right_ends_at_midnight_in_china() {
    let desk = Desk::new();
    let (rights, mut quota) = (rights(), Quota::new(desk.place.store()));
    let mut admitted = |when: &str| {
        let now = Moment::parse(when).expect("a moment");
        Gate::new(&rights, &mut quota).admit(&REQUEST, Act::Reveal, [(kind("qq"), "test")], now)
    };
    assert!(admitted("2026-11-23T23:59:59+08:00").is_ok());
    assert!(admitted("2026-11-24T00:00:00+08:00").unwrap_err().is_refused(), "it is the 23rd in UTC still");
}
