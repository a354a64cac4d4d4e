// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyVerification

extension VerificationReport {
    /// What is different or in doubt, for a test's failure.
    var inShort: String {
        let texts =
            differences.map { "\($0.probe.text) is \($0.isAccepted ? "passed" : "dropped")" }
            + doubts.map { doubt in
                doubt.reason + (doubt.probe.map { " for \($0.text)" } ?? "")
            }
        return texts.prefix(3).joined(separator: "; ")
    }
}

extension ProbePacket {
    /// The packet's fields, its connection's state and its way.
    var text: String {
        let port = packet.sourcePort.map { " from port \($0)" } ?? ""
        let own = packet.isFromThisNode ? ", the node's own" : ""
        return
            "\(description)\(port), connection state \(packet.connection.rawValue), \(journey)\(own)"
    }
}
