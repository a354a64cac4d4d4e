// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// What rules can ask about a packet besides its headers: its connection's state, and whether its
/// source is one of this node's own addresses. A set of such moments.
struct Circumstances: OptionSet, Hashable, Sendable {
    /// A bit for each pair of a connection state and an origin.
    let rawValue: UInt16

    /// Exactly one of these is true of a packet.
    static let states: [ConnectionStates] = [.new, .established, .related, .invalid, .untracked]

    /// One pair.
    init(_ state: Int, isFromThisNode: Bool) {
        rawValue = 1 << UInt16(state + (isFromThisNode ? Self.states.count : 0))
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Every pair of these.
    init(states: ConnectionStates, isFromThisNode: Bool) {
        self = Self.each.reduce(into: Circumstances()) { result, pair in
            if states.contains(pair.state), pair.isFromThisNode == isFromThisNode {
                result.formUnion(pair.value)
            }
        }
    }

    /// All pairs, one by one.
    static let each: [(value: Circumstances, state: ConnectionStates, isFromThisNode: Bool)] =
        [false, true].flatMap { isLocal in
            states.indices.map {
                (Circumstances($0, isFromThisNode: isLocal), states[$0], isLocal)
            }
        }

    /// Everything that can be.
    static let all = Circumstances(rawValue: 1 << UInt16(2 * states.count) - 1)

    /// Packets that policies judge: new ones, those that fit no connection (S41), and untracked
    /// ones, from elsewhere.
    static let judged = Circumstances(states: [.new, .invalid, .untracked], isFromThisNode: false)
}

extension ConnectionStates {
    /// Every state that a packet can be in.
    static let every: ConnectionStates = [.new, .established, .related, .invalid, .untracked]
}
