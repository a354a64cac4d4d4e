// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NftablesModel

/// What stands in front of the packets that a rule writes to the kernel's log.
enum LogPrefix {
    /// In bytes; the kernel keeps one more for the end (`NF_LOG_PREFIXLEN`).
    static let maximumLength = 127

    /// `sluice security: GlobalNetworkPolicy block ingress[0]: `.
    ///
    /// Where there is not so much room, the rule's name is left out first; then the end of what is
    /// in front of the rule's position, with `...` in its place.
    static func text(_ origin: RuleOrigin) -> String {
        let whole = Comment.plain("sluice \(origin): ")
        if whole.utf8.count <= maximumLength { return whole }
        var place = origin.rule
        place?.name = nil
        let end = (place.map { " \($0)" } ?? "") + ": "
        let head = Comment.plain("sluice \(origin.ofPolicy)")
        if head.utf8.count + end.utf8.count <= maximumLength { return head + end }
        return String(head.prefix(maximumLength - 3 - end.utf8.count)) + "..." + end
    }
}
