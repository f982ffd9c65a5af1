//! 中华人民共和国个人信息保护法 (PIPL, in force since 2021-11-01).

use super::{Article, Report, Said, What, said};
use crate::report::model::{CoverageRow, Ledger, Party};
use crate::report::words::number;

const LAW: &str = "pipl";

pub(super) fn of(report: &Report) -> Vec<Article> {
    let all = [
        basis(report),
        withdrawal(report),
        entrusting(report),
        overseas(report),
        rights(report),
        measures(report),
        assessments(report),
        incidents(report),
    ];
    all.into_iter().map(|said| said.article(report)).collect()
}

fn basis(report: &Report) -> Said {
    let sum = |of: fn(&CoverageRow) -> u64| report.coverage.iter().map(of).sum::<u64>();
    let messages = sum(|row| row.messages);
    let [m, s, c, a, n] = [
        messages,
        sum(|row| row.separate_consent),
        sum(|row| row.consent),
        sum(|row| row.article),
        sum(|row| row.no_basis),
    ]
    .map(number);
    Said {
        law: LAW,
        article: ("第十三条、第二十三条、第二十九条", "Art. 13, 23, 29"),
        duty: (
            "处理个人信息应当有合法性基础；提供给其他处理者、处理敏感个人信息应当取得单独同意。",
            "Processing has a lawful basis; giving data to others and sensitive data take separate consent.",
        ),
        evidence: said(
            messages,
            format!("含个人信息的外发 {m} 条：单独同意 {s} 条，同意 {c} 条，法律规定 {a} 条，未记录 {n} 条。"),
            format!(
                "{m} messages with personal data: {s} on separate consent, {c} on consent, {a} on an article, {n} without a record of it."
            ),
        ),
        firm_adds: (
            "记录为空的外发所依据的合同或者其他合法性基础。",
            "The contract or other basis of messages that record none.",
        ),
        counted: messages,
        worries: &[What::WithoutSeparateConsent],
    }
}

fn withdrawal(report: &Report) -> Said {
    let told = &report.withdrawals;
    let [count, at_once, after] = [told.count, told.at_once, told.sent_after].map(number);
    Said {
        law: LAW,
        article: ("第十五条", "Art. 15"),
        duty: ("个人有权撤回同意，撤回应当便捷。", "Consent can be withdrawn, in an easy way."),
        evidence: said(
            told.count + told.sent_after,
            format!("撤回 {count} 次，其中立即生效 {at_once} 次；撤回或者到期后仍依该同意发送 {after} 条。"),
            format!(
                "{count} withdrawals, {at_once} of them at once; {after} messages were sent on a consent that had ended."
            ),
        ),
        firm_adds: ("撤回入口的说明和截图。", "Where and how people withdraw."),
        counted: told.count + told.sent_after,
        worries: &[What::SentAfterWithdrawal],
    }
}

fn entrusting(report: &Report) -> Said {
    let processors = || parties(report).filter(|party| party.role == "processor");
    let all = processors().count() as u64;
    let with_contract = processors().filter(|party| party.has_contract).count() as u64;
    let supervised = processors().filter(|party| party.is_satisfactory == Some(true)).count() as u64;
    let [n, c, s] = [all, with_contract, supervised].map(number);
    Said {
        law: LAW,
        article: ("第二十一条", "Art. 21"),
        duty: ("委托处理应当签订协议并监督受托人。", "Processors work under a contract and are supervised."),
        evidence: said(
            all,
            format!("登记受托人 {n} 家，协议有效 {c} 家，最近一次监督合格 {s} 家。"),
            format!("{n} processors: {c} with a contract in force, {s} found satisfactory when last looked at."),
        ),
        firm_adds: ("协议原件、监督检查记录。", "The contracts, and what was looked at."),
        counted: all,
        worries: &[What::NoContract],
    }
}

fn overseas(report: &Report) -> Said {
    let rows = || report.coverage.iter().filter(|row| row.role.is_some() && row.overseas);
    let (recipients, messages) = (rows().count() as u64, rows().map(|row| row.messages).sum());
    let [r, m] = [recipients, messages].map(number);
    Said {
        law: LAW,
        article: ("第三十八条、第三十九条", "Art. 38, 39"),
        duty: (
            "向境外提供应当具备法定条件，告知并取得单独同意。",
            "Data go overseas on a ground that the law names, after notice and separate consent.",
        ),
        evidence: said(
            messages,
            format!("向 {r} 家境外（含所在地未登记）接收方发送含个人信息的消息 {m} 条。"),
            format!("{m} messages with personal data to {r} recipients overseas, or whose country is not registered."),
        ),
        firm_adds: (
            "安全评估、认证或者标准合同备案文件。",
            "The security assessment, certificate or standard contract.",
        ),
        counted: messages,
        worries: &[],
    }
}

