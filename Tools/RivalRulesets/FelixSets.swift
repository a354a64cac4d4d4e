// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyResolution

/// Felix's sets of selectors: everything that a selector matches in the cluster, endpoints and
/// network sets, with the interval flag. An address that a block of the set covers is left out, as
/// such sets refuse overlaps.
struct FelixSets {
    private let resolution: Resolution
    private let family: AddressFamily
    private var names: [EndpointSelector: String] = [:]
    private var selectors: [EndpointSelector] = []

    init(_ resolution: Resolution, _ family: AddressFamily) {
        self.resolution = resolution
        self.family = family
    }

    /// The name of a selector's set.
    mutating func name(of selector: EndpointSelector) -> String {
        if let known = names[selector] { return known }
        let name = "selector-\(selectors.count)"
        names[selector] = name
        selectors.append(selector)
        return name
    }

    /// Writes all sets that were named.
    func write(_ text: inout RulesetText) {
        for selector in selectors {
            text.set(
                names[selector]!, type: family == .ipv4 ? "ipv4_addr" : "ipv6_addr",
                isInterval: true, elements(of: EndpointPeer(selector)))
        }
    }

    private func elements(of peer: EndpointPeer) -> [String] {
        let blocks = resolution.blocks(of: peer)
        let single = resolution.addresses(of: peer)
        switch family {
        case .ipv4:
            return single.ipv4.filter { !blocks.ipv4.contains($0) }.map { "\(IPAddress.ipv4($0))" }
                + blocks.ipv4.intervals.map(\.blockText)
        case .ipv6:
            return single.ipv6.filter { !blocks.ipv6.contains($0) }.map { "\(IPAddress.ipv6($0))" }
                + blocks.ipv6.intervals.map(\.blockText)
        }
    }
}
