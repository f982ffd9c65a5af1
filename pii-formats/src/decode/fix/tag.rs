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
        354 => "EncodedTextLen",
        355 => "EncodedText",
        448 => "PartyID",
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
