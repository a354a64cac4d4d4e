// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NetworkPrimitives

// The numbers of routing's netlink messages, as ``MessageType`` and its like are those of
// netfilter's.

/// Messages about routes and interfaces (`linux/rtnetlink.h`).
enum RoutingMessage {
    static let newLink = UInt16(RTM_NEWLINK)
    static let getLink = UInt16(RTM_GETLINK)
    static let newAddress = UInt16(RTM_NEWADDR)
    static let getAddress = UInt16(RTM_GETADDR)
    static let newRoute = UInt16(RTM_NEWROUTE)
    static let getRoute = UInt16(RTM_GETROUTE)
    static let routeHeaderLength = MemoryLayout<rtmsg>.size
    static let linkHeaderLength = MemoryLayout<ifinfomsg>.size
    static let addressHeaderLength = MemoryLayout<ifaddrmsg>.size
    /// Where `ifinfomsg.ifi_index` stands.
    static let linkNumberOffset = MemoryLayout<ifinfomsg>.offset(of: \.ifi_index)!
    /// Where `ifaddrmsg.ifa_index` stands.
    static let addressInterfaceOffset = MemoryLayout<ifaddrmsg>.offset(of: \.ifa_index)!
    /// Where `rtmsg.rtm_type` stands.
    static let routeTypeOffset = MemoryLayout<rtmsg>.offset(of: \.rtm_type)!
    /// `RTN_UNICAST`: the route leads out of an interface.
    static let unicast = UInt8(RTN_UNICAST)
}

/// Attributes of a route (`enum rtattr_type_t`).
enum RouteAttribute {
    static let destination = UInt16(RTA_DST.rawValue)
    static let outputInterface = UInt16(RTA_OIF.rawValue)
    static let gateway = UInt16(RTA_GATEWAY.rawValue)
    /// A gateway of the other family.
    static let via = UInt16(RTA_VIA.rawValue)
}

/// The groups of notifications (`enum rtnetlink_groups`).
enum RoutingGroup {
    /// Interfaces and their addresses.
    static let interfaces = [
        RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
    ].map { Int32($0.rawValue) }
}

/// Attributes of an interface's address (`linux/if_addr.h`).
enum AddressAttribute {
    static let address = UInt16(IFA_ADDRESS)
    static let local = UInt16(IFA_LOCAL)
}

/// Attributes of an interface (`linux/if_link.h`).
enum LinkAttribute {
    static let filter = UInt16(IFLA_EXT_MASK)
    /// A value of ``filter``.
    static let withoutStatistics = UInt32(RTEXT_FILTER_SKIP_STATS)
    static let name = UInt16(IFLA_IFNAME)
    static let information = UInt16(IFLA_LINKINFO)
    static let kind = UInt16(IFLA_INFO_KIND)
    static let data = UInt16(IFLA_INFO_DATA)
}

/// A bridge's own settings, in ``LinkAttribute/data``.
enum BridgeAttribute {
    static let callsIPv4Hooks = UInt16(IFLA_BR_NF_CALL_IPTABLES)
    static let callsIPv6Hooks = UInt16(IFLA_BR_NF_CALL_IP6TABLES)
}

extension AddressFamily {
    /// The number by which sockets and routes name the family.
    var socketNumber: UInt8 {
        switch self {
        case .ipv4: UInt8(AF_INET)
        case .ipv6: UInt8(AF_INET6)
        }
    }
}
