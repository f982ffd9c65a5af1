//! The words of the language that matter here, whatever the dialect.

/// What statements begin with. Others are read as lines of text: commands of clients, notes, what is no SQL at all.
const STATEMENTS: [&str; 48] = [
    "ALTER",
    "ANALYZE",
    "BEGIN",
    "CALL",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DESC",
    "DESCRIBE",
    "DO",
    "DROP",
    "ELSE",
    "ELSIF",
    "END",
    "EXEC",
    "EXECUTE",
    "EXPLAIN",
    "FLUSH",
    "GRANT",
    "IF",
    "INSERT",
    "LOAD",
    "LOCK",
    "MERGE",
    "OPEN",
    "PRAGMA",
    "PREPARE",
    "REINDEX",
    "RENAME",
    "REPLACE",
    "RETURN",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "SHOW",
    "START",
    "TRUNCATE",
    "UNLOCK",
    "UPDATE",
    "USE",
    "VACUUM",
    "WITH",
];

/// What stands between `INSERT` or `COPY` and the name of the table.
const BEFORE_TABLE: [&str; 16] = [
    "INTO",
    "TABLE",
    "IGNORE",
    "LOW_PRIORITY",
    "HIGH_PRIORITY",
    "DELAYED",
    "OVERWRITE",
    "OR",
    "REPLACE",
    "ROLLBACK",
    "ABORT",
    "FAIL",
    "ONLY",
    "AS",
    "ALL",
    "FIRST",
];

/// What stands between `CREATE` and `TABLE`, or between that and the name.
const OF_CREATE: [&str; 18] = [
    "GLOBAL",
    "LOCAL",
    "TEMPORARY",
    "TEMP",
    "UNLOGGED",
    "EXTERNAL",
    "FOREIGN",
    "OR",
    "REPLACE",
    "COLUMN",
    "ROW",
    "HUGE",
    "PRIVATE",
    "MULTISET",
    "VOLATILE",
    "IF",
    "NOT",
    "EXISTS",
];

/// What begins an element of a table's definition that is no column.
const CONSTRAINTS: [&str; 12] = [
    "PRIMARY",
    "KEY",
    "UNIQUE",
    "CONSTRAINT",
    "INDEX",
    "FULLTEXT",
    "SPATIAL",
    "FOREIGN",
    "CHECK",
    "LIKE",
    "EXCLUDE",
    "PERIOD",
];

/// What compares a column with a value.
const COMPARING: [&str; 10] = ["LIKE", "ILIKE", "IN", "BETWEEN", "REGEXP", "RLIKE", "SIMILAR", "ANY", "SOME", "ALL"];

/// What may stand between a column and its value, or between two of its values.
const BESIDE: [&str; 7] = ["NOT", "AND", "BINARY", "ESCAPE", "IS", "TO", "ARRAY"];

/// What ends the list of what a query gives.
const BEHIND_LIST: [&str; 9] = ["FROM", "UNION", "WHERE", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "LIMIT", "ON"];

/// Words of the language that name no column.
const OTHERS: [&str; 44] = [
    "AS",
    "ASC",
    "BY",
    "CASE",
    "COMMENT",
    "CROSS",
    "DEFAULT",
    "DESC",
    "DISTINCT",
    "DUPLICATE",
    "ELSE",
    "END",
    "EXISTS",
    "FROM",
    "FULL",
    "GROUP",
    "HAVING",
    "IF",
    "INNER",
    "INTO",
    "JOIN",
    "LEFT",
    "LIMIT",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "RETURNING",
    "RIGHT",
    "SELECT",
    "SET",
    "TABLE",
    "THEN",
    "UNION",
    "UPDATE",
    "USING",
    "VALUE",
    "VALUES",
    "WHEN",
    "WHERE",
    "WITH",
    "KEY",
];

/// Whether `word` is this word of the language.
pub(super) fn is(word: &[u8], known: &str) -> bool {
    word.eq_ignore_ascii_case(known.as_bytes())
}

fn is_one_of(word: &[u8], known: &[&str]) -> bool {
    known.iter().any(|known| is(word, known))
}

pub(super) fn begins_statement(word: &[u8]) -> bool {
    is_one_of(word, &STATEMENTS)
}

pub(super) fn is_before_table(word: &[u8]) -> bool {
    is_one_of(word, &BEFORE_TABLE)
}

pub(super) fn is_of_create(word: &[u8]) -> bool {
    is_one_of(word, &OF_CREATE)
}

pub(super) fn begins_constraint(word: &[u8]) -> bool {
    is_one_of(word, &CONSTRAINTS)
}

/// `VALUES`, or as MySQL and Oracle let one write it, `VALUE`.
pub(super) fn is_values(word: &[u8]) -> bool {
    is_one_of(word, &["VALUES", "VALUE"])
}

pub(super) fn compares(word: &[u8]) -> bool {
    is_one_of(word, &COMPARING)
}

pub(super) fn is_beside(word: &[u8]) -> bool {
    is_one_of(word, &BESIDE)
}

pub(super) fn ends_list(word: &[u8]) -> bool {
    is_one_of(word, &BEHIND_LIST)
}

pub(super) fn is_other(word: &[u8]) -> bool {
    is_one_of(word, &OTHERS)
}
