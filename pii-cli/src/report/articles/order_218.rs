//! 证券期货业网络和信息安全管理办法 (CSRC Order 218, in force since 2023-05-01).

use super::{Article, Report, Said, What, said};
use crate::report::words::number;

const LAW: &str = "csrc_218";

pub(super) fn of(report: &Report) -> Vec<Article> {
    let all = [
        test_data(report),
        logs(report),
        capacity(),
        cryptography(report),
        purpose(report),
        service(report),
        whole_life(report),
        providing(report),
        masking(report),
        biometrics(report),
        management(report),
    ];
    all.into_iter().map(|said| said.article(report)).collect()
}

fn test_data(report: &Report) -> Said {
    let row = report.by_channel.iter().find(|row| row.name == "test_data");
    let (runs, values, clear) =
        row.map_or((0, 0, 0), |row| (row.counts.left(), row.counts.values, row.counts.values_in_clear));
    let [n, v, c] = [runs, values, clear].map(number);
    Said {
        law: LAW,
        article: ("第十六条第二款", "Art. 16 ¶2"),
        duty: ("测试环境使用敏感数据的，应当脱敏。", "Sensitive data in test environments are masked."),
        evidence: said(
            runs,
            format!("测试数据生成 {n} 次，含个人信息 {v} 项，其中未作处理 {c} 项。"),
            format!("Test data were made {n} times, with {v} values, {c} of them in clear."),
        ),
        firm_adds: (
            "未脱敏而用于测试的数据清单、审批记录，以及与生产环境同等的管控。",
            "Which data are tested unmasked, who approved it, and controls as in production.",
        ),
        counted: runs,
        worries: &[],
    }
}

fn logs(report: &Report) -> Said {
    let chains = || report.trails.iter().flat_map(|trail| &trail.chains);
    let records: u64 = chains().map(|chain| (chain.last + 1).saturating_sub(chain.first.max(1))).sum();
    let faults: u64 = report.trails.iter().map(|trail| trail.faults).sum();
    let [r, f, d, t] = [records, faults, report.house.removed, report.trails.len() as u64].map(number);
    Said {
        law: LAW,
        article: ("第十八条第二款", "Art. 18 ¶2"),
        duty: (
            "重要信息系统业务日志保存五年以上，系统日志保存六个月以上，可供取证。",
            "Business logs of important systems are kept for 5 years, system logs for 6 months, fit for evidence.",
        ),
        evidence: said(
            records,
            format!("{t} 个节点的审计记录共 {r} 条，校验发现异常 {f} 处；本期到期删除 {d} 段。"),
            format!(
                "{r} records of {t} nodes; verification found {f} faults; {d} segments were removed at their term."
            ),
        ),
        firm_adds: (
            "其他业务系统的日志；日志备份与访问权限的管理记录。",
            "Logs of all other systems; how logs are backed up and who may read them.",
        ),
        counted: records,
        worries: &[What::TrailNotGiven, What::TrailFaults, What::TrailUnread],
    }
}

fn capacity() -> Said {
    Said {
        law: LAW,
        article: ("第二十一条、第四十八条", "Art. 21, 48"),
        duty: (
            "系统容量不低于历史峰值两倍（关键信息基础设施三倍），定期压力测试，报告保存五年。",
            "Capacity of twice the historical peak (three times for critical infrastructure), stress tests, reports kept 5 years.",
        ),
        evidence: (String::new(), String::new()),
        firm_adds: ("压力测试报告。审计记录不能证明容量。", "Reports of stress tests: a trail shows no capacity."),
        counted: 0,
        worries: &[],
    }
}

fn cryptography(report: &Report) -> Said {
    let house = &report.house;
    let sm3 = house.hashes.get("sm3").copied().unwrap_or(0);
    let acts: u64 = house.key_acts.values().sum();
    let [sm3, all, signed, n] = [sm3, house.segments, house.segments_with_signer, acts].map(number);
    Said {
        law: LAW,
        article: ("第二十六条第三款", "Art. 26 ¶3"),
        duty: ("按照国家和证监会要求开展商用密码应用。", "Commercial cryptography is used as state and CSRC ask."),
        evidence: said(
            house.segments + acts,
            format!(
                "本期新建审计记录文件 {all} 个，其中 {sm3} 个以 SM3 链接，{signed} 个定期签名；密钥操作 {n} 次，均有记录。"
            ),
            format!(
                "{all} segments were begun, {sm3} of them chained with SM3 and {signed} signed; {n} acts on keys, each recorded."
            ),
        ),
        firm_adds: (
            "商用密码产品认证证书、密码应用安全性评估报告；算法清单可用 pii crypto inventory 导出。",
            "Certificates of cryptographic products and the assessment of their use; `pii crypto inventory` lists algorithms.",
        ),
        counted: house.segments + acts,
        worries: &[],
    }
}

