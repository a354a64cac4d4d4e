// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Some of the cluster's things as peers: what a selector matches, of these those that give a named
/// port a certain number, and of their addresses those within certain blocks; or the endpoints
/// behind a Service; or nodes.
///
/// Formulas hold each of them many times and look them up often, so that they share their content,
/// which is hashed once.
public struct EndpointPeer: Sendable {
    private let content: Content

    /// What gives a peer its addresses.
    public enum Source: Hashable, Sendable {
        /// The endpoints that the selector matches and, as far as it reaches them, network sets.
        case endpoints(EndpointSelector)
        /// The endpoints behind a Service, of these those that have a port; nil for all.
        case service(ServiceID, ServicePort?)
        /// The nodes whose labels match (S56).
        case nodes(Selector)
    }

    private final class Content: Sendable {
        let source: Source
        let port: NamedPort?
        let within: AddressSet?
        let hash: Int

        init(_ source: Source, _ port: NamedPort? = nil, _ within: AddressSet? = nil) {
            self.source = source
            self.port = port
            self.within = within
            var hasher = Hasher()
            hasher.combine(source)
            hasher.combine(port)
            hasher.combine(within)
            hash = hasher.finalize()
        }
    }

    /// What a selector matches.
    public init(_ selector: EndpointSelector, port: NamedPort? = nil, within: AddressSet? = nil) {
        content = Content(.endpoints(selector), port, within)
    }

    /// The endpoints behind a Service that have a port, or all of them.
    public init(_ service: ServiceID, port: ServicePort? = nil) {
        content = Content(.service(service, port))
    }

    /// The nodes whose labels match.
    public init(nodes selector: Selector) { content = Content(.nodes(selector)) }

    /// What is meant.
    public var source: Source { content.source }
    /// The named port that the endpoint must define just so; nil where it need not (S28).
    public var port: NamedPort? { content.port }
    /// The addresses that count; nil for all.
    public var within: AddressSet? { content.within }

    /// The selector of endpoints; nil where none is asked.
    public var selector: EndpointSelector? {
        if case .endpoints(let selector) = source { selector } else { nil }
    }

    /// Network sets can be meant too, which give no port a number and have no account's labels.
    public var mayHoldBlocks: Bool {
        guard port == nil, let selector else { return false }
        return selector.reach == .everything && selector.serviceAccounts?.matches([:]) ?? true
    }
}

extension EndpointPeer: Hashable {
    public static func == (one: EndpointPeer, other: EndpointPeer) -> Bool {
        let (one, other) = (one.content, other.content)
        if one === other { return true }
        return one.hash == other.hash && one.source == other.source && one.port == other.port
            && one.within == other.within
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(content.hash) }
}

extension EndpointPeer: CustomStringConvertible {
    /// `shop: app=web`, and behind it what else is demanded: `port http=8080/tcp`, `within …`.
    public var description: String {
        var text =
            switch source {
            case .endpoints(let selector): "\(selector)"
            case .service(let service, nil): "Service \(service)"
            case .service(let service, let port?):
                "Service \(service) port \(port.number)/\(port.transport)"
            case .nodes(let selector): "nodes \(selector)"
            }
        if let port { text += " port \(port.name)=\(port.number)/\(port.transport)" }
        if let within { text += " within \(within.blocksText.joined(separator: " "))" }
        return text
    }
}
