//! What the decoder knows of HTML's elements and attributes by their names.

/// Elements that end a line of text or are controls, so that text before and after them does not belong together.
/// Everything else, unknown elements included, is in the line (HTML §15.3). In order.
const BLOCKS: [&str; 75] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "iframe",
    "input",
    "legend",
    "li",
    "link",
    "listing",
    "main",
    "menu",
    "meta",
    "nav",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "p",
    "plaintext",
    "pre",
    "script",
    "search",
    "section",
    "select",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "video",
    "xmp",
];

/// The longest of their names.
const BLOCK_LIMIT_BYTES: usize = 10;

/// Elements in the line that a number may have inside it, by names that no element of a record has: `code`, `data`, `label`
/// and `time` are met in XML as often.
const IN_LINE: [&str; 29] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "dfn", "del", "em", "font", "i", "img", "ins", "kbd",
    "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "wbr",
];

/// Whether nothing but HTML has an element of this name, as far as a name can say that.
pub(super) fn is_element(name: &[u8]) -> bool {
    is_one_of(&IN_LINE, name) || is_block(name) || is_custom(name)
}

/// `x-mark`: a page's own elements have a hyphen in their names.
fn is_custom(name: &[u8]) -> bool {
    name.contains(&b'-') && name[0].is_ascii_alphabetic() && name.iter().all(|b| b.is_ascii_alphabetic() || *b == b'-')
}

/// Whether an attribute is one that is written without a value.
pub(super) fn is_switch(name: &[u8]) -> bool {
    const SWITCHES: [&str; 20] = [
        "async",
        "autofocus",
        "border",
        "checked",
        "compact",
        "controls",
        "defer",
        "disabled",
        "hidden",
        "ismap",
        "loop",
        "multiple",
        "muted",
        "novalidate",
        "nowrap",
        "open",
        "readonly",
        "required",
        "reversed",
        "selected",
    ];
    is_one_of(&SWITCHES, name)
}

/// Whether the element ends the text before it.
pub(super) fn is_block(name: &[u8]) -> bool {
    // Asked for every tag, so the list is not gone through.
    let mut buffer = [0; BLOCK_LIMIT_BYTES];
    let Some(lower) = buffer.get_mut(..name.len()) else { return false };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    BLOCKS.binary_search_by(|known| known.as_bytes().cmp(lower)).is_ok()
}

/// Whether line ends are shown in the element.
pub(super) fn is_preformatted(name: &[u8]) -> bool {
    is_one_of(&["pre", "textarea", "listing", "plaintext", "xmp"], name)
}

/// Whether an attribute's value is text whose meaning the element's name or label gives: `<input name="idNo" value="…">`.
pub(super) fn is_value_attribute(name: &[u8]) -> bool {
    is_one_of(&["value", "content"], name)
}

/// Whether an attribute names the field that its element is.
pub(super) fn is_naming_attribute(name: &[u8]) -> bool {
    let names =
        ["name", "id", "itemprop", "property", "placeholder", "aria-label", "data-label", "data-field", "data-name"];
    is_one_of(&names, name)
}

/// Whether an attribute is HTML's own, so that its name says nothing about a value: `title`, `name` and `address` would
/// be taken for fields of a record.
pub(super) fn is_standard_attribute(name: &[u8]) -> bool {
    const STANDARD: [&str; 44] = [
        "abbr",
        "accept",
        "action",
        "align",
        "alt",
        "autocomplete",
        "background",
        "bgcolor",
        "border",
        "charset",
        "cite",
        "class",
        "color",
        "cols",
        "colspan",
        "coords",
        "datetime",
        "dir",
        "download",
        "face",
        "for",
        "form",
        "headers",
        "height",
        "href",
        "http-equiv",
        "label",
        "lang",
        "list",
        "media",
        "method",
        "pattern",
        "rel",
        "role",
        "rowspan",
        "size",
        "span",
        "src",
        "srcdoc",
        "style",
        "target",
        "title",
        "type",
        "width",
    ];
    is_naming_attribute(name)
        || is_one_of(&STANDARD, name)
        || name.get(..2).is_some_and(|n| n.eq_ignore_ascii_case(b"on"))
}

/// Whether `name` is one of `names`, which are in lower case.
pub(super) fn is_one_of(names: &[&str], name: &[u8]) -> bool {
    names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_in_order_and_short() {
        assert!(BLOCKS.is_sorted());
        assert_eq!(BLOCKS.iter().map(|name| name.len()).max(), Some(BLOCK_LIMIT_BYTES));
    }

    #[test]
    fn elements_in_and_out_of_the_line() {
        for name in ["p", "TD", "br", "h1", "Input"] {
            assert!(is_block(name.as_bytes()), "{name}");
        }
        for name in ["b", "span", "a", "font", "img", "wbr", "x-name", ""] {
            assert!(!is_block(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn names_are_in_order_and_in_lower_case() {
        assert!(BLOCKS.is_sorted());
        assert!(BLOCKS.iter().all(|name| name.bytes().all(|b| !b.is_ascii_uppercase())));
        assert!(is_standard_attribute(b"onClick") && is_standard_attribute(b"Name") && !is_standard_attribute(b"idno"));
    }
}
