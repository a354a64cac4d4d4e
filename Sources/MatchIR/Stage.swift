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

    /// Whether a policy about these packets of host endpoints is asked here.
    public func asks(_ traffic: HostTraffic) -> Bool {
        switch self {
        case .workload: true
        case .hostLocal: traffic == .local || traffic == .forwardedToo
        case .hostForward: traffic == .forwardedToo
        case .hostBeforeTranslation: traffic == .beforeTranslation
        case .hostUntracked: traffic == .untracked
        }
    }

    /// Whether packets that no rule decides go on, because others are to judge them yet.
    public var leavesUndecided: Bool {
        self == .hostBeforeTranslation || self == .hostUntracked
    }
}
