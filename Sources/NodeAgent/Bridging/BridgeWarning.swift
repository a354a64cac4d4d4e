// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import PolicyModel

/// Governed pods stand behind a bridge that forwards packets between its ports past the hooks that
/// the rules are at (S51).
public struct BridgeWarning: Sendable {
    /// The bridge's name.
    public var bridge: String
    /// How many governed pods stand behind it.
    public var pods = 0
    /// The families whose packets it forwards unjudged.
    public var families: Set<AddressFamily> = []
    /// Whether there is a setting to change.
    public var isFilterLoaded: Bool
}

extension BridgeWarning: CustomStringConvertible {
    /// What is not enforced, why, and what to do about it.
    public var description: String {
        let families = families.sorted()
        let names = families.map { $0 == .ipv4 ? "IPv4" : "IPv6" }.joined(separator: " and ")
        let settings = families.map { "\(BridgeFilter.setting(for: $0))=1" }
        let remedy =
            (isFilterLoaded ? "" : "modprobe br_netfilter; ")
            + "sysctl \(settings.joined(separator: " "))"
        return """
            policies are not enforced between pods on bridge \(bridge): it stands before \(pods) \
            governed pod\(pods == 1 ? "" : "s") here, and forwards \(names) packets past the hooks \
            of IP, because br_netfilter is \(isFilterLoaded ? "switched off" : "not loaded"); \
            to enforce them: \(remedy)
            """
    }
}

extension BridgeWarning {
    /// Looks for such bridges in the present network namespace, and says nothing of what cannot be
    /// found out.
    ///
    /// - Parameter pods: the addresses of each governed pod.
    public static func all(_ pods: some Collection<EndpointAddresses>) -> [BridgeWarning] {
        let filter = BridgeFilter()
        guard filter.judgedFamilies.count < AddressFamily.allCases.count,
            let links = RoutedLinks()
        else { return [] }
        return all(pods, filter, links)
    }

    private static func all(
        _ pods: some Collection<EndpointAddresses>, _ filter: BridgeFilter,
        _ links: consuming RoutedLinks
    ) -> [BridgeWarning] {
        var warnings: [String: BridgeWarning] = [:]
        for pod in pods where !links.isExhausted {
            var unjudged: [String: Set<AddressFamily>] = [:]
            for address in pod.firstOfEachFamily {
                let family = address.family
                guard !filter.judgedFamilies.contains(family),
                    let link = links.link(toward: address), link.isBridge,
                    !(filter.isLoaded && link.hookedFamilies.contains(family))
                else { continue }
                unjudged[link.name, default: []].insert(family)
            }
            for (bridge, families) in unjudged {
                let none = BridgeWarning(bridge: bridge, isFilterLoaded: filter.isLoaded)
                warnings[bridge, default: none].pods += 1
                warnings[bridge]!.families.formUnion(families)
            }
        }
        return warnings.values.sorted { $0.bridge < $1.bridge }
    }
}

/// The interfaces to which addresses are routed, each looked at once.
private struct RoutedLinks {
    /// A node that routes has an interface for each pod, and none of them is a bridge: these many
    /// are enough to tell.
    private static let limit = 16

    private let lookup: RouteLookup
    private var known: [UInt32: NetworkLink?] = [:]

    init?() {
        guard let lookup = try? RouteLookup() else { return nil }
        self.lookup = lookup
    }

    var isExhausted: Bool { known.count >= Self.limit }

    mutating func link(toward address: IPAddress) -> NetworkLink? {
        guard let number = try? lookup.interface(toward: address) else { return nil }
        if let link = known[number] { return link }
        let link = try? lookup.link(number)
        known[number] = .some(link)
        return link
    }
}

extension EndpointAddresses {
    fileprivate var firstOfEachFamily: [IPAddress] {
        [ipv4.first.map(IPAddress.ipv4), ipv6.first.map(IPAddress.ipv6)].compactMap(\.self)
    }
}
