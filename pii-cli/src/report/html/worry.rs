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
        What::RecipientUnknown if about.is_empty() => (
            format!("对外发送的 {n} 条消息没有写明接收方，无法判断其身份和所需的同意。"),
            format!(
                "Messages that left for somebody who is not named, so that nobody knows what consent they take: {n}."
            ),
        ),
        What::RecipientUnknown => (
            format!("接收方“{}”未在台账登记（{n} 条消息），无法判断其身份和所需的同意。", recipient()),
            format!(
                "The ledger does not know the recipient {} (messages: {n}), nor what consent it takes.",
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
        "purpose" => lang.of("处理目的", "purpose"),
        "notice" => lang.of("告知文本", "notice"),
        "recipient" => lang.of("接收方", "recipient"),
        "supervision" => lang.of("监督检查", "supervision"),
        "source" => lang.of("同意来源系统", "source of consents"),
        "settings" => lang.of("台账设置", "settings of the ledger"),
        "assessment" | "biometric_assessment" | "contract" | "other_basis" | "export_ground" => {
            document_name(part, lang)
        }
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
            format!("Messages with data of class 3 or 4 in clear and no recorded basis: {n}."),
        ),
        What::InClearWithoutAssessment => (
            format!("3 级以上个人信息明文外发 {n} 条次，未记录影响评估。"),
            format!("Messages with data of class 3 or 4 in clear and no recorded assessment: {n}."),
        ),
        What::BiometricWithoutAlternative => (
            format!("含生物特征信息的 {n} 条消息没有提供替代方式的记录。"),
            format!("Messages with biometric data, where no other way is recorded as offered: {n}."),
        ),
        What::PartsNotRead => (
            format!("{n} 条消息带有软件不读取的附件（图片、PDF、压缩包等），其中有无个人信息无法判断。"),
            format!(
                "Messages with parts that nobody read (images, PDF, archives), so that nobody knows what is in these: {n}."
            ),
        ),
        What::Observed => (
            format!("{n} 条消息经过“只观察、不处理”的路由原样发出。观察期满前请改为正式处理。"),
            format!(
                "Messages that left unchanged on routes that only observe: {n}. Make these work before their time is over."
            ),
        ),
        What::Unconfirmed => (
            format!("{n} 条消息没有确认的发送结果，按可能已发出统计。"),
            format!("Messages without a confirmed outcome, which count as what may have left: {n}."),
        ),
        What::RequestsOverdue => {
            (format!("个人行使权利的请求有 {n} 件逾期未答复。"), format!("Overdue requests of persons: {n}."))
        }
        What::IncidentNotTold => (
            format!("{n} 起个人信息安全事件尚未登记报告或者通知。"),
            format!("Incidents without a record of having been reported: {n}."),
        ),
        _ => return of_records(what, (n, about, part), report, lang),
    };
    lang.of(&zh, &en).to_owned()
}

