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

/// The fields of a route that say where its messages go: those that it lists, and the usual ones where its channel has receivers.
pub(super) fn of_body(route: &Route) -> Result<Routing, FieldError> {
    let kinds = kinds(route).iter().filter_map(|name| Kind::new(name));
    Ok(Routing::new(receivers(route)?).with_kinds(kinds))
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

fn receivers(route: &Route) -> Result<Vec<Field>, FieldError> {
    let usual = TO_SOMEBODY.contains(&route.channel.as_str()) || route.has_receivers;
    let usual = NAMES.iter().chain(&PATHS).filter(|_| usual).copied();
    route.routing.iter().map(String::as_str).chain(usual).map(Field::parse).collect()
}

/// What a key is.
const CREDENTIAL: &str = "access_token";

/// What says to the upstream who calls: keys of chat webhooks and of interfaces that are signed in the query.
const CREDENTIALS: [&str; 4] = ["access_token", "key", "AccessKeyId", "Signature"];

/// The fields of a query that say where it goes, or who calls. Where there are no receivers nothing but a key passes in them.
pub(super) fn of_query(route: &Route) -> Result<Routing, FieldError> {
    let mut fields = receivers(route)?;
    let has_receivers = !fields.is_empty();
    for name in CREDENTIALS {
        fields.push(Field::parse(name)?);
    }
    let receivers = kinds(route).iter().filter(|_| has_receivers);
    let kinds = receivers.chain(&[CREDENTIAL]).filter_map(|name| Kind::new(name));
    Ok(Routing::new(fields).with_kinds(kinds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_fields_are_fields() {
        assert!(NAMES.iter().chain(&PATHS).all(|field| Field::parse(field).is_ok()));
    }
}
