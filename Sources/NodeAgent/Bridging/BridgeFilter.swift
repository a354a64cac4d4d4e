// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives

/// The kernel's `br_netfilter` in the present network namespace: it passes packets that a bridge
/// forwards to the hooks of IP (S51).
struct BridgeFilter {
    /// Whether the module is there at all.
    let isLoaded: Bool
    /// The families whose packets it passes on, on every bridge.
    let judgedFamilies: Set<AddressFamily>

    /// Reads the settings as they are now.
    init() {
        let values = AddressFamily.allCases.map { ($0, Self.value(of: Self.setting(for: $0))) }
        isLoaded = values.contains { $0.1 != nil }
        judgedFamilies = Set(values.filter { $0.1 == "1" }.map(\.0))
    }

    /// The name of the setting, as `sysctl` takes it.
    static func setting(for family: AddressFamily) -> String {
        switch family {
        case .ipv4: "net.bridge.bridge-nf-call-iptables"
        case .ipv6: "net.bridge.bridge-nf-call-ip6tables"
        }
    }

    private static func value(of setting: String) -> String? {
        let path = "/proc/sys/" + setting.split(separator: ".").joined(separator: "/")
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
