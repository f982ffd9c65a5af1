//! How far the trail itself can be trusted, and what happened to the software.

use super::markup::{Cell, Html};
use super::worry::{fault_name, part_name};
use crate::report::model::{ChainRow, FaultRow, Gap, Report, TrailRow};
use crate::report::words::{moment, number};

pub(super) fn write(html: &mut Html, report: &Report) {
    html.h2("审计记录的可信程度", "How far the trail can be trusted");
    verdict(html, report);
    chains(html, report);
    faults(html, report);
    gaps(html, report);
    house(html, report);
}

fn verdict(html: &mut Html, report: &Report) {
    let faults: u64 = report.trails.iter().map(|trail| trail.faults).sum();
    let missing = report.nodes_without_trail.join(html.lang.of("、", ", "));
    if !missing.is_empty() {
        html.warning(
            &format!("外部见证有以下节点的签名记录，本次没有提供其审计记录，其内容未计入本报告：{missing}。"),
            &format!("A witness has heads of these nodes, of which no trail was given, and nothing of theirs is in this report: {missing}."),
        );
    }
    let text = match faults {
        0 if !missing.is_empty() => html.lang.of(
            "所提供的审计记录逐条校验完成，其中没有发现缺失、改动或者重排。",
            "Every record of the trails that were given was checked: nothing is missing from these, changed or reordered.",
        ),
        0 => html.lang.of(
            "逐条校验完成：编号连续，内容与链接值一致，没有发现缺失、改动或者重排。",
            "Every record was checked: numbers are without gaps and hashes hold. Nothing is missing, changed or reordered.",
        ),
        _ => html.lang.of("逐条校验发现异常，见下表。", "Verification found faults; see below."),
    };
    let text = text.to_owned();
    html.p(&text);
    let keys = report.keys.join(html.lang.of("、", ", "));
    if keys.is_empty() {
        return html.warning(
            "未提供审计公钥，签名没有核对。编号和链接值只能发现零散的改动；有写入权限的人可以把记录整体重新生成，只有签名或者外部见证\
             能够发现。请用 pii audit keys 导出公钥，再以 --keys 提供。",
            "No public key was given, so signatures were not looked at. Numbers and hashes show single changes; whoever can write the \
             trail can make all of it anew, which only signatures or a witness show. Export the keys with `pii audit keys`, and \
             give them with --keys.",
        );
    }
    let zh = format!("签名已用以下公钥核对（编号）：{keys}。各类记录核对到哪一条、由哪个公钥签名，见下表。");
    let en = format!(
        "Signatures were looked at with the public keys {keys}. The table says how far each chain is signed, and by which."
    );
    let text = html.lang.of(&zh, &en).to_owned();
    html.p(&text);
}

fn chains(html: &mut Html, report: &Report) {
    let head = [
        ("节点", "node"),
        ("记录类别", "records"),
        ("条数", "count"),
        ("签名核对至（编号）", "signed to record"),
        ("签名公钥", "by the key"),
        ("末尾可证明至", "end provable until"),
        ("未见证（条）", "not witnessed"),
    ];
    let lang = html.lang;
    let row = |trail: &TrailRow, chain: &ChainRow| {
        let until = match &chain.witnessed_at {
            Some(at) => moment(at),
            None => lang.of("无见证", "no witness").to_owned(),
        };
        let (signed, by) = match chain.signed_through {
            Some(through) => (Cell::Short(number(through)), chain.signed_by.join(lang.of("、", ", "))),
            None if report.keys.is_empty() => {
                (Cell::Short(lang.of("未核对", "not looked at").to_owned()), "–".to_owned())
            }
            None => (Cell::Tag("act", lang.of("无有效签名", "not signed").to_owned()), "–".to_owned()),
        };
        let count = if chain.last == 0 { 0 } else { chain.last + 1 - chain.first.max(1) };
        vec![
            Cell::Text(trail.node.clone()),
            Cell::Text(lang.class(chain.class).to_owned()),
            Cell::Number(count),
            signed,
            Cell::Text(by),
            Cell::Short(until),
            Cell::Number(chain.not_provable),
        ]
    };
    let of_trail =
        |trail: &'_ TrailRow| -> Vec<Vec<Cell>> { trail.chains.iter().map(|chain| row(trail, chain)).collect() };
    let rows: Vec<Vec<Cell>> = report.trails.iter().flat_map(of_trail).collect();
    html.table("", &head, rows);
}

fn faults(html: &mut Html, report: &Report) {
    let lang = html.lang;
    let row = |trail: &TrailRow, fault: &FaultRow| {
        let what = fault_name(fault.kind, lang);
        let place = match fault.segment.as_str() {
            "" => "–".to_owned(),
            file => format!("{file}{}", lang.of(&format!(" 第 {} 行", fault.line), &format!(", line {}", fault.line))),
        };
        vec![
            Cell::Text(trail.node.clone()),
            Cell::Text(what.to_owned()),
            Cell::Text(lang.class(fault.class).to_owned()),
            Cell::Text(number(fault.seq)),
            Cell::Text(place),
        ]
    };
    let of_trail =
        |trail: &'_ TrailRow| -> Vec<Vec<Cell>> { trail.first_faults.iter().map(|fault| row(trail, fault)).collect() };
    let rows: Vec<Vec<Cell>> = report.trails.iter().flat_map(of_trail).collect();
    let head =
        [("节点", "node"), ("异常", "fault"), ("记录类别", "records"), ("记录编号", "record"), ("位置", "place")];
    html.table("", &head, rows);
}

