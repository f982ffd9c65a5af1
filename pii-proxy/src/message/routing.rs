//! Where a message goes: the names that providers give to the receivers of an SMS, a mail, a push or a chat message.

use crate::config::Route;
use pii_core::Kind;
use pii_core::policy::{Field, FieldError};
use pii_formats::Routing;

/// Channels whose messages have receivers.
const TO_SOMEBODY: [&str; 3] = ["sms", "email", "push"];

/// Names near the top of a message, as the providers' interfaces have them: SMS of Aliyun, Tencent, Huawei and others, mail, WeCom,
/// DingTalk, Getui, JPush, HMS.
const NAMES: [&str; 22] = [
    "PhoneNumbers",
    "PhoneNumberSet",
    "phoneNumber",
    "mobile",
    "mobiles",
    "phone",
    "phones",
    "tel",
    "to",
    "cc",
    "bcc",
    "ToAddress",
    "receiver",
    "receivers",
    "touser",
    "alias",
    "cid",
    "clientid",
    "registration_id",
    "device_token",
    "deviceToken",
    "token",
];

/// Paths below the top, of interfaces that keep receivers there.
const PATHS: [&str; 14] = [
    // WeCom, DingTalk
    "$.text.mentioned_mobile_list[*]",
    "$.at.atMobiles[*]",
    // Getui
    "$.audience.cid[*]",
    "$.audience.alias[*]",
    // JPush
    "$.audience.registration_id[*]",
    // HMS
    "$.message.token[*]",
    "$.target.token[*]",
    // SendGrid
    "$.personalizations[*].to[*].email",
    "$.personalizations[*].cc[*].email",
    "$.personalizations[*].bcc[*].email",
    "$.from.email",
    "$.reply_to.email",
    // Others
    "$.to[*].email",
    "$.request.mobile",
];

/// Keys of the arrays that hold the messages of a batch, or its receivers: JPush's and Submail's batches, Huawei's batchSendDiffSms,
/// Postmark, SendGrid, Infobip. An array under another key holds data, and a phone number in it is somebody's.
const LISTS: [&str; 12] = [
    "messages",
    "message_list",
    "msg_list",
    "smsContent",
    "multi",
    "recipients",
    "receivers",
    "destinations",
    "personalizations",
    "to",
    "cc",
    "bcc",
];

/// What a key is.
const CREDENTIAL: &str = "access_token";

/// What says to the upstream who calls: keys of chat webhooks and of interfaces that are signed in the query.
const CREDENTIALS: [&str; 4] = ["access_token", "key", "AccessKeyId", "Signature"];

/// The fields of a route that say where its messages go: those that it lists, and the usual ones where its channel has receivers.
pub(super) fn of_body(route: &Route) -> Result<Routing, FieldError> {
    let listed = holding(&route.routing, kinds(route))?;
    Ok(listed.and(usual(route)?).with_lists(parsed(&LISTS)?))
}

/// The fields of a query that say where it goes, or who calls. Nothing but a key passes where a key belongs, and under the other
/// names that the route lists keys too.
pub(super) fn of_query(route: &Route) -> Result<Routing, FieldError> {
    let keys = holding(&CREDENTIALS, &[CREDENTIAL])?;
    let listed = holding(&route.routing, &[kinds(route), &[CREDENTIAL]].concat())?;
    Ok(keys.and(listed).and(usual(route)?))
}

/// The usual fields, where the route's channel has receivers.
fn usual(route: &Route) -> Result<Routing, FieldError> {
    let is_to_somebody = TO_SOMEBODY.contains(&route.channel.as_str()) || route.has_receivers;
    let fields = if is_to_somebody { [&NAMES[..], &PATHS].concat() } else { Vec::new() };
    holding(&fields, kinds(route))
}

fn holding(fields: &[impl AsRef<str>], kinds: &[&str]) -> Result<Routing, FieldError> {
    Ok(Routing::new(parsed(fields)?).with_kinds(kinds.iter().filter_map(|name| Kind::new(name))))
}

fn parsed(fields: &[impl AsRef<str>]) -> Result<Vec<Field>, FieldError> {
    fields.iter().map(|field| Field::parse(field.as_ref())).collect()
}

/// What says where a message goes, by the way that it takes.
fn kinds(route: &Route) -> &'static [&'static str] {
    match route.channel.as_str() {
        "sms" => &["mobile_phone", "landline_phone"],
        "email" => &["email"],
        "push" => &["access_token", "mobile_phone", "email"],
        _ => &["mobile_phone", "landline_phone", "email", "wechat_id", "qq", "access_token"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_fields_are_fields() {
        let all = NAMES.iter().chain(&PATHS).chain(&LISTS).chain(&CREDENTIALS);
        assert!(all.copied().map(Field::parse).all(|field| field.is_ok()));
    }
}
