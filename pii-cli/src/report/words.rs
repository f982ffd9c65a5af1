//! Two languages, and what codes are called in them.

use super::model::{Report, Text};
use pii_core::time::Moment;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lang {
    Zh,
    En,
}

/// China is so far ahead of UTC.
const CHINA_AHEAD_MILLIS: u64 = 8 * 3_600_000;

impl Lang {
    /// The one of two texts that is in this language.
    pub(super) fn of<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    pub(super) fn text(self, text: &Text) -> &str {
        self.of(&text.zh, &text.en)
    }

    /// For `lang` attributes.
    pub(super) fn code(self) -> &'static str {
        self.of("zh-CN", "en")
    }

    /// A channel, as people call it.
    pub(super) fn channel(self, channel: &str) -> String {
        let name = match channel {
            "sms" => self.of("短信", "SMS"),
            "email" => self.of("电子邮件", "e-mail"),
            "push" => self.of("推送通知", "push notification"),
            "third_party" => self.of("第三方接口", "third party"),
            "log" => self.of("日志", "log"),
            "test_data" => self.of("测试数据", "test data"),
            other => return self.name(other),
        };
        name.to_owned()
    }

    /// A name of the firm's own. Nothing, and what is beyond the limit, get a word.
    pub(super) fn name(self, name: &str) -> String {
        match name {
            "" => self.of("（未写明）", "(not named)").to_owned(),
            "*" => self.of("（其余）", "(all others)").to_owned(),
            name => name.to_owned(),
        }
    }

    /// What rules call a kind.
    pub(super) fn kind(self, report: &Report, kind: &str) -> String {
        let row = report.by_kind.iter().find(|row| row.kind == kind);
        let named = row.and_then(|row| self.either(row.name_zh.as_deref(), row.name_en.as_deref()));
        named.map_or_else(|| self.name(kind), str::to_owned)
    }

    fn either<'t>(self, zh: Option<&'t str>, en: Option<&'t str>) -> Option<&'t str> {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// What the firm calls a recipient, with the name that flows use behind it.
    pub(super) fn recipient(self, report: &Report, id: &str) -> String {
        let parties = report.ledger.iter().flat_map(|ledger| &ledger.recipients);
        match parties.into_iter().find(|party| party.id == id && party.name != party.id) {
            Some(party) => self.both(&party.name, id),
            None => self.name(id),
        }
    }

    /// A name with its code in brackets.
    pub(super) fn both(self, name: &str, code: &str) -> String {
        match self {
            Self::Zh => format!("{name}（{code}）"),
            Self::En => format!("{name} ({code})"),
        }
    }

    pub(super) fn role(self, role: Option<&str>) -> &'static str {
        match (role, self) {
            (Some("processor"), _) => self.of("受托人", "processor"),
            (Some("joint"), _) => self.of("共同处理者", "joint handler"),
            (Some("independent"), _) => self.of("其他处理者", "independent handler"),
            (Some("authority"), _) => self.of("监管机构等法定接收方", "authority"),
            (_, _) => self.of("未登记", "not registered"),
        }
    }

    /// A basis as records have it: an article's name is left as the firm wrote it.
    pub(super) fn basis(self, basis: &str) -> String {
        let word = match basis {
            "" => self.of("无", "none"),
            "consent" => self.of("同意", "consent"),
            "separate_consent" => self.of("单独同意", "separate consent"),
            article => return self.name(article),
        };
        word.to_owned()
    }

    pub(super) fn class(self, class: &str) -> &'static str {
        match class {
            "system" => self.of("系统日志（6 个月）", "system log (6 months)"),
            "provision" => self.of("提供与委托记录（3 年）", "providing and entrusting (3 years)"),
            "business" => self.of("业务日志（5 年）", "business log (5 years)"),
            "account" => self.of("账户与同意凭证（20 年）", "accounts and consents (20 years)"),
            _ => self.of("其他", "other"),
        }
    }

    /// A length of time, in the largest units that say it.
    pub(super) fn seconds(self, seconds: u64) -> String {
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        let (day, hour, minute, second) = self.units();
        match seconds {
            0..60 => format!("{seconds}{second}"),
            60..3600 if seconds.is_multiple_of(60) => format!("{minutes}{minute}"),
            60..3600 => format!("{minutes}{minute} {}{second}", seconds % 60),
            3600..86_400 => format!("{hours}{hour} {minutes}{minute}"),
            _ => format!("{days}{day} {hours}{hour}"),
        }
    }

    fn units(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Zh => (" 天", " 小时", " 分", " 秒"),
            Self::En => (" d", " h", " min", " s"),
        }
    }
}

/// A number with a comma between thousands.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A part of a whole in per cent, cut and not rounded: 100 % is all of it and 0 % none.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1000 / u128::from(whole.max(1));
    match tenths {
        0 if part > 0 => "<0.1%".to_owned(),
        tenths if tenths.is_multiple_of(10) => format!("{}%", tenths / 10),
        tenths => format!("{}.{}%", tenths / 10, tenths % 10),
    }
}

/// A moment in China, to the minute.
pub(super) fn moment(text: &str) -> String {
    let in_china = Moment::parse(text).and_then(|at| at.plus_millis(CHINA_AHEAD_MILLIS));
    in_china.map_or_else(|| text.to_owned(), |at| at.to_string()[..16].replace('T', " "))
}

/// The day of a moment in China.
pub(super) fn day(text: &str) -> String {
    Moment::parse(text).map_or_else(|| text.to_owned(), |at| at.day_in_china().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_read_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"].map(str::to_owned));
        assert_eq!(percent(999_999, 1_000_000), "99.9%");
        assert_eq!([percent(1, 1), percent(0, 9), percent(1, 9000)], ["100%", "0%", "<0.1%"].map(str::to_owned));
        assert_eq!(moment("2026-11-23T18:30:59.000Z"), "2026-11-24 02:30");
        assert_eq!(Lang::Zh.seconds(3_700), "1 小时 1 分");
        assert_eq!(Lang::En.seconds(90), "1 min 30 s");
    }
}
