// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Which packets a class is about, and at which point of their way they are judged.
public enum Stage: String, Hashable, Sendable, CaseIterable {
    /// Packets to and from a workload.
    case workload
    /// What a node itself sends and receives by an interface.
    case hostLocal = "host"
    /// What a node forwards from or to an interface.
    case hostForward = "host-forward"
    /// What comes in by an interface, before its destination is translated.
    case hostBeforeTranslation = "host-before-translation"
    /// What comes in or goes out by an interface, before its connection is looked for.
    case hostUntracked = "host-untracked"
    /// What was let in before its destination was translated, when it comes to the node itself: the
    /// same policies, asked about the same destination.
    case hostTranslatedLocal = "host-translated"
    /// The same for what the node forwards.
    case hostTranslatedForward = "host-forward-translated"
    /// What was let in without a connection, when the node forwards it.
    case hostUntrackedForward = "host-forward-untracked"

    /// Whether a policy about these packets of host endpoints is asked here.
    public func asks(_ traffic: HostTraffic) -> Bool {
        switch self {
        case .workload: true
        case .hostLocal: traffic == .local || traffic == .forwardedToo
        case .hostForward: traffic == .forwardedToo
        case .hostBeforeTranslation, .hostTranslatedLocal, .hostTranslatedForward:
            traffic == .beforeTranslation
        case .hostUntracked, .hostUntrackedForward: traffic == .untracked
        }
    }

    /// Whether packets that no rule decides go on, because others are to judge them yet.
    public var leavesUndecided: Bool {
        switch self {
        case .workload, .hostLocal, .hostForward: false
        case .hostBeforeTranslation, .hostUntracked, .hostTranslatedLocal,
            .hostTranslatedForward, .hostUntrackedForward:
            true
        }
    }

    /// Whether the packets have been judged by the same policies before, and only those count here
    /// that these let in by name.
    public var asksAgain: Bool {
        switch self {
        case .workload, .hostLocal, .hostForward, .hostBeforeTranslation, .hostUntracked: false
        case .hostTranslatedLocal, .hostTranslatedForward, .hostUntrackedForward: true
        }
    }

    /// Whether packets are judged by the destination that they had before any translation.
    public var asksOriginalDestination: Bool {
        self == .hostTranslatedLocal || self == .hostTranslatedForward
    }
}