fn gaps(html: &mut Html, report: &Report) {
    let Some(gaps) = &report.gaps else { return };
    let lang = html.lang;
    html.h3("节点失联", "When nodes were silent");
    let ended = number(gaps.ended_in_order);
    if gaps.ended_in_order > 0 {
        html.note(
            &format!("另有 {ended} 次空档之前，进程已经按序结束（例如按次运行的命令），不计为失联。"),
            &format!(
                "Other gaps, before which the process had ended in order, as a command does, and was not down: {ended}."
            ),
        );
    }
    if gaps.count == 0 && gaps.heads == 0 {
        let text = lang.of("本期外部见证没有收到任何签名记录。", "No witness has a head of this period.").to_owned();
        return html.p(&text);
    }
    if gaps.count == 0 {
        let text = lang.of("没有节点失联。", "No node was silent.").to_owned();
        return html.p(&text);
    }
    let (count, total) = (number(gaps.count), lang.seconds(gaps.total_seconds));
    let zh = format!("外部见证超过一分钟没有收到签名记录共 {count} 次，合计 {total}。");
    let en = format!("Times in which a witness heard nothing for more than a minute: {count}, {total} in all.");
    let text = lang.of(&zh, &en).to_owned();
    html.p(&text);
    let row = |gap: &Gap| {
        vec![
            Cell::Text(gap.node.clone()),
            Cell::Short(moment(&gap.from)),
            Cell::Short(moment(&gap.to)),
            Cell::Short(lang.seconds(gap.seconds)),
        ]
    };
    let head = [("节点", "node"), ("自", "from"), ("至", "to"), ("时长", "length")];
    html.table("", &head, gaps.longest.iter().map(row).collect());
}

fn house(html: &mut Html, report: &Report) {
    let (house, lang) = (&report.house, html.lang);
    if house.alarms.is_empty() && house.configurations.is_empty() && house.key_acts.is_empty() {
        return;
    }
    html.h3("告警、配置与密钥", "Alarms, configurations, keys");
    let row = |row: &crate::report::model::AlarmRow| {
        let state = match row.open {
            0 => Cell::Tag("good", lang.of("已解除", "over").to_owned()),
            _ => Cell::Tag("act", lang.of("未解除", "not over").to_owned()),
        };
        vec![
            Cell::Text(part_name(&row.about, lang).to_owned()),
            Cell::Number(row.raised),
            state,
            Cell::Short(moment(&row.last)),
        ]
    };
    let head = [("告警", "alarm"), ("次数", "times"), ("情况", "state"), ("最近", "last")];
    html.table("", &head, house.alarms.iter().map(row).collect());
    let row = |row: &crate::report::model::ConfigurationRow| {
        vec![
            Cell::Text(part_name(&row.part, lang).to_owned()),
            Cell::Number(row.taken),
            Cell::Number(row.refused),
            Cell::Short(moment(&row.last)),
        ]
    };
    let head = [("配置", "configuration"), ("生效（次）", "taken"), ("被拒绝（次）", "refused"), ("最近", "last")];
    html.table("", &head, house.configurations.iter().map(row).collect());
    let row = |(act, count): (&String, &u64)| vec![Cell::Text(act_name(act, lang)), Cell::Number(*count)];
    html.table("small", &[("密钥操作", "act on keys"), ("次数", "times")], house.key_acts.iter().map(row).collect());
}

/// What the core's words for acts on keys mean.
fn act_name(act: &str, lang: crate::report::words::Lang) -> String {
    let name = match act {
        "keyring_created" => lang.of("建立密钥环", "keyring made"),
        "key_added" => lang.of("新增密钥", "key added"),
        "key_promoted" => lang.of("启用新密钥", "key promoted"),
        "key_disabled" => lang.of("停用密钥", "key disabled"),
        "key_enabled" => lang.of("恢复密钥", "key enabled"),
        "destruction_scheduled" => lang.of("约定销毁密钥", "destruction of a key scheduled"),
        "destruction_cancelled" => lang.of("取消销毁密钥", "destruction of a key cancelled"),
        "key_destroyed" => lang.of("销毁密钥", "key destroyed"),
        "keyring_rewrapped" => lang.of("更换密钥环的保护密钥", "keyring rewrapped"),
        "subject_keys_rewrapped" => lang.of("更换个人密钥的保护密钥", "keys of persons rewrapped"),
        "subject_key_created" => lang.of("建立个人密钥", "key of a person made"),
        "subject_key_destroyed" => lang.of("销毁个人密钥", "key of a person destroyed"),
        "subject_destruction_scheduled" => lang.of("约定销毁个人密钥", "destruction of a person’s key scheduled"),
        "subject_destruction_cancelled" => lang.of("取消销毁个人密钥", "destruction of a person’s key cancelled"),
        "revealed" => lang.of("还原明文", "values revealed"),
        "tokenised" => lang.of("生成令牌", "tokens made"),
        "vault_entries_removed" => lang.of("删除令牌", "tokens removed"),
        "vault_rewrapped" => lang.of("更换令牌库的密钥", "vault rewrapped"),
        act => return act.replace('_', " "),
    };
    name.to_owned()
}
