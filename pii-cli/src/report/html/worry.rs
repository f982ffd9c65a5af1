//! What needs attention, in words.

use crate::report::model::{Attention, FLOOR_BITS, NOTICE_DAYS, Report, What};
use crate::report::words::{Lang, number};

/// A sentence for somebody who has to do something.
pub(super) fn sentence(worry: &Attention, report: &Report, lang: Lang) -> String {
    let n = number(worry.count);
    let about = worry.about.as_deref().unwrap_or_default();
    let recipient = || lang.recipient(report, about);
    let (zh, en) = match worry.what {
        What::WeakMask => (
            format!(
                "{}有 {n} 条消息的掩码过弱，可推算的范围低于 {FLOOR_BITS} 比特下限。请检查掩码策略。",
                lang.kind(report, about)
            ),
            format!(
                "{n} messages show too much of: {} (below the floor of {FLOOR_BITS} bits). Check the policy.",
                lang.kind(report, about)
            ),
        ),
        What::WithoutSeparateConsent => (
            format!("向“{}”发送的 {n} 条消息没有单独同意，也没有法律依据。请停止发送并核实。", recipient()),
            format!(
                "{n} messages to {} rest neither on separate consent nor on an article. Stop and look into it.",
                recipient()
            ),
        ),
        What::NoContract => (
            format!("“{}”没有登记有效的协议。", recipient()),
            format!("No contract in force is registered with {}.", recipient()),
        ),
        What::NoAssessment => (
            format!("向“{}”提供或者委托处理，没有登记有效的个人信息保护影响评估。", recipient()),
            format!("No impact assessment in force covers {}.", recipient()),
        ),
        What::NotSupervised => (
            format!("受托人“{}”没有登记合格的监督检查。", recipient()),
            format!("No satisfactory supervision of {} is registered.", recipient()),
        ),
        What::RecipientUnknown => (
            format!("接收方“{}”未在台账登记（{n} 条消息），无法判断其身份和所需的同意。", recipient()),
            format!(
                "The ledger does not know the recipient {} ({n} messages), nor what consent it takes.",
                recipient()
            ),
        ),
        What::DocumentOver => document(about, report, lang),
        What::DocumentEnding => document(about, report, lang),
        What::AssessmentOfClearOver => (
            format!("明文外发所依据的评估 {about} 已过期（{n} 条消息）。"),
            format!("{n} messages left in clear on the assessment {about}, which is over."),
        ),
        _ => return plain(worry.what, &n, about, report, lang),
    };
    lang.of(&zh, &en).to_owned()
}

fn document(id: &str, report: &Report, lang: Lang) -> (String, String) {
    let documents = report.ledger.iter().flat_map(|ledger| &ledger.documents);
    let Some(found) = documents.into_iter().find(|document| document.id == id) else { return Default::default() };
    let (what, until) = (document_name(found.what, lang), &found.until);
    if found.days_left < 0 {
        return (
            format!("{what} {id} 已于 {until} 到期，未见续期。请续办，或者停止相关处理。"),
            format!("The {what} {id} ended on {until} and was not renewed. Renew it, or stop what rests on it."),
        );
    }
    let days = found.days_left;
    (
        format!("{what} {id} 将于 {until} 到期（还有 {days} 天，{NOTICE_DAYS} 天内提示）。"),
        format!("The {what} {id} ends on {until}, in {days} days."),
    )
}

/// What a document is called.
pub(super) fn document_name(what: &str, lang: Lang) -> &'static str {
    match what {
        "assessment" => lang.of("影响评估", "impact assessment"),
        "biometric_assessment" => lang.of("生物特征评估", "biometric assessment"),
        "contract" => lang.of("协议", "contract"),
        "other_basis" => lang.of("合法性基础文件", "lawful basis"),
        _ => lang.of("出境条件文件", "ground for export"),
    }
}

/// What an alarm or a configuration is about.
pub(super) fn part_name(part: &str, lang: Lang) -> &str {
    match part {
        "witness" => lang.of("外部见证", "witness"),
        "consent_store" => lang.of("同意台账", "consent store"),
        "policy" => lang.of("脱敏策略", "policy"),
        "rules" => lang.of("识别规则", "rules"),
        "routes" => lang.of("外发路由", "routes"),
        "rights" => lang.of("操作权限", "rights"),
        other => other,
    }
}

