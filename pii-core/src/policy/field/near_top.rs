//! The names of fields that stand near the top of a document.

/// A field that stands near the top.
#[derive(Clone, Copy)]
pub(super) struct NearTop<'p> {
    /// Its name.
    pub(super) name: &'p str,
    /// The key of the array in the outermost object in an element of which it stands, if it stands in one.
    pub(super) list: Option<&'p str>,
}

impl<'p> NearTop<'p> {
    /// The field at the path `field`, if it stands near the top; see
    /// [`means_near_top`](super::Field::means_near_top). A path of another kind (a form's key, a column's title) is a name as a
    /// whole, but for the index of an element.
    pub(super) fn of(field: &'p str) -> Option<Self> {
        if let Some(path) = field.strip_prefix('$') {
            return of_json(path);
        }
        let name = match field.strip_prefix('/') {
            Some(path) => of_xml(path)?,
            None => without_index(field),
        };
        Some(Self { name, list: None })
    }
}

fn of_json(path: &str) -> Option<NearTop<'_>> {
    let in_object = |path, list| key(path).and_then(last).map(|name| NearTop { name, list });
    if let Some(near) = in_object(path, None) {
        return Some(near);
    }
    // What holds the object in which the field stands: an array, or a key and an array under it.
    if let Some(element) = index(path) {
        return in_object(element, None);
    }
    let (list, array) = key(path)?;
    in_object(index(array)?, Some(list))
}

/// The name, if nothing but the index of an element follows it.
fn last<'p>((name, rest): (&'p str, &'p str)) -> Option<&'p str> {
    (rest.is_empty() || index(rest) == Some("")).then_some(name)
}

/// The key that a path begins with, and the rest. A key that looks like several steps makes none: whoever writes keys may not
/// lead elsewhere with them.
fn key(path: &str) -> Option<(&str, &str)> {
    if let Some(path) = path.strip_prefix('.') {
        return Some(path.split_at(path.find(['.', '[']).unwrap_or(path.len())));
    }
    let (name, rest) = path.strip_prefix("[\"")?.split_once("\"]")?;
    (!name.contains(['"', '[', ']']) && !rest.contains("\"]")).then_some((name, rest))
}

/// What follows the index that a path begins with.
fn index(path: &str) -> Option<&str> {
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    (!index.is_empty() && index.bytes().all(|b| b.is_ascii_digit())).then_some(rest)
}

/// An element right below the root.
fn of_xml(path: &str) -> Option<&str> {
    let (_, name) = path.split_once('/')?;
    (!name.contains(['/', '@'])).then_some(name)
}

/// `mobiles` of `mobiles[2]` and of `mobiles[]`.
fn without_index(key: &str) -> &str {
    let before = key.strip_suffix(']').and_then(|inner| inner.rsplit_once('['));
    match before {
        Some((name, index)) if index.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => key,
    }
}
