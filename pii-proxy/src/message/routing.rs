//! Where a message goes: the names that providers give to the receivers of an SMS, a mail, a push or a chat message.

use crate::config::Route;
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
pub(super) fn of(route: &Route) -> Result<Routing, FieldError> {
    let usual = TO_SOMEBODY.contains(&route.channel.as_str()) || route.has_receivers;
    let usual = NAMES.iter().chain(&PATHS).filter(|_| usual).copied();
    let all = route.routing.iter().map(String::as_str).chain(usual);
    Ok(Routing::new(all.map(Field::parse).collect::<Result<Vec<_>, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_fields_are_fields() {
        assert!(NAMES.iter().chain(&PATHS).all(|field| Field::parse(field).is_ok()));
    }
}
