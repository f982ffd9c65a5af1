//! Whether a text is SQL. Text is read as SQL only where its first statement is one in all respects, since a sentence may begin
//! with `Insert` or `Update`, and a log with a statement.

use super::token::{Kind, Lexer, Token};
use super::word;

/// What the first comment of a dump says.
const HEADS: [&[u8]; 3] = [b"MySQL dump", b"MariaDB dump", b"PostgreSQL database dump"];

/// So many tokens of a statement show its shape.
const SHAPE_TOKENS: usize = 512;

/// So many show that of `INSERT` and `UPDATE`.
const SHORT_SHAPE_TOKENS: usize = 16;

/// Whether an input that begins with `head` is SQL.
pub(crate) fn looks_like_sql(head: &[u8]) -> bool {
    let lexer = Lexer { input: head, is_end: false, is_mysql: false };
    let mut at = 0;
    while let Some(token) = next(lexer, at) {
        match token.kind {
            Kind::Space => {}
            Kind::LineComment | Kind::BlockComment => {
                let text = head[token.inner.clone()].trim_ascii_start();
                if HEADS.iter().any(|known| text.starts_with(known)) {
                    return true;
                }
            }
            _ => return is_statement(lexer, at),
        }
        at = token.span.end;
    }
    false
}

/// The token at `at`. `None` at the end, and where it is broken or cut off.
fn next(lexer: Lexer<'_>, at: usize) -> Option<Token> {
    if at >= lexer.input.len() {
        return None;
    }
    let whole = Lexer { is_end: true, ..lexer };
    lexer.token(at).ok().flatten().or_else(|| whole.token(at).ok().flatten())
}

/// Whether a statement begins at `from` and ends with a semicolon behind which another may begin, or with the input.
fn is_statement(lexer: Lexer<'_>, from: usize) -> bool {
    let mut shape = Vec::new();
    let mut at = from;
    let mut is_mysql = false;
    while let Some(token) = next(Lexer { is_mysql, ..lexer }, at) {
        is_mysql |= lexer.input[at] == b'`';
        at = token.span.end;
        let is_over = token.kind == Kind::Mark(b';');
        let is_ink = !matches!(token.kind, Kind::Space | Kind::LineComment | Kind::BlockComment);
        if is_ink && shape.len() < SHAPE_TOKENS {
            shape.push((token.kind, &lexer.input[token.inner]));
        }
        if is_over {
            return has_shape(&shape) && (has_word(&shape, "STDIN") || may_begin(lexer, at));
        }
    }
    // An input of one statement needs no semicolon.
    let is_alone = ["INSERT", "REPLACE", "UPDATE", "DELETE"].iter().any(|known| word_is(&shape, 0, known));
    at == lexer.input.len() && is_alone && has_shape(&shape)
}

/// What was seen of a statement in text.
pub(crate) struct Statement {
    /// How long it is. `None`: there is none.
    pub(crate) len: Option<usize>,
    /// How many bytes were looked at.
    pub(crate) read: usize,
}

/// The statement at the front of `text`, behind which other text may stand: up to a semicolon, to the end, or to what can be no
/// SQL, as far as no bracket is open.
pub(crate) fn statement(text: &[u8]) -> Statement {
    let mut lexer = Lexer { input: text, is_end: true, is_mysql: false };
    let mut shape = Vec::new();
    let (mut at, mut end, mut depth) = (0, 0, 0_u32);
    // So many tokens of the shape stand before the end.
    let mut closed = 0;
    let mut is_broken = false;
    while at < text.len() {
        let Ok(Some(token)) = lexer.token(at) else {
            // Its end was looked for in all that follows.
            is_broken = true;
            break;
        };
        lexer.is_mysql |= text[at] == b'`';
        at = token.span.end;
        match token.kind {
            Kind::Space => continue,
            Kind::Mark(b'(') => depth += 1,
            Kind::Mark(b')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if shape.len() < SHORT_SHAPE_TOKENS {
            shape.push((token.kind, &text[token.inner]));
            if shape.len() == SHORT_SHAPE_TOKENS && !has_shape(&shape) {
                return Statement { len: None, read: at };
            }
        }
        if depth == 0 {
            (end, closed) = (at, shape.len());
        }
        if token.kind == Kind::Mark(b';') {
            break;
        }
    }
    let is_one = closed > 2 && has_shape(&shape[..closed]);
    let read = if is_broken { text.len() } else { at };
    Statement { len: is_one.then_some(end), read }
}

/// Whether a statement or comment may begin behind a semicolon at `at`.
fn may_begin(lexer: Lexer<'_>, at: usize) -> bool {
    let rest = &lexer.input[at..];
    let at = at + rest.len() - rest.trim_ascii_start().len();
    match next(lexer, at) {
        None => true,
        Some(token) => match token.kind {
            Kind::LineComment | Kind::BlockComment | Kind::Mark(b'\\' | b'/' | b';' | b'#') => true,
            Kind::Word => {
                let word = &lexer.input[token.span];
                word::begins_statement(word) || word::is(word, "GO") || word::is(word, "DELIMITER")
            }
            _ => false,
        },
    }
}

type Shape<'a> = [(Kind, &'a [u8])];