fn purpose(report: &Report) -> Said {
    let named: u64 = report.by_purpose.iter().filter(|row| !row.name.is_empty()).map(|row| row.counts.messages).sum();
    let [n, all] = [named, report.totals.messages].map(number);
    Said {
        law: LAW,
        article: ("第三十一条第一款", "Art. 31 ¶1"),
        duty: (
            "不得超出声明的目的和范围处理投资者个人信息。",
            "Data are processed within the purpose and scope that were declared.",
        ),
        evidence: said(
            report.totals.messages,
            format!("外发 {all} 条中，{n} 条写明了处理目的。"),
            format!("{n} of {all} messages name their purpose."),
        ),
        firm_adds: (
            "处理规则的公布版本；各目的与实际业务相符的说明。",
            "The published rules, and that the purposes named are what is really done.",
        ),
        counted: report.totals.messages,
        worries: &[],
    }
}

fn service(report: &Report) -> Said {
    let acts = |word: &str| report.ledger.as_ref().and_then(|ledger| ledger.acts.get(word).copied()).unwrap_or(0);
    let (refused, withdrawn) = (acts("refused"), acts("withdrawn"));
    let [r, w] = [refused, withdrawn].map(number);
    Said {
        law: LAW,
        article: ("第三十一条第二款", "Art. 31 ¶2"),
        duty: (
            "除必需外，不得以投资者不同意或者撤回同意为由拒绝提供服务。",
            "Service is not refused because consent was refused or withdrawn, unless the data are necessary.",
        ),
        evidence: said(
            refused + withdrawn,
            format!("本期登记拒绝 {r} 次、撤回 {w} 次。"),
            format!("{r} refusals and {w} withdrawals were registered."),
        ),
        firm_adds: (
            "拒绝或者撤回之后仍正常提供服务的证明；必需信息清单。",
            "That service went on afterwards; the list of data that are necessary.",
        ),
        counted: refused + withdrawn,
        worries: &[],
    }
}

fn whole_life(report: &Report) -> Said {
    let ledger = report.ledger.as_ref();
    let deleted = ledger.map_or(0, |ledger| ledger.deleted_subjects);
    let restricted = ledger.map_or(0, |ledger| ledger.restricted_subjects);
    let acts = report.house.key_acts.iter();
    let keys: u64 = acts.filter(|(act, _)| act.contains("destroyed")).map(|(_, count)| *count).sum();
    let [d, r, k] = [deleted, restricted, keys].map(number);
    Said {
        law: LAW,
        article: ("第三十二条", "Art. 32"),
        duty: (
            "保护投资者个人信息全生命周期安全，包括删除。",
            "Data are protected through their whole life, deletion included.",
        ),
        evidence: said(
            deleted + restricted + keys,
            format!("删除 {d} 人，限制处理（仅存储和保护）{r} 人，销毁密钥 {k} 次。"),
            format!("{d} persons were deleted, {r} restricted to storage and protection, {k} keys destroyed."),
        ),
        firm_adds: (
            "各系统中数据的采集、存储、删除记录；备份的处理。",
            "How other systems collect, store and delete; what becomes of backups.",
        ),
        counted: deleted + restricted + keys,
        worries: &[],
    }
}

fn providing(report: &Report) -> Said {
    let rows = || report.coverage.iter().filter(|row| row.role == Some("independent"));
    let messages: u64 = rows().map(|row| row.messages).sum();
    let separate: u64 = rows().map(|row| row.separate_consent).sum();
    let article: u64 = rows().map(|row| row.article).sum();
    let [m, s, a, rest] = [messages, separate, article, messages - separate - article].map(number);
    Said {
        law: LAW,
        article: ("第三十三条", "Art. 33"),
        duty: (
            "向第三方提供投资者个人信息，应当告知并取得单独同意，法定义务除外。",
            "Third parties get data after notice and separate consent, or under a statutory duty.",
        ),
        evidence: said(
            messages,
            format!("向其他个人信息处理者发送 {m} 条：依单独同意 {s} 条，依法律规定 {a} 条，其余 {rest} 条。"),
            format!(
                "{m} messages to independent handlers: {s} on separate consent, {a} on an article, {rest} on neither."
            ),
        ),
        firm_adds: (
            "告知文本、同意界面的留存；与接收方的协议。",
            "The notices and screens as they were shown; agreements with recipients.",
        ),
        counted: messages,
        worries: &[What::WithoutSeparateConsent, What::SentAfterWithdrawal],
    }
}

