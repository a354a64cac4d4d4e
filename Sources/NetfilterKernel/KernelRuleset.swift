// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

/// The nf_tables ruleset of one network namespace: reads and changes single tables of family
/// `inet` and never looks into others.
///
/// It holds one netlink socket. Use it from one thread or actor at a time, and keep it.
public struct KernelRuleset {
    let socket: NetfilterSocket

    /// The ruleset of the calling thread's network namespace.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public init() throws(NetlinkError) {
        socket = try NetfilterSocket()
    }

    /// The ruleset of another network namespace, which is entered only to open the socket.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public init(in namespace: NetworkNamespace) throws(NetlinkError) {
        let opened = try namespace.run { () -> Result<NetfilterSocket, NetlinkError> in
            do throws(NetlinkError) {
                return .success(try NetfilterSocket())
            } catch {
                return .failure(error)
            }
        }
        socket = try opened.get()
    }

    /// The number by which the kernel's notifications name the changes made here.
    public var port: UInt32 { socket.port }

    /// How many messages the kernel has answered with so far, those about commits left out.
    public var messagesRead: Int { socket.messagesRead }

    /// The ruleset's generation: one more with each change to any table of the namespace.
    public func generation() throws(NetlinkError) -> UInt32 {
        var generation: UInt32?
        try request(
            MessageType.getGeneration, family: Netfilter.familyUnspecified,
            for: "read the ruleset's generation"
        ) { message throws(NetlinkError) in
            guard message.type == MessageType.newGeneration else { return }
            let attributes = AttributeIndex(message.attributes)
            generation = attributes.uint32(GenerationAttribute.identifier)
        }
        guard let generation else { throw .malformed("no generation") }
        return generation
    }
}
