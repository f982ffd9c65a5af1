//! The tags that matter here (FIX 5.0 SP2, volume 6).

/// CheckSum, the last field of a message.
pub(super) const CHECKSUM: u32 = 10;

/// Whether a field's value may hold separators, because the field before it says how long it is.
pub(super) fn is_raw(tag: u32) -> bool {
    raw_pairs().any(|(_, data)| data == tag)
}

/// Whether a field says how long the next one is.
pub(super) fn is_raw_length(tag: u32) -> bool {
    raw_pairs().any(|(length, _)| length == tag)
}

fn raw_pairs() -> impl Iterator<Item = (u32, u32)> {
    [
        (95, 96),
        (90, 91),
        (93, 89),
        (212, 213),
        (348, 349),
        (350, 351),
        (352, 353),
        (354, 355),
        (356, 357),
        (358, 359),
        (360, 361),
    ]
    .into_iter()
}

/// The field name, as the rules know it, that says what a tag's value is. Where there is none, the tag's own name may be
/// one.
pub(super) fn meaning(tag: u32) -> Option<&'static str> {
    Some(match tag {
        1 | 79 | 178 | 184 | 500 | 553 => "account_no",
        179 | 180 | 185 | 186 | 488 | 502 => "client_name",
        181 | 187 => "phone",
        486 => "birthday",
        489 => "bankCardNo",
        511 => "email",
        554 | 925 | 1402 | 1404 => "password",
        109 => "ClientID",
        11 | 17 | 37 | 41 => "order_no",
        _ => return None,
    })
}

/// The names of tags that can hold personal data, or numbers that look like some and are none.
pub(super) fn name(tag: u32) -> Option<&'static str> {
    Some(match tag {
        1 => "Account",
        11 => "ClOrdID",
        17 => "ExecID",
        37 => "OrderID",
        41 => "OrigClOrdID",
        48 => "SecurityID",
        50 => "SenderSubID",
        52 => "SendingTime",
        55 => "Symbol",
        57 => "TargetSubID",
        58 => "Text",
        60 => "TransactTime",
        76 => "ExecBroker",
        79 => "AllocAccount",
        96 => "RawData",
        109 => "ClientID",
        115 => "OnBehalfOfCompID",
        116 => "OnBehalfOfSubID",
        128 => "DeliverToCompID",
        129 => "DeliverToSubID",
        149 => "URLLink",
        178 => "SecuritySettlAgentAcctNum",
        179 => "SecuritySettlAgentAcctName",
        180 => "SecuritySettlAgentContactName",
        181 => "SecuritySettlAgentContactPhone",
        184 => "CashSettlAgentAcctNum",
        185 => "CashSettlAgentAcctName",
        186 => "CashSettlAgentContactName",
        187 => "CashSettlAgentContactPhone",
        354 => "EncodedTextLen",
        355 => "EncodedText",
        448 => "PartyID",
        486 => "DateOfBirth",
        488 => "CardHolderName",
        489 => "CardNumber",
        500 => "CashDistribAgentAcctNumber",
        502 => "CashDistribAgentAcctName",
        509 => "RegistDtls",
        511 => "RegistEmail",
        523 => "PartySubID",
        524 => "NestedPartyID",
        553 => "Username",
        554 => "Password",
        578 => "TradeInputSource",
        581 => "AccountType",
        660 => "AcctIDSource",
        671 => "AllocAcctIDSource",
        925 => "NewPassword",
        1400 => "EncryptedPasswordMethod",
        1402 => "EncryptedPassword",
        1404 => "EncryptedNewPassword",
        _ => return None,
    })
}
