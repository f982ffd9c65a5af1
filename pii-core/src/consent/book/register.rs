//! Requests that wait for an answer, and incidents.

use super::super::fault::Fault;
use super::super::id::{Code, SubjectId};
use super::super::rights::{Incident, RightsAnswer, RightsRequest};
use crate::time::{Date, Moment};
use std::collections::BTreeMap;

/// A request that was not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// Whose.
    pub subject: SubjectId,
    /// What they ask for.
    pub request: RightsRequest,
    /// When it came.
    pub received_at: Moment,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Register {
    open: BTreeMap<Code, OpenRequest>,
    incidents: BTreeMap<Code, Incident>,
}

impl Register {
    pub(crate) fn receive(&mut self, subject: SubjectId, request: &RightsRequest, received_at: Moment) {
        let open = OpenRequest { subject, request: request.clone(), received_at };
        self.open.entry(request.id.clone()).or_insert(open);
    }

    pub(crate) fn is_open(&self, subject: SubjectId, id: &Code) -> bool {
        self.open.get(id).is_some_and(|open| open.subject == subject)
    }

    pub(crate) fn answer(&mut self, subject: SubjectId, answer: &RightsAnswer) -> Result<(), Fault> {
        if !self.is_open(subject, &answer.id) {
            return Err(Fault::NoSuchRequest);
        }
        self.open.remove(&answer.id);
        Ok(())
    }

    pub(crate) fn report(&mut self, incident: &Incident) {
        self.incidents.insert(incident.id.clone(), incident.clone());
    }

    pub(crate) fn open(&self) -> impl Iterator<Item = &OpenRequest> {
        self.open.values()
    }

    pub(crate) fn overdue(&self, today: Date) -> impl Iterator<Item = &OpenRequest> {
        self.open().filter(move |open| open.request.due < today)
    }

    pub(crate) fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.values()
    }
}
