//! Messages about customers, as a partner is sent them.

use pii_tests::generate::{Generator, slot};

/// What a customer's record holds, by the names of generators and fields.
const FIELDS: [(&str, &str); 6] = [
    ("name", "name"),
    ("id18", "idNo"),
    ("mobile", "mobile"),
    ("card", "bankCard"),
    ("email", "email"),
    ("addr", "address"),
];

/// What stands in a record that is about nobody.
const REST: &str = "\"product\":\"中证500指数增强\",\"branch\":\"上海第二营业部\",\"channel\":\"app\",\"risk\":\"R3\",\"amount\":\"12000.00\",\
                    \"currency\":\"CNY\",\"status\":\"confirmed\",\"remark\":\"本产品不保证本金和收益，市场有风险，投资需谨慎。\"";

/// A message, and what must not leave of it.
pub(crate) struct Message {
    pub(crate) body: Vec<u8>,
    planted: Vec<String>,
}

impl Message {
    /// A list of customers of at most so many bytes, filled up with text to about that.
    pub(crate) fn of_about(bytes: usize) -> Self {
        let mut generator = Generator::new(20_261_127);
        let (mut body, mut planted) = (String::from("{\"customers\":["), Vec::new());
        loop {
            let mut record = String::from("{");
            let mut values = Vec::new();
            for (name, field) in FIELDS {
                let value = slot(name).expect("a generator").value(&mut generator);
                record.push_str(&format!("\"{field}\":\"{value}\","));
                values.push(value);
            }
            record.push_str(REST);
            record.push('}');
            if !planted.is_empty() && body.len() + record.len() + 2 > bytes {
                break;
            }
            if !planted.is_empty() {
                body.push(',');
            }
            body.push_str(&record);
            planted.append(&mut values);
        }
        let room = bytes.saturating_sub(body.len() + 14);
        body.push_str(&format!("],\"memo\":\"{}\"}}", "-".repeat(room)));
        Self { body: body.into_bytes(), planted }
    }

    /// Whether none of what was planted stands in `body`, and as many records do.
    pub(crate) fn is_masked_in(&self, body: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(body) else { return false };
        let count = |text: &str| text.matches("\"idNo\"").count();
        self.planted.iter().all(|value| !text.contains(value.as_str()))
            && count(text) == self.planted.len() / FIELDS.len()
    }
}