fn plain(what: What, n: &str, about: &str, report: &Report, lang: Lang) -> String {
    let part = part_name(about, lang);
    let (zh, en) = match what {
        What::SentAfterWithdrawal => {
            let longest = report.withdrawals.longest_after_seconds.unwrap_or(0);
            let longest = lang.seconds(longest);
            (
                format!("同意撤回或者到期后，仍依该同意发送了 {n} 条消息，最晚在其后 {longest}。按规定应为 0 条。"),
                format!(
                    "Messages sent on a consent that was withdrawn or had ended: {n}, the last of them {longest} after it. There must be none."
                ),
            )
        }
        What::InClearWithoutBasis => (
            format!("3 级以上个人信息明文外发 {n} 条次，未记录合法性基础。"),
            format!("{n} messages had data of class 3 or 4 in clear without a recorded basis."),
        ),
        What::InClearWithoutAssessment => (
            format!("3 级以上个人信息明文外发 {n} 条次，未记录影响评估。"),
            format!("{n} messages had data of class 3 or 4 in clear without a recorded assessment."),
        ),
        What::BiometricWithoutAlternative => (
            format!("含生物特征信息的 {n} 条消息没有提供替代方式的记录。"),
            format!("{n} messages had biometric data, and no other way is recorded as offered."),
        ),
        What::Observed => (
            format!("{n} 条消息经过“只观察、不处理”的路由原样发出。观察期满前请改为正式处理。"),
            format!(
                "{n} messages left unchanged on routes that only observe. Make these work before their time is over."
            ),
        ),
        What::Unconfirmed => (
            format!("{n} 条消息没有确认的发送结果，按可能已发出统计。"),
            format!("{n} messages have no confirmed outcome and count as what may have left."),
        ),
        What::RequestsOverdue => {
            (format!("个人行使权利的请求有 {n} 件逾期未答复。"), format!("Overdue requests of persons: {n}."))
        }
        What::IncidentNotTold => (
            format!("{n} 起个人信息安全事件尚未登记报告或者通知。"),
            format!("Incidents without a record of having been reported: {n}."),
        ),
        _ => return of_records(what, n, about, part, lang),
    };
    lang.of(&zh, &en).to_owned()
}

/// What is wrong with records, or with what keeps them.
fn of_records(what: What, n: &str, about: &str, part: &str, lang: Lang) -> String {
    let (zh, en) = match what {
        What::TrailFaults => (
            format!(
                "节点 {about} 的审计记录有 {n} 处异常（缺失或者被改动），详见“审计记录的可信程度”。本期数字可能不完整。"
            ),
            format!(
                "The trail of {about} has {n} faults (missing or changed records); see below. Figures may be incomplete."
            ),
        ),
        What::TrailUnread => (
            format!("节点 {about} 有 {n} 行审计记录无法读取，其内容未计入本报告。"),
            format!("{n} lines of the trail of {about} could not be read and are not in this report."),
        ),
        What::LedgerBroken => (
            "同意台账的摘要链不连续：台账可能缺失或者被改动。".to_owned(),
            "The chain of digests of the consent ledger does not hold: something is missing or was changed.".to_owned(),
        ),
        What::LedgerNotTaken => (
            format!("台账中有 {n} 条登记不符合规则，不产生效力。"),
            format!("{n} entries of the ledger do not fit its rules and count for nothing."),
        ),
        What::AlarmOpen => {
            (format!("告警未解除：{part}（{n} 个节点）。"), format!("An alarm is not over: {part} (nodes: {n})."))
        }
        What::ConfigurationRefused => (
            format!("{part}的配置变更有 {n} 次因错误被拒绝，仍使用原配置。"),
            format!("Changes of {part} that were wrong and not taken: {n}. The one before is in force."),
        ),
        What::NodeDown => (
            format!("外部见证有 {n} 次超过一分钟没有收到节点的签名记录，节点可能停机或者断网。"),
            format!("A witness heard nothing from a node for over a minute, {n} times: it was down or cut off."),
        ),
        What::Restarted => (
            format!("审计记录的写入进程有 {n} 次异常中断后恢复。"),
            format!("A writer of the trail was stopped and went on: {n} times."),
        ),
        What::NoWitness => (
            "本次没有提供外部见证文件，无法证明审计记录末尾没有被截去。".to_owned(),
            "No witness was given, so nothing proves that the end of the trail was not cut off.".to_owned(),
        ),
        What::NotProvable => {
            (format!("最近 {n} 条审计记录尚无外部见证。"), format!("No witness covers the last {n} records."))
        }
        _ => (
            "本次没有提供同意台账，报告不含同意、协议和评估的情况。".to_owned(),
            "No consent ledger was given: nothing is said of consents, contracts and assessments.".to_owned(),
        ),
    };
    lang.of(&zh, &en).to_owned()
}
