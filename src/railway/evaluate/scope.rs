//! Names in sight.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::value::Val;
use crate::source::Text;

/// One block's names.
pub struct Scope {
    names: RefCell<HashMap<Text, Val>>,
    parent: Option<Rc<Scope>>,
    /// How many undecided branches enclosed it when it was made.
    pub doubts: usize,
}

impl Scope {
    pub fn new(parent: Option<Rc<Scope>>, doubts: usize) -> Rc<Scope> {
        Rc::new(Scope { names: RefCell::default(), parent, doubts })
    }

    pub fn declare(&self, name: Text, value: Val) {
        self.names.borrow_mut().insert(name, value);
    }

    pub fn get(&self, name: &str) -> Option<Val> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some(value) = here.names.borrow().get(name) {
                return Some(value.clone());
            }
            scope = here.parent.as_deref();
        }
        None
    }

    /// The scope that declares a name.
    pub fn holder(self: &Rc<Scope>, name: &str) -> Option<Rc<Scope>> {
        let mut scope = Some(self.clone());
        while let Some(here) = scope {
            if here.names.borrow().contains_key(name) {
                return Some(here);
            }
            scope = here.parent.clone();
        }
        None
    }

    /// Forgets everything: closures and scopes hold each other.
    pub fn clear(&self) {
        self.names.borrow_mut().clear();
    }
}