/// What is wrong with records, or with what keeps them.
fn of_records(what: What, (n, about, part): (&str, &str, &str), report: &Report, lang: Lang) -> String {
    let (zh, en) = match what {
        What::TrailNotGiven => (
            format!(
                "外部见证有节点 {about} 的签名记录，本次没有提供该节点的审计记录：可能遗漏目录，也可能已被删除。请核实。"
            ),
            format!(
                "A witness has heads of the node {about}, of which no trail was given: a folder was left out, or its trail is gone. Find out which."
            ),
        ),
        What::TrailFaults => (
            format!(
                "节点 {about} 的审计记录有 {n} 处异常（{}），详见“审计记录的可信程度”。本期数字可能不完整。",
                faults_of(about, report, lang)
            ),
            format!(
                "Faults in the trail of {about}: {n} ({}); see below. Figures may be incomplete.",
                faults_of(about, report, lang)
            ),
        ),
        What::TrailUnread => (
            format!("节点 {about} 有 {n} 行审计记录无法读取，其内容未计入本报告。"),
            format!("Lines of the trail of {about} that could not be read and are not in this report: {n}."),
        ),
        What::SignedByNobody => (
            format!(
                "节点 {about} 的审计记录有 {n} 类没有任何一处由所给公钥签名：可能整体被重新生成。请核对公钥文件，并保全证据。"
            ),
            format!(
                "Chains of {about} that none of the given keys signed: {n}. All of them may have been made anew. See whether these \
                 are the right keys, and keep the evidence."
            ),
        ),
        What::LedgerBroken => (
            "同意台账的摘要链不连续：台账可能缺失或者被改动。".to_owned(),
            "The chain of digests of the consent ledger does not hold: something is missing or was changed.".to_owned(),
        ),
        What::LedgerNotTaken => (
            format!("台账中有 {n} 条登记不符合规则，不产生效力。"),
            format!("Entries of the ledger that do not fit its rules and count for nothing: {n}."),
        ),
        What::AlarmOpen => {
            (format!("告警未解除：{part}（{n} 个节点）。"), format!("An alarm is not over: {part} (nodes: {n})."))
        }
        What::ConfigurationRefused => (
            format!("{part}的配置变更有 {n} 次因错误被拒绝，仍使用原配置。"),
            format!("Changes of {part} that were wrong and not taken: {n}. The one before is in force."),
        ),
        What::NodeDown => (
            format!("外部见证有 {n} 次超过一分钟没有收到节点的签名记录，节点可能停机或者断网（按序结束的不计）。"),
            format!("Times in which a node that had not ended in order was down, or cut off from its witness: {n}."),
        ),
        What::Restarted => (
            format!("审计记录的写入进程有 {n} 次异常中断后恢复。"),
            format!("Times in which a writer of the trail was stopped, and another went on: {n}."),
        ),
        _ => return of_sources(what, n, lang),
    };
    lang.of(&zh, &en).to_owned()
}

/// What the report was not given.
fn of_sources(what: What, n: &str, lang: Lang) -> String {
    let (zh, en) = match what {
        What::NoKeys => (
            "本次没有提供审计公钥（--keys），签名未核对：不能排除有写入权限的人把审计记录整体重新生成。".to_owned(),
            "No public keys were given (--keys), so nobody looked at signatures: whoever can write the trail may have made all of it anew."
                .to_owned(),
        ),
        What::NoWitness => (
            "本次没有提供外部见证文件（--witness），无法证明审计记录末尾没有被截去。".to_owned(),
            "No witness was given, so nothing proves that the end of the trail was not cut off.".to_owned(),
        ),
        What::NotProvable => {
            (format!("最近 {n} 条审计记录尚无外部见证。"), format!("Records at the end that no witness covers: {n}."))
        }
        _ => (
            "本次没有提供同意台账，报告不含同意、协议和评估的情况。".to_owned(),
            "No consent ledger was given: nothing is said of consents, contracts and assessments.".to_owned(),
        ),
    };
    lang.of(&zh, &en).to_owned()
}

/// What is wrong with a node's trail, in a few words.
fn faults_of(node: &str, report: &Report, lang: Lang) -> String {
    let mut names: Vec<&str> = Vec::new();
    for fault in report.trails.iter().filter(|trail| trail.node == node).flat_map(|trail| &trail.first_faults) {
        let name = fault_name(fault.kind, lang);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(lang.of("、", ", "))
}

/// What a fault of a trail is called.
pub(super) fn fault_name(kind: &str, lang: Lang) -> &'static str {
    match kind {
        "removed" => lang.of("记录缺失", "records removed"),
        "changed" => lang.of("记录被改动", "record changed"),
        "reordered" => lang.of("记录位置被移动", "record moved"),
        "inserted" => lang.of("插入了记录", "record inserted"),
        "truncated" => lang.of("末尾被截去", "end cut off"),
        "torn" => lang.of("最后一行不完整", "last line not whole"),
        "rewritten" => lang.of("与外部见证不一致", "not what the witness has"),
        "witness" => lang.of("见证签名不符", "head signed by nobody known"),
        "unsigned" => lang.of("没有签名", "not signed"),
        _ => lang.of("签名不符", "signature of nobody known"),
    }
}
