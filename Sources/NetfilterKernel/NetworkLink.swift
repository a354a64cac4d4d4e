// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A network interface, as far as it decides whether the packets behind it meet the IP hooks.
public struct NetworkLink: Hashable, Sendable {
    /// The interface's name.
    public var name: String
    /// What it is, such as `bridge` or `veth`; nil for one that no driver of links made, such as
    /// hardware.
    public var kind: String?
    /// The families for which this bridge, by a setting of its own, passes what it forwards to the
    /// IP hooks if `br_netfilter` is loaded. Another setting, of the whole network namespace, does
    /// so for all bridges.
    public var hookedFamilies: Set<AddressFamily>

    /// Whether it joins the interfaces that are its ports to one network.
    public var isBridge: Bool { kind == "bridge" }

    /// An interface.
    public init(name: String, kind: String?, hookedFamilies: Set<AddressFamily> = []) {
        self.name = name
        self.kind = kind
        self.hookedFamilies = hookedFamilies
    }
}

extension NetworkLink {
    /// From the attributes of `RTM_NEWLINK`; nil without a name.
    init?(_ attributes: AttributeList) {
        guard let name = attributes.first(LinkAttribute.name)?.string else { return nil }
        self.init(name: name, kind: nil)
        guard let information = attributes.first(LinkAttribute.information) else { return }
        kind = AttributeList(information).first(LinkAttribute.kind)?.string
        guard isBridge, let data = AttributeList(information).first(LinkAttribute.data) else {
            return
        }
        for setting in AttributeList(data) where setting.value.integer(UInt8.self, at: 0) == 1 {
            switch setting.type {
            case BridgeAttribute.callsIPv4Hooks: hookedFamilies.insert(.ipv4)
            case BridgeAttribute.callsIPv6Hooks: hookedFamilies.insert(.ipv6)
            default: break
            }
        }
    }
}

extension AttributeList {
    /// The value of the first attribute of this type, of which there may be more types than an
    /// ``AttributeIndex`` holds.
    func first(_ type: UInt16) -> ByteView? { first { $0.type == type }?.value }
}