fn masking(report: &Report) -> Said {
    let sum = |of: fn(&crate::report::model::KindRow) -> u64| report.by_kind.iter().map(of).sum::<u64>();
    let stopped = report.totals.blocked + report.totals.replaced;
    let [masked, encrypted, dropped, clear, s] =
        [sum(|row| row.masked), sum(|row| row.encrypted), sum(|row| row.dropped), sum(|row| row.in_clear), stopped]
            .map(number);
    Said {
        law: LAW,
        article: ("第三十四条", "Art. 34"),
        duty: (
            "在机构防护边界之外处理的，应当脱敏或者加密；通过短信、邮件等非自主运营渠道发送账号、身份证号码等的，应当脱敏。",
            "Outside the firm's boundary data are masked or encrypted; in SMS, e-mail and other channels that it does not operate, masked.",
        ),
        evidence: said(
            report.totals.messages,
            format!(
                "外发信息中掩码 {masked} 项，加密或者令牌化 {encrypted} 项，去除 {dropped} 项，明文 {clear} 项；拦截或者替换 {s} 条。"
            ),
            format!(
                "{masked} values were masked, {encrypted} encrypted or tokenised, {dropped} dropped, {clear} left in clear; \
                 {s} messages were blocked or replaced."
            ),
        ),
        firm_adds: (
            "未经本系统的外发渠道清单；未被识别内容（图片、PDF 等附件）的管理。",
            "Channels that do not pass here; what becomes of images, PDF and other parts that are not read.",
        ),
        counted: report.totals.messages,
        worries: &[What::WeakMask, What::InClearWithoutBasis, What::InClearWithoutAssessment],
    }
}

fn biometrics(report: &Report) -> Said {
    let (messages, without) = (report.biometric.messages, report.biometric.without_alternative);
    let [m, w] = [messages, without].map(number);
    Said {
        law: LAW,
        article: ("第三十五条", "Art. 35"),
        duty: (
            "生物特征不得作为唯一认证方式，不得强制使用，使用前应当评估。",
            "Biometrics are never the only factor, never forced, and assessed first.",
        ),
        evidence: said(
            messages,
            format!("外发含生物特征信息的消息 {m} 条，其中未提供替代方式 {w} 条。"),
            format!("{m} messages with biometric data left, {w} of them without another way offered."),
        ),
        firm_adds: (
            "必要性和安全性评估报告；认证流程说明。",
            "The assessment of necessity and security; how log-in works.",
        ),
        counted: messages,
        worries: &[What::BiometricWithoutAlternative],
    }
}

fn management(report: &Report) -> Said {
    let alarms: u64 = report.house.alarms.iter().map(|row| row.raised).sum();
    let configurations: u64 = report.house.configurations.iter().map(|row| row.taken + row.refused).sum();
    let incidents = report.ledger.as_ref().map_or(0, |ledger| ledger.incidents.found);
    let [a, c, i] = [alarms, configurations, incidents].map(number);
    Said {
        law: LAW,
        article: ("第三十条、第五十七条、第五十九条", "Art. 30, 57, 59"),
        duty: (
            "建立个人信息保护的管理、应急和审计机制；年度报告；事件报告。",
            "Management, response and audit of data protection; the yearly report; reports of incidents.",
        ),
        evidence: said(
            alarms + configurations + incidents,
            format!("告警 {a} 次，配置变更 {c} 次，登记事件 {i} 起。本报告可作为年度报告的附件。"),
            format!("{a} alarms, {c} changes of configuration, {i} incidents. This report can go with the yearly one."),
        ),
        firm_adds: (
            "制度文件、岗位职责、应急演练和培训记录；报送回执。",
            "Rules, responsibilities, drills and training; receipts of what was reported.",
        ),
        counted: alarms + configurations + incidents,
        worries: &[What::AlarmOpen, What::IncidentNotTold],
    }
}
