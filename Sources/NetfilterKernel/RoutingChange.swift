// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// What the kernel tells of its routes and interfaces as they change.
public enum RoutingChange: Hashable, Sendable {
    /// A route is there; where it replaces, in place of the one of the same key.
    case route(RouteEntry, replaces: Bool)
    /// A route is gone.
    case noRoute(RouteEntry)
    /// An interface is there, or has changed.
    case link(RoutedLink)
    /// The interface of this number is gone.
    case noLink(UInt32)
}

/// The routes and interfaces of one network namespace at one time.
public struct RoutingSnapshot: Hashable, Sendable {
    /// All routes.
    public var routes: [RouteEntry]
    /// All interfaces.
    public var links: [RoutedLink]
    /// Which table is asked, for each family that the kernel has.
    public var guidance: [AddressFamily: RoutingGuidance]

    /// A snapshot of these parts.
    public init(
        routes: [RouteEntry] = [], links: [RoutedLink] = [],
        guidance: [AddressFamily: RoutingGuidance] = [.ipv4: .standard, .ipv6: .standard]
    ) {
        self.routes = routes
        self.links = links
        self.guidance = guidance
    }
}
