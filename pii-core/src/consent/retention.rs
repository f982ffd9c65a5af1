//! How long laws make a firm keep things, and what becomes of them where somebody wants them deleted.

use crate::time::{Date, Period};

/// What a law makes a firm keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the table says what each is")]
pub enum Object {
    CustomerFile,
    FuturesBusiness,
    FuturesServiceBusiness,
    FundRegister,
    SecuritiesRegister,
    CustomerIdentification,
    Transaction,
    BusinessLog,
    SystemLog,
    StressTestReport,
    ImpactAssessment,
    ProvisionRecord,
    NetworkLog,
    SignatureCertificate,
    ConsentEvidence,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// What.
    pub object: Object,
    /// Its word in files and reports.
    pub word: &'static str,
    /// At least how long.
    pub period: Period,
    /// From when on that counts.
    pub from: &'static str,
    /// Which law says so, and where; or that none does.
    pub source: &'static str,
    /// Whether a law does. What no law keeps has to be deleted where the person wants that.
    pub is_law: bool,
}

const fn years(count: u16) -> Period {
    Period::years(count).expect("more than nothing")
}

const fn months(count: u16) -> Period {
    Period::months(count).expect("more than nothing")
}

const fn row(
    object: Object,
    word: &'static str,
    period: Period,
    from: &'static str,
    source: &'static str,
) -> Retention {
    let is_law = !matches!(object, Object::ConsentEvidence);
    Retention { object, word, period, from, source, is_law }
}

/// At least how long things are kept.
#[rustfmt::skip]
pub const RETENTION: [Retention; 15] = [
    row(Object::CustomerFile, "customer_file", years(20), "when it was made", "Securities Law Art. 137 ¶2"),
    row(Object::FuturesBusiness, "futures_business", years(20), "when it was made", "Futures and Derivatives Law Art. 117"),
    row(Object::FuturesServiceBusiness, "futures_service_business", years(10), "when it was made", "Futures and Derivatives Law Art. 117"),
    row(Object::FundRegister, "fund_register", years(20), "closure of the account", "Securities Investment Fund Law Art. 102 ¶2"),
    row(Object::SecuritiesRegister, "securities_register", years(20), "when it was made", "Securities Law Art. 153"),
    row(Object::CustomerIdentification, "customer_identification", years(10), "end of the relationship", "Anti-Money Laundering Law (2024) Art. 34"),
    row(Object::Transaction, "transaction", years(10), "completion", "Anti-Money Laundering Law (2024) Art. 34"),
    row(Object::BusinessLog, "business_log", years(5), "when it was written", "Order 218 Art. 18 ¶2"),
    row(Object::SystemLog, "system_log", months(6), "when it was written", "Order 218 Art. 18 ¶2"),
    row(Object::StressTestReport, "stress_test_report", years(5), "when it was made", "Order 218 Art. 21"),
    row(Object::ImpactAssessment, "impact_assessment", years(3), "when it ceased to count", "PIPL Art. 56 ¶2"),
    row(Object::ProvisionRecord, "provision_record", years(3), "when it was written", "NDR Art. 12"),
    row(Object::NetworkLog, "network_log", months(6), "when it was written", "Cybersecurity Law (2026) Art. 23"),
    row(Object::SignatureCertificate, "signature_certificate", years(5), "expiry of the certificate", "Electronic Signature Law Art. 24"),
    row(Object::ConsentEvidence, "consent_evidence", years(20), "end of the processing", "no law: as long as the files that it is for"),
];

impl Object {
    /// Its row.
    #[must_use]
    pub fn retention(self) -> &'static Retention {
        &RETENTION[self as usize]
    }

    /// Reads its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        RETENTION.iter().find(|row| row.word == word).map(|row| row.object)
    }
}

/// Something that the firm holds of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// What.
    pub object: Object,
    /// The day in China from which its period counts. None while that has not come: an account is still open.
    pub since: Option<Date>,
}

/// What becomes of a person's data.
#[derive(Clone, Copy, Debug)]
pub enum Disposal {
    /// They are deleted: no law keeps them.
    Delete,
    /// Only storage and protection are left (PIPL Art. 47 ¶2).
    Restrict {
        /// The last day on which they have to be kept, in China. None while that is not known.
        until: Option<Date>,
        /// Because of which law: the one that keeps them longest.
        because: &'static Retention,
    },
}

/// What becomes of what the firm holds of a person who wants it deleted, or whose purpose is met (PIPL Art. 47): the law that
/// keeps it longest wins.
#[must_use]
pub fn delete_or_restrict(holdings: &[Holding], today: Date) -> Disposal {
    let mut longest: Option<(Option<Date>, &'static Retention)> = None;
    for holding in holdings {
        let row = holding.object.retention();
        if !row.is_law {
            continue;
        }
        let until = holding.since.map(|since| row.period.from(since));
        if until.is_some_and(|until| until < today) {
            continue;
        }
        // No end is later than any.
        let key = |until: Option<Date>| until.unwrap_or(Date::LAST);
        if longest.is_none_or(|(other, _)| key(until) > key(other)) {
            longest = Some((until, row));
        }
    }
    longest.map_or(Disposal::Delete, |(until, because)| Disposal::Restrict { until, because })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).expect("a day")
    }

    #[test]
    fn rows_are_where_their_objects_point() {
        for row in &RETENTION {
            assert_eq!((row.object.retention().word, Object::parse(row.word)), (row.word, Some(row.object)));
        }
    }

    #[test]
    fn the_longest_law_wins() {
        let of = |object, since: &str| Holding { object, since: Some(day(since)) };
        let both = [
            of(Object::CustomerIdentification, "2030-01-01"),
            of(Object::CustomerFile, "2015-06-30"),
            of(Object::SystemLog, "2026-01-01"),
        ];
        let Disposal::Restrict { until, because } = delete_or_restrict(&both, day("2031-01-01")) else {
            panic!("two laws keep it");
        };
        assert_eq!((until, because.source), (Some(day("2040-01-01")), "Anti-Money Laundering Law (2024) Art. 34"));
        assert!(matches!(delete_or_restrict(&both, day("2040-01-01")), Disposal::Restrict { .. }));
        assert!(matches!(delete_or_restrict(&both, day("2040-01-02")), Disposal::Delete));
        assert!(matches!(delete_or_restrict(&[], day("2026-01-01")), Disposal::Delete));
        let by_no_law = of(Object::ConsentEvidence, "2026-01-01");
        assert!(matches!(delete_or_restrict(&[by_no_law], day("2026-01-01")), Disposal::Delete));
        let open = [Holding { object: Object::FundRegister, since: None }, both[0]];
        let Disposal::Restrict { until, because } = delete_or_restrict(&open, day("2060-01-01")) else {
            panic!("the account is open");
        };
        assert_eq!((until, because.word), (None, "fund_register"));
    }
}
