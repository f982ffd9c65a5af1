//! Every state of a consent × kind of data × other basis × age × who gave it × role of the recipient, against the law as a
//! reader would say it, written down here without a look at the code.

use crate::world::*;
use pii_core::consent::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Other {
    None,
    Contract,
    DutyToProcess,
    DutyToGive,
    Law,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    state: Option<State>,
    is_sensitive: bool,
    other: Other,
    age: Age,
    by_guardian: bool,
    /// The firm itself where there is none.
    recipient: Option<(&'static str, RecipientRole)>,
}

/// PIPL 13, 14, 29, 31: a consent is there, and of the sort that the data take.
fn has_consent(case: &Case, takes_separate: bool) -> bool {
    // Whose age nobody knows is taken for a child, unless the firm settled otherwise.
    let is_child = matches!(case.age, Age::Under14 | Age::Unknown);
    let is_there = match case.state {
        Some(State::SeparatelyGranted) => true,
        Some(State::Granted) => !takes_separate && !case.is_sensitive && !is_child,
        _ => false,
    };
    is_there && (!is_child || case.by_guardian)
}

fn expected(case: &Case) -> Outcome {
    let allowed = match case.recipient {
        // PIPL 13: any basis will do. A duty to give data to somebody is none to use them oneself.
        None => !matches!(case.other, Other::None | Other::DutyToGive) || has_consent(case, false),
        // PIPL 21: as the firm itself may; what is owed to this recipient may go to it.
        Some((_, RecipientRole::Processor)) => case.other != Other::None || has_consent(case, false),
        // Order 218 Art. 33: a duty to give it to this one, or the separate consent.
        Some((_, RecipientRole::Joint | RecipientRole::Independent)) => {
            case.other == Other::DutyToGive || has_consent(case, true)
        }
        Some((_, RecipientRole::Authority)) => case.other == Other::DutyToGive,
    };
    match case.recipient {
        _ if !allowed => Outcome::Deny,
        // Order 218 Art. 34: outside the firm data are masked.
        Some((_, RecipientRole::Processor)) => Outcome::AllowMasked,
        _ => Outcome::Allow,
    }
}

fn decide(case: &Case) -> (Outcome, Vec<Reason>) {
    let mut world = World::new();
    let whose = world.adult(1);
    let recipient = case.recipient.map(|(id, _)| id);
    let named = match case.recipient {
        Some((_, RecipientRole::Processor)) | None => None,
        Some((id, _)) => Some(code(id)),
    };
    if let Some(state) = case.state {
        bring_into(&mut world, whose, state, |parts| {
            parts.processing.recipient = named;
            if case.by_guardian {
                parts.event.given_by = GivenBy::Guardian;
                parts.event.proof = Some("户口簿".to_owned());
            }
        });
    }
    world.age(whose, case.age);
    let (basis, to) = match case.other {
        Other::None => (None, None),
        Other::Contract => (Some(BasisKind::Contract), None),
        Other::DutyToProcess => (Some(BasisKind::StatutoryDuty), None),
        Other::DutyToGive => (Some(BasisKind::StatutoryDuty), Some(recipient.unwrap_or("regulator"))),
        Other::Law => (Some(BasisKind::OtherLaw), None),
    };
    if let Some(basis) = basis {
        world.declare(Declaration::OtherBasis(sound(basis_parts(basis, to))));
    }
    let (who, what) = ([alias(1)], kinds(&[if case.is_sensitive { SENSITIVE } else { PLAIN }]));
    let ask = world.ask(&who, &what, recipient);
    let decision = match case.recipient {
        None => world.book.may_process(&ask),
        Some((_, RecipientRole::Processor)) => world.book.may_entrust(&ask),
        Some(_) => world.book.may_provide(&ask),
    };
    assert_eq!(world.book.may_hand_over(&ask), decision, "whoever sends asks the right question");
    assert_eq!(decision.is_allowed(), decision.basis().is_some(), "{case:?}");
    assert_eq!(decision.is_allowed(), !decision.reasons().iter().any(|reason| reason.denies()), "{case:?}");
    (decision.outcome(), decision.reasons().to_vec())
}

/// Brings record 1 into a state, by the way that leads there.
pub(crate) fn bring_into(world: &mut World, whose: SubjectId, state: State, change: impl FnOnce(&mut ReceiptParts)) {
    let answer = match state {
        State::Granted => AnswerState::Granted,
        State::Refused => AnswerState::Refused,
        _ => AnswerState::SeparatelyGranted,
    };
    let mut parts = receipt_parts(record(1), whose, world.at, answer);
    change(&mut parts);
    if state == State::Notified {
        let scope = sound(ScopeParts {
            purpose: parts.processing.purpose.clone(),
            kinds: parts.pii.iter().map(|pii| pii.kind).collect(),
            methods: parts.processing.methods.clone(),
            recipient: parts.processing.recipient.clone(),
            channel: None,
        });
        let entry = world.book.ask(record(1), whose, (scope, notice_ref(1)), world.at).expect("allowed");
        return world.take(entry).expect("taken");
    }
    world.answer(&parts).expect("answered");
    let act = match state {
        State::Granted | State::SeparatelyGranted | State::Refused | State::Notified => return,
        State::Withdrawn => ConsentAct::Withdrawn { by: operator(), reason: None },
        State::Expired => ConsentAct::Expired,
        State::Superseded => ConsentAct::Superseded { by_record: None },
        State::Invalid => ConsentAct::Invalidated { by: operator(), reason: "捆绑授权".to_owned() },
        State::NeedsReconfirm => ConsentAct::NeedsReconfirm,
    };
    let previous = world.entries.last().map(Entry::digest);
    let event = ConsentEvent { record: record(1), number: 2, previous, act };
    let entry = Entry::of(whose, world.at, Body::Consent(Box::new(event))).expect("a person's");
    world.take(entry).expect("taken");
}

#[test]
fn every_case_is_decided_as_the_law_has_it() {
    let states: Vec<Option<State>> = [None].into_iter().chain(State::ALL.map(Some)).collect();
    let others = [Other::None, Other::Contract, Other::DutyToProcess, Other::DutyToGive, Other::Law];
    let recipients = [
        None,
        Some(("gateway", RecipientRole::Processor)),
        Some(("partner", RecipientRole::Joint)),
        Some(("insurer", RecipientRole::Independent)),
        Some(("regulator", RecipientRole::Authority)),
    ];
    let (mut cases, mut allowed) = (0, 0);
    for state in states {
        for is_sensitive in [false, true] {
            for other in others {
                for age in [Age::From14, Age::Under14, Age::Unknown] {
                    for by_guardian in [false, true] {
                        for recipient in recipients {
                            let case = Case { state, is_sensitive, other, age, by_guardian, recipient };
                            let (outcome, reasons) = decide(&case);
                            assert_eq!(outcome, expected(&case), "{case:?}: {reasons:?}");
                            cases += 1;
                            allowed += usize::from(outcome != Outcome::Deny);
                        }
                    }
                }
            }
        }
    }
    assert_eq!(cases, 10 * 2 * 5 * 3 * 2 * 5);
    assert!((500..2500).contains(&allowed), "{allowed} of {cases} are allowed: the table says little");
}

#[test]
fn reasons_have_words_articles_and_two_languages() {
    let mut words = std::collections::BTreeSet::new();
    for reason in all_reasons() {
        assert!(words.insert(reason.word()), "{} twice", reason.word());
        assert!(reason.article().contains("Art. ") || reason.article().contains("(2025)"), "{reason:?}");
        assert!(reason.english().is_ascii() || reason.english().contains('%'), "{reason:?}");
        assert!(!reason.chinese().is_ascii(), "{reason:?}");
    }
}

fn all_reasons() -> Vec<Reason> {
    use Reason::*;
    let plain = [
        PurposeUnknown,
        KindOutsidePurpose,
        MethodOutsidePurpose,
        SubjectUnknown,
        SubjectUnclear,
        Restricted,
        Erased,
        NoConsent,
        NotAnswered,
        Refused,
        Withdrawn,
        Expired,
        Superseded,
        Invalid,
        NeedsReconfirm,
        RecordDamaged,
        KindsNotConsented,
        MethodNotConsented,
        ChannelNotConsented,
        NoGuardian,
        SensitiveNotTold,
        RetentionOver,
        RecipientUnknown,
        RecipientNotProcessor,
        RecipientNotTold,
        RecipientChanged,
        NoContract,
        NoSupervision,
        SubProcessorNotAgreed,
        NoStatutoryDuty,
        ForeignAuthority,
        NoExportGround,
        ExportLimit,
        ServiceNotRefusable,
        BiometricSoleFactor,
        BiometricForced,
        NoAlternative,
        NoBiometricAssessment,
        MaskingStays,
        ExportNearLimit,
    ];
    let separate = [
        SeparateFor::Sensitive,
        SeparateFor::Recipient,
        SeparateFor::Publication,
        SeparateFor::Export,
        SeparateFor::Biometric,
    ];
    let items = [
        Item::Name,
        Item::Contact,
        Item::Purpose,
        Item::Methods,
        Item::Kinds,
        Item::Retention,
        Item::Protection,
        Item::RightsAndDuties,
        Item::RightsOverseas,
    ];
    let triggers = [
        Trigger::Sensitive,
        Trigger::AutomatedDecision,
        Trigger::Entrust,
        Trigger::Provide,
        Trigger::Publish,
        Trigger::Export,
        Trigger::Other,
    ];
    let mut all = plain.to_vec();
    all.extend(separate.map(NoSeparateConsent));
    all.extend(items.map(NotTold));
    all.extend(triggers.map(NoAssessment));
    all
}
