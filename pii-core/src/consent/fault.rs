//! Why something cannot be written into the ledger.

use std::fmt;

/// Why a wish, or an entry, is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A record's events do not fit together: number or digest are not the next ones.
    NotTheNext,
    /// The record's state does not lead there.
    NotFromThisState,
    /// There is no such record.
    NoSuchRecord,
    /// Nothing is known of the subject.
    NoSuchSubject,
    /// The record is another subject's.
    AnotherSubject,
    /// The record is about something else.
    AnotherScope,
    /// An earlier entry of this record could not be taken.
    Damaged,
    /// The source is not registered, or its key is ended.
    UnknownSource,
    /// The source is declared with another key than before.
    AnotherKey,
    /// The source was ended, and would be so no longer.
    SourceEnded,
    /// The source did not sign the receipt.
    NotSigned,
    /// The notice's version is not registered, not yet in force, or over.
    UnknownNotice,
    /// The notice that was shown is not the one that was registered.
    AnotherNotice,
    /// The receipt names another controller than the notice, another period, or other words at the control.
    AnotherPaper,
    /// The purpose is not published.
    UnknownPurpose,
    /// The scope goes beyond its purpose.
    BeyondPurpose,
    /// The scope goes beyond what the notice tells of the purpose, or the purpose was published anew since.
    BeyondNotice,
    /// The recipient is not registered.
    UnknownRecipient,
    /// The notice says nothing of the recipient.
    RecipientNotTold,
    /// The claimed time is in the future.
    InTheFuture,
    /// The answer is said to be older than a refusal or withdrawal of the same.
    OlderThanRefusal,
    /// The answer is said to be older than the question.
    OlderThanRequest,
    /// The consent's time is over already.
    OverAlready,
    /// A child's consent was not given by a guardian.
    NoGuardian,
    /// They said no, and it is too early to ask again.
    AskedTooSoon,
    /// An operator, or the ledger, cannot say this for a person.
    NotTheirs,
    /// The subject's data are deleted.
    Erased,
    /// A law keeps something of the subject's.
    KeptByLaw,
    /// A version of a notice that is not later than the last one.
    NoticeVersion,
    /// That does not lead to this subject.
    NoSuchAlias,
    /// No such request, or it is answered already.
    NoSuchRequest,
    /// More kinds than a ledger can hold.
    TooMany,
    /// A reason is too long.
    LongReason,
    /// Data are said to have gone overseas in a year far from all entries before.
    WrongYear,
}

impl Fault {
    /// The word that stands in reports, for good.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.described().0
    }

    // One line each, whatever its length: it is a table.
    #[rustfmt::skip]
    fn described(self) -> (&'static str, &'static str) {
        match self {
            Self::NotTheNext => ("not_the_next", "somebody else wrote to this record: read it again"),
            Self::NotFromThisState => ("not_from_this_state", "the record's state does not lead there: begin a new record"),
            Self::NoSuchRecord => ("no_such_record", "there is no such record"),
            Self::NoSuchSubject => ("no_such_subject", "nothing is known of this subject: look at its number"),
            Self::AnotherSubject => ("another_subject", "the record is another subject's"),
            Self::AnotherScope => ("another_scope", "the record is about something else: begin a new record"),
            Self::Damaged => ("damaged", "an earlier entry of the record could not be taken: begin a new record"),
            Self::UnknownSource => ("unknown_source", "register the source, with a key that is not ended"),
            Self::AnotherKey => ("another_key", "a source keeps its key: end it, and declare a new one under another name"),
            Self::SourceEnded => ("source_ended", "the source was ended, and stays so: declare another under another name"),
            Self::NotSigned => ("not_signed", "the receipt is not signed with the key that its source is declared with"),
            Self::UnknownNotice => ("unknown_notice", "register this version of the notice, and use one that is in force"),
            Self::AnotherNotice => ("another_notice", "what was shown has another digest or language than was registered"),
            Self::AnotherPaper => ("another_paper", "the receipt has another controller, another retention or other words at the control than its notice"),
            Self::UnknownPurpose => ("unknown_purpose", "publish the purpose first"),
            Self::BeyondPurpose => ("beyond_purpose", "kinds or methods are not the purpose's"),
            Self::BeyondNotice => ("beyond_notice", "the notice does not tell of this purpose, as it is published now, with these kinds and methods"),
            Self::UnknownRecipient => ("unknown_recipient", "register the recipient first"),
            Self::RecipientNotTold => ("recipient_not_told", "the notice says nothing of this recipient"),
            Self::InTheFuture => ("in_the_future", "the source's clock is ahead of the ledger's by more than five minutes"),
            Self::OlderThanRefusal => ("older_than_refusal", "the person said no after this, or an operator wrote a no down less than five minutes before it: ask again when it is time"),
            Self::OlderThanRequest => ("older_than_request", "the source says that they answered before they were asked: set its clock right"),
            Self::OverAlready => ("over_already", "the consent's time was over before it came"),
            Self::NoGuardian => ("no_guardian", "for a child under 14 a guardian has to agree (PIPL Art. 31)"),
            Self::AskedTooSoon => ("asked_too_soon", "they said no: do not ask again yet"),
            Self::NotTheirs => ("not_theirs", "only the person can say this, through a registered source"),
            Self::Erased => ("erased", "the subject's data are deleted: they begin again as another subject"),
            Self::KeptByLaw => ("kept_by_law", "a law keeps the data: restrict them instead (PIPL Art. 47 ¶2)"),
            Self::NoticeVersion => ("notice_version", "a notice's versions count up, and none holds from before the last one"),
            Self::NoSuchAlias => ("no_such_alias", "that does not lead to this subject"),
            Self::NoSuchRequest => ("no_such_request", "there is no such request that is not answered"),
            Self::TooMany => ("too_many", "a ledger holds 128 kinds at most"),
            Self::LongReason => ("long_reason", "a reason has 4096 bytes at most"),
            Self::WrongYear => ("wrong_year", "more than a year after all entries before, or of more than 64 years: set the clock right"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.described().1)
    }
}

impl std::error::Error for Fault {}