fn has_shape(shape: &Shape<'_>) -> bool {
    let is = |at: usize, known: &str| word_is(shape, at, known);
    let Some((Kind::Word, first)) = shape.first() else { return false };
    match first.to_ascii_uppercase().as_slice() {
        b"INSERT" | b"REPLACE" => {
            let into = 1 + skipped(&shape[1..], word::is_before_table);
            let behind = behind_name(shape, into);
            let goes_on = ["VALUES", "VALUE", "SELECT", "SET"].iter().any(|known| is(behind, known));
            is(into - 1, "INTO") && behind > into && (goes_on || begins_list(shape, behind))
        }
        b"CREATE" => {
            let what = 1 + skipped(&shape[1..], word::is_of_create);
            let name = what + 1 + skipped(shape.get(what + 1..).unwrap_or_default(), word::is_of_create);
            let behind = behind_name(shape, name);
            (is(what, "TABLE")
                && behind > name
                && is_mark(shape, behind, b'(')
                && behind_name(shape, behind + 1) > behind + 1)
                || ((is(what, "DATABASE") || is(what, "SCHEMA")) && behind > name)
        }
        b"DROP" => {
            let name = if is(2, "IF") { 4 } else { 2 };
            let behind = behind_name(shape, name);
            let is_known = ["TABLE", "DATABASE", "SCHEMA", "VIEW", "SEQUENCE"].iter().any(|known| is(1, known));
            is_known && behind > name && (is_end(shape, behind) || is(behind, "CASCADE") || is(behind, "PURGE"))
        }
        b"COPY" => {
            let behind = behind_name(shape, 1);
            let is_whole = is(behind, "FROM") || begins_list(shape, behind);
            behind > 1 && is_whole && has_word(shape, "FROM") && has_word(shape, "STDIN")
        }
        b"SET" => {
            let marks = shape.iter().take_while(|(kind, _)| matches!(kind, Kind::Mark(b'@' | b'.') | Kind::Word));
            is_mark(shape, marks.count(), b'=') || is(1, "NAMES") || is(2, "TO")
        }
        b"USE" => behind_name(shape, 1) == 2 && is_end(shape, 2),
        b"BEGIN" => is_end(shape, 1),
        b"START" => is(1, "TRANSACTION") && is_end(shape, 2),
        b"LOCK" => is(1, "TABLES") && (has_word(shape, "WRITE") || has_word(shape, "READ")),
        b"UPDATE" => {
            let behind = behind_name(shape, 1);
            let set = if is(behind, "SET") { behind } else { behind + 1 };
            is(set, "SET") && is_mark(shape, behind_name(shape, set + 1), b'=')
        }
        b"DELETE" => is(1, "FROM") && (is(behind_name(shape, 2), "WHERE") || is_end(shape, behind_name(shape, 2))),
        b"ALTER" => is(1, "TABLE") && behind_name(shape, 2) > 2 && shape.len() > 4,
        _ => false,
    }
}

fn word_is(shape: &Shape<'_>, at: usize, known: &str) -> bool {
    matches!(shape.get(at), Some((Kind::Word, written)) if word::is(written, known))
}

