//! The same value in other texts of its record.

use super::Collector;
use crate::path::Trail;
use crate::record::{Again, Found, Origin, Way};
use crate::routing::Receivers;
use crate::sink::{Draft, RecordId, SyntaxError};
use pii_core::{Finding, OffsetMap, SHORTEST_VALUE_BYTES};
use std::ops::Range;
use std::sync::Arc;

impl Collector<'_> {
    /// Adds the values that other texts of the record have given away (the account in an attachment's name), and finds in
    /// those texts what this one gives away.
    pub(super) fn find_again(
        &mut self,
        text: &[u8],
        map: &OffsetMap,
        draft: &Draft<'_>,
        record: RecordId,
        routing: Option<&Arc<Receivers>>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), SyntaxError> {
        if text.len() < SHORTEST_VALUE_BYTES && findings.is_empty() {
            return Ok(());
        }
        let place = self.place(draft.place, draft.source.start)?;
        let seen = self.records.seen(record);
        let is_kept = seen.is_worth_keeping(text, findings);
        let new = seen.learn(findings, text);
        seen.find_again(text, findings);
        let again = seen.look_back(new);
        if is_kept {
            let way = if draft.place.token.is_whole() {
                Way::Whole(self.token_pieces(draft))
            } else {
                self.frame.way(map, text.len())
            };
            let frame = &self.frame;
            let path = |out: &mut Trail| {
                frame.write_path(out);
                draft.path.write(out);
            };
            let origin = Origin { layer: frame.layer, place, way, routing: routing.cloned() };
            self.records.seen(record).keep(text, findings, path, origin);
        }
        for Again { finding, value, path, origin } in again {
            let span = finding.span();
            let pieces = origin.way.pieces(span.clone());
            let mut found = Found::new(finding, &value, pieces, origin.layer, origin.place, path);
            found.routing = origin.routing.map(|text| (text, span));
            self.records.add(record, found);
        }
        Ok(())
    }

    /// Where the whole token stands.
    pub(super) fn token_pieces(&self, draft: &Draft<'_>) -> Vec<Range<u64>> {
        let mut pieces = Vec::with_capacity(1);
        self.frame.pieces(draft.source.clone(), &mut pieces);
        pieces
    }
}
