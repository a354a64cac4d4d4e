// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NftablesModel
import PolicyModel

extension Stage {
    /// What lets a packet go on. Where others have their say behind, it returns.
    func allow(_ direction: Direction) -> Verdict {
        switch self {
        case .workload: direction == .ingress ? .accept : .return
        case .hostLocal, .hostBeforeTranslation, .hostTranslatedLocal: .accept
        case .hostForward: .return
        case .hostUntracked: .goto(FixedName.leaveUntracked)
        case .hostTranslatedForward, .hostUntrackedForward: .goto(FixedName.admitted)
        }
    }

    /// What becomes of a packet that no rule decides where the tier denies.
    var undecided: Verdict {
        switch self {
        case .workload: .goto(FixedName.isolated)
        case .hostLocal, .hostForward: .drop
        case .hostBeforeTranslation, .hostUntracked, .hostTranslatedLocal,
            .hostTranslatedForward, .hostUntrackedForward:
            .return
        }
    }
}