fn has_word(shape: &Shape<'_>, known: &str) -> bool {
    (0..shape.len()).any(|at| word_is(shape, at, known))
}

fn is_mark(shape: &Shape<'_>, at: usize, mark: u8) -> bool {
    shape.get(at).is_some_and(|(kind, _)| *kind == Kind::Mark(mark))
}

/// Whether a list of names begins: `(a, b)`.
fn begins_list(shape: &Shape<'_>, at: usize) -> bool {
    let behind = behind_name(shape, at + 1);
    is_mark(shape, at, b'(') && behind > at + 1 && (is_mark(shape, behind, b',') || is_mark(shape, behind, b')'))
}

/// Whether the statement is over.
fn is_end(shape: &Shape<'_>, at: usize) -> bool {
    at == shape.len() || is_mark(shape, at, b';')
}

fn skipped(shape: &Shape<'_>, passes: fn(&[u8]) -> bool) -> usize {
    shape.iter().take_while(|(kind, written)| *kind == Kind::Word && passes(written)).count()
}

/// Where what stands behind a name begins: `a`, `a.b`, `"a"."b"`. At the name's own place where there is none.
fn behind_name(shape: &Shape<'_>, from: usize) -> usize {
    let is_name = |at: usize| matches!(shape.get(at), Some((Kind::Word | Kind::Name | Kind::DoubleQuoted(_), _)));
    let mut at = from;
    while is_name(at) {
        if !is_mark(shape, at + 1, b'.') {
            return at + 1;
        }
        at += 2;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_is_told_from_text() {
        for text in [
            "INSERT INTO khxx (khxm, zjzh) VALUES ('张三', '8800123456');\n",
            "insert into `a`.`b` values (1,'x'),(2,'y');\ninsert into b values (1);",
            "INSERT IGNORE INTO t(a) VALUES(1)",
            "REPLACE INTO t SET a = 1;",
            "-- MySQL dump 10.13  Distrib 8.0.36\n",
            "--\n-- PostgreSQL database dump\n--\n",
            "/*\n Navicat\n*/\n\nSET NAMES utf8mb4;\nSET FOREIGN_KEY_CHECKS = 0;\n",
            "SET statement_timeout = 0;\nSET lock_timeout = 0;\n",
            "CREATE TABLE IF NOT EXISTS \"CRM\".\"KHXX\" (\n  \"KHXM\" VARCHAR2(60)\n);\n",
            "DROP TABLE IF EXISTS `khxx`;\nCREATE TABLE `khxx` (`a` int);\n",
            "COPY public.t (a, b) FROM stdin;\n1\t2\n\\.\n",
            "USE crm;\nGO\n",
            "BEGIN;\nINSERT INTO t VALUES (1);\nCOMMIT;\n",
            "UPDATE khxx SET sj = '1' WHERE khh = 2;",
            "DELETE FROM t WHERE a = 1;\n-- done\n",
            "ALTER TABLE t ADD COLUMN a int;\n",
            "LOCK TABLES `a` WRITE;\n",
        ] {
            assert!(looks_like_sql(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn text_that_only_begins_like_sql_is_none() {
        for text in [
            "",
            ";",
            "-- \n",
            "---\ntitle: x\n",
            "Insert the card into the reader; then wait.\n",
            "insert into the form (page 2) your name",
            "Create table reservations (2 persons) online",
            "Insert into form (page 2) your name",
            "Drop the table; it is broken.\n",
            "Use the app; it's easy.\n",
            "Update your app; set a new password = safe.\n",
            "Set a = 1 and go on",
            "Begin here.\n",
            "Copy this from the list; then go.\n",
            "Copy it (the file) and send it from your phone.\n",
            "Delete from the list; done.\n",
            "SELECT name, phone\nFROM customers\nWHERE id = 1\n",
            "INSERT INTO t (a) VALUES ('x');\n2026-11-23 10:00:00 INFO it's done\n",
            "2026-11-23 INSERT INTO t (a) VALUES (1);\n",
            "INSERT INTO t (a) VALUES ('x)\nit is\n",
            "WITH love; from us.\n",
            "Start: now; end: later",
        ] {
            assert!(!looks_like_sql(text.as_bytes()), "{text}");
        }
    }
}
