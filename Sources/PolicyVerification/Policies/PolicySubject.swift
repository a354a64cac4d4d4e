// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// All that counts of an endpoint whose policies are asked in one direction. What is decided about
/// one endpoint holds for every other that is the same in this.
package struct PolicySubject: Hashable, Sendable {
    /// The policies that govern it.
    package let stack: PolicyStack
    package let direction: Direction
    /// Those of its ports that rules can mean by name at its end of packets; at the other end a name
    /// means the port of whoever is there (S27, S28).
    let namedPorts: Set<NamedPort>
    /// For each condition on the subject's own address that a rule has: the transports in which its
    /// address fulfils it.
    let own: [Peers: BitSet]
}
