//! Collecting nodes into groups.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::key::Layer;
use crate::node::{Group, Node};

/// Births and pages that share a group.
pub(crate) const GROUP: u64 = 48;

/// Nodes by layer and group.
#[derive(Debug, Default)]
pub(crate) struct Build {
    groups: BTreeMap<(Layer, u64), Vec<Node>>,
}

impl Build {
    /// Puts a node into a group of a layer.
    pub(crate) fn add(&mut self, layer: Layer, number: u64, node: Node) {
        self.groups.entry((layer, number)).or_default().push(node);
    }

    /// Puts the node of an entry into the group of its birth.
    pub(crate) fn add_born(&mut self, layer: Layer, birth: u32, node: Node) {
        self.add(layer, u64::from(birth) / GROUP, node);
    }

    /// The groups; within each the nodes stand by their keys, so that none ever changes places
    /// with another (a node that a browser moves loses its motion).
    pub(crate) fn finish(self) -> Vec<Rc<Group>> {
        let group = |((layer, number), mut nodes): ((Layer, u64), Vec<Node>)| {
            nodes.sort_by_key(|n| n.key);
            Rc::new(Group { layer, number, nodes })
        };
        self.groups.into_iter().map(group).collect()
    }
}
