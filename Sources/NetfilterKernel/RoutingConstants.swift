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
    static let goneLink = UInt16(RTM_DELLINK)
    static let newAddress = UInt16(RTM_NEWADDR)
    static let goneAddress = UInt16(RTM_DELADDR)
    static let getAddress = UInt16(RTM_GETADDR)
    static let newRoute = UInt16(RTM_NEWROUTE)
    static let goneRoute = UInt16(RTM_DELROUTE)
    static let getRoute = UInt16(RTM_GETROUTE)
    static let newRule = UInt16(RTM_NEWRULE)
    static let goneRule = UInt16(RTM_DELRULE)
    static let getRule = UInt16(RTM_GETRULE)
    static let routeHeaderLength = MemoryLayout<rtmsg>.size
    static let linkHeaderLength = MemoryLayout<ifinfomsg>.size
    static let addressHeaderLength = MemoryLayout<ifaddrmsg>.size
    /// Where `ifinfomsg.ifi_index` stands.
    static let linkNumberOffset = MemoryLayout<ifinfomsg>.offset(of: \.ifi_index)!
    /// Where `ifaddrmsg.ifa_index` stands.
    static let addressInterfaceOffset = MemoryLayout<ifaddrmsg>.offset(of: \.ifa_index)!
    /// Where `ifinfomsg.ifi_flags` stands.
    static let linkFlagsOffset = MemoryLayout<ifinfomsg>.offset(of: \.ifi_flags)!
    /// Where `rtmsg.rtm_type` stands.
    static let routeTypeOffset = MemoryLayout<rtmsg>.offset(of: \.rtm_type)!
    /// `RTN_UNICAST`: the route leads out of an interface.
    static let unicast = UInt8(RTN_UNICAST)
    /// Types of routes to the node itself, and to groups of which it is one.
    static let inward = [RTN_LOCAL, RTN_BROADCAST, RTN_ANYCAST, RTN_MULTICAST].map { UInt8($0) }
    /// Flags of a route: a copy of another one, and one that is not used.
    static let copied = UInt32(RTM_F_CLONED)
    static let dead = UInt32(RTNH_F_DEAD)
    /// The table of the node's own addresses.
    static let localTable = UInt32(RT_TABLE_LOCAL.rawValue)
}

/// Attributes of a route (`enum rtattr_type_t`).
enum RouteAttribute {
    static let destination = UInt16(RTA_DST.rawValue)
    static let outputInterface = UInt16(RTA_OIF.rawValue)
    static let gateway = UInt16(RTA_GATEWAY.rawValue)
    /// A gateway of the other family.
    static let via = UInt16(RTA_VIA.rawValue)
    static let priority = UInt16(RTA_PRIORITY.rawValue)
    static let table = UInt16(RTA_TABLE.rawValue)
    /// Several ways at once.
    static let ways = UInt16(RTA_MULTIPATH.rawValue)
    /// The number of a way that stands elsewhere.
    static let nextHop = UInt16(RTA_NH_ID.rawValue)
    static let encapsulation = UInt16(RTA_ENCAP_TYPE.rawValue)
    /// `struct rtnexthop`: where its length and its interface stand.
    static let wayLength = MemoryLayout<rtnexthop>.size
    static let wayInterfaceOffset = MemoryLayout<rtnexthop>.offset(of: \.rtnh_ifindex)!
}

/// A rule that says which table of routes is asked (`linux/fib_rules.h`).
enum RoutingRule {
    static let headerLength = MemoryLayout<fib_rule_hdr>.size
    static let actionOffset = MemoryLayout<fib_rule_hdr>.offset(of: \.action)!
    static let flagsOffset = MemoryLayout<fib_rule_hdr>.offset(of: \.flags)!
    static let asksTable = UInt8(FR_ACT_TO_TBL)
    static let isInverted = UInt32(FIB_RULE_INVERT)
    static let destination = UInt16(FRA_DST)
    static let priority = UInt16(FRA_PRIORITY)
    static let table = UInt16(FRA_TABLE)
    static let origin = UInt16(FRA_PROTOCOL)
    static let shortestPrefix = UInt16(FRA_SUPPRESS_PREFIXLEN)
    static let group = UInt16(FRA_SUPPRESS_IFGROUP)
    static let padding = UInt16(FRA_PAD)
}

/// The groups of notifications (`enum rtnetlink_groups`).
enum RoutingGroup {
    /// Interfaces and their addresses.
    static let interfaces = [
        RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
    ].map { Int32($0.rawValue) }

    /// What tells where addresses are. Of IPv4, addresses of interfaces are among it: with one that
    /// goes, routes go of which no notice is given.
    static let places = [
        RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE,
        RTNLGRP_IPV6_RULE, RTNLGRP_IPV4_IFADDR,
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
    /// The interface whose port it is.
    static let master = UInt16(IFLA_MASTER)
    /// The namespace of its other end, where that is not this one.
    static let otherNamespace = UInt16(IFLA_LINK_NETNSID)
    /// `IFF_UP` (`net/if.h`), a flag of its header: it is in use.
    static let isUp = UInt32(1)
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
