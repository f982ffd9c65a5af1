//! Accounts of the securities, fund and futures trade. None has a public check digit.

use super::{Generator, Sign, Slot};

const fn slot(
    name: &'static str,
    kind: &'static str,
    label: &'static str,
    field: &'static str,
    make: fn(&mut Generator) -> String,
) -> Slot {
    Slot { name, kind, sign: Sign::Nothing, label, field, make }
}

pub(super) const SLOTS: &[Slot] = &[
    Slot { sign: Sign::Shape, ..slot("sh", "securities_account", "沪A股东账户", "shAccount", shanghai) },
    Slot { sign: Sign::Shape, ..slot("cr", "securities_account", "信用账户", "creditAccount", credit) },
    slot("sz", "securities_account", "深A股东账户", "szAccount", shenzhen),
    slot("bj", "securities_account", "北交所证券账户", "stockAccount", shenzhen),
    slot("ymt", "unified_account", "一码通账户", "ymtCode", unified),
    slot("fundacc", "fund_account", "基金账号", "taAccount", fund),
    slot("tcode", "futures_account", "交易编码", "tradingCode", trading_code),
    slot("tcode8", "futures_account", "交易编码", "ClientID", client_part),
    slot("cash", "capital_account", "资金账号", "fundAccount", capital),
    slot("cust", "customer_no", "客户号", "custNo", customer),
];

fn shanghai(g: &mut Generator) -> String {
    let letter = g.random.pick(&["A", "A", "A", "A", "A", "A", "B", "D", "F"]);
    if g.random.chance(5) {
        return format!("C9{}", g.random.digits(8));
    }
    letter.to_owned() + &g.random.digits(9)
}

fn credit(g: &mut Generator) -> String {
    if g.random.chance(70) { format!("E{}", g.random.digits(9)) } else { format!("06{}", g.random.digits(8)) }
}

fn shenzhen(g: &mut Generator) -> String {
    let start = g.random.pick(&["00", "01", "02", "03", "05", "08", "20"]);
    start.to_owned() + &g.random.digits(8)
}

fn unified(g: &mut Generator) -> String {
    g.random.pick(&["18", "19"]).to_owned() + &g.random.digits(10)
}

fn fund(g: &mut Generator) -> String {
    let start = g.random.pick(&["98", "99", "05", "27", "40"]);
    start.to_owned() + &g.random.digits(10)
}

/// Four digits of the member, eight of the client.
fn trading_code(g: &mut Generator) -> String {
    format!("0{}{}", g.random.digits(3), g.random.digits(8))
}

fn client_part(g: &mut Generator) -> String {
    g.random.digits(8)
}

fn capital(g: &mut Generator) -> String {
    let length = g.random.pick(&[8, 10, 12]);
    g.random.number(length)
}

fn customer(g: &mut Generator) -> String {
    let length = g.random.pick(&[8, 10, 12]);
    g.random.number(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_have_the_length_of_their_kind() {
        let mut g = Generator::new(4);
        for _ in 0..200 {
            assert_eq!(shanghai(&mut g).len(), 10);
            assert_eq!(credit(&mut g).len(), 10);
            assert_eq!(shenzhen(&mut g).len(), 10);
            assert_eq!((unified(&mut g).len(), fund(&mut g).len(), trading_code(&mut g).len()), (12, 12, 12));
        }
    }
}