fn rights(report: &Report) -> Said {
    let requests = report.ledger.as_ref().map(|ledger| &ledger.requests);
    let of = |count: fn(&crate::report::model::Requests) -> u64| requests.map_or(0, count);
    let counted = of(|it| it.received) + of(|it| it.answered) + of(|it| it.open);
    let [received, answered, refused, open, overdue] =
        [of(|it| it.received), of(|it| it.answered), of(|it| it.refused), of(|it| it.open), of(|it| it.overdue)]
            .map(number);
    Said {
        law: LAW,
        article: ("第四十四条至第五十条", "Art. 44 to 50"),
        duty: (
            "受理查阅、复制、更正、删除等请求；拒绝的说明理由。",
            "Requests to see, copy, correct and delete are answered; a refusal gives reasons.",
        ),
        evidence: said(
            counted,
            format!(
                "受理 {received} 件，答复 {answered} 件（其中拒绝 {refused} 件）；现有未办结 {open} 件，逾期 {overdue} 件。"
            ),
            format!(
                "{received} received, {answered} answered ({refused} refused); {open} open now, {overdue} of them overdue."
            ),
        ),
        firm_adds: ("答复内容；其他渠道收到的请求。", "What was answered; requests that came in other ways."),
        counted,
        worries: &[What::RequestsOverdue],
    }
}

fn measures(report: &Report) -> Said {
    let protected: u64 = report.by_kind.iter().map(|row| row.masked + row.encrypted + row.dropped).sum();
    let [p, all] = [protected, report.totals.values].map(number);
    Said {
        law: LAW,
        article: ("第五十一条", "Art. 51"),
        duty: ("采取加密、去标识化等安全技术措施，分类管理。", "Encryption, de-identification; data managed by class."),
        evidence: said(
            report.totals.values,
            format!("外发个人信息 {all} 项，其中掩码、加密或者去除 {p} 项。"),
            format!("{all} values in messages that left; {p} of them masked, encrypted or dropped."),
        ),
        firm_adds: ("内部管理制度、权限管理和培训。", "Rules, rights and training inside the firm."),
        counted: report.totals.values,
        worries: &[],
    }
}

fn assessments(report: &Report) -> Said {
    let documents = report.ledger.iter().flat_map(|ledger| &ledger.documents);
    let (mut all, mut valid, mut over) = (0, 0, 0);
    for document in documents.into_iter().filter(|document| document.what.ends_with("assessment")) {
        all += 1;
        valid += u64::from(matches!(document.state, "valid" | "expiring"));
        over += u64::from(document.state == "expired");
    }
    let [n, v, o] = [all, valid, over].map(number);
    Said {
        law: LAW,
        article: ("第五十五条、第五十六条", "Art. 55, 56"),
        duty: (
            "处理敏感个人信息、委托、提供、出境前进行影响评估，报告和记录保存三年以上。",
            "An impact assessment comes before sensitive data, entrusting, providing and export; it is kept for 3 years.",
        ),
        evidence: said(
            all,
            format!("登记评估 {n} 份，有效 {v} 份，过期未续 {o} 份。"),
            format!("{n} assessments: {v} in force, {o} over and not renewed."),
        ),
        firm_adds: ("评估报告全文。", "The assessments themselves."),
        counted: all,
        worries: &[What::NoAssessment, What::DocumentOver, What::InClearWithoutAssessment, What::AssessmentOfClearOver],
    }
}

fn incidents(report: &Report) -> Said {
    let told = report.ledger.as_ref().map(|ledger: &Ledger| &ledger.incidents);
    let [found, persons, untold] = told.map_or([0; 3], |it| [it.found, it.persons, it.authority_not_told]).map(number);
    let counted = told.map_or(0, |it| it.found);
    Said {
        law: LAW,
        article: ("第五十七条", "Art. 57"),
        duty: ("发生泄露、篡改、丢失的，立即补救并通知。", "Leaks are mended and told of at once."),
        evidence: said(
            counted + told.map_or(0, |it| it.not_told),
            format!("登记事件 {found} 起，涉及 {persons} 人，尚未报告主管部门 {untold} 起（含以前发生的）。"),
            format!(
                "{found} incidents of {persons} persons; the authority was not told of {untold}, earlier ones among them."
            ),
        ),
        firm_adds: (
            "事件处置报告、通知记录；未登记的事件。",
            "How incidents were handled, and those that were not registered.",
        ),
        counted,
        worries: &[What::IncidentNotTold],
    }
}

fn parties(report: &Report) -> impl Iterator<Item = &Party> {
    report.ledger.iter().flat_map(|ledger| &ledger.recipients)
}
