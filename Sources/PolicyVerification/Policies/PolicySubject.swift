// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// All that counts of an endpoint whose policies are asked in one direction. What is decided about
/// one endpoint holds for every other that is the same in this.
package struct PolicySubject: Hashable, Sendable {
    /// The policies that govern it.
    package let stack: PolicyStack
    package let direction: Direction
    /// Those of its ports that rules can mean by name; on egress none, since a name then means the
    /// port of whoever receives (S27, S28).
    let namedPorts: Set<NamedPort>
}
