// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Understands the kernel's notifications of changes to the ruleset, one by one.
struct NotificationReader {
    private let tableBytes: [UInt8]
    private let ownPorts: Set<UInt32>
    /// Whether the transaction whose notifications are coming in has touched our table.
    private var isTouching = false

    /// - Parameters:
    ///   - table: the name of our table.
    ///   - ownPorts: of the sockets whose changes are our own.
    init(table: String, ownPorts: Set<UInt32>) {
        tableBytes = Array(table.utf8)
        self.ownPorts = ownPorts
    }

    /// After notifications were lost.
    mutating func startAnew() { isTouching = false }

    /// Adds to a report what a notification says.
    mutating func add(_ message: NetlinkMessage, _ report: inout MonitorReport) {
        let isOwn = ownPorts.contains(message.port)
        if message.type == MessageType.newGeneration {
            endTransaction(message, isOwn, &report)
        } else if !isOwn {
            // In all other messages the first attribute is the table's name.
            guard message.family == Netfilter.familyInet, let name = message.attributes.head,
                name.isString(tableBytes)
            else {
                report.foreignMessages += 1
                return
            }
            report.touched.formUnion(Self.parts(of: message))
            isTouching = true
        }
    }

    private mutating func endTransaction(
        _ message: NetlinkMessage, _ isOwn: Bool, _ report: inout MonitorReport
    ) {
        report.generation =
            message.attributes.first(GenerationAttribute.identifier)?.networkInteger()
        if isOwn { report.ownChanges += 1 }
        guard isTouching else { return }
        isTouching = false
        let attributes = AttributeIndex(message.attributes)
        let culprit = MonitorReport.Culprit(
            name: attributes.string(GenerationAttribute.processName) ?? "",
            process: attributes.uint32(GenerationAttribute.process) ?? 0)
        if !report.culprits.contains(culprit) { report.culprits.append(culprit) }
    }

    private static func parts(of message: NetlinkMessage) -> TouchedParts {
        switch message.type {
        case MessageType.newChain where message.flags & MessageFlag.create == 0:
            // Perhaps an old chain under a new name.
            return .everything
        case MessageType.newChain, MessageType.deleteChain, MessageType.destroyChain:
            return chain(message, ChainAttribute.name)
        case MessageType.newRule, MessageType.deleteRule, MessageType.destroyRule:
            return chain(message, RuleAttribute.chain)
        case MessageType.newSet, MessageType.deleteSet, MessageType.destroySet:
            return set(message, SetAttribute.name)
        case MessageType.newElements, MessageType.deleteElements, MessageType.destroyElements:
            return set(message, ElementListAttribute.set)
        default:
            return .everything
        }
    }

    private static func chain(_ message: NetlinkMessage, _ type: UInt16) -> TouchedParts {
        message.attributes.first(type).map { TouchedParts(chains: [$0.string]) } ?? .everything
    }

    private static func set(_ message: NetlinkMessage, _ type: UInt16) -> TouchedParts {
        message.attributes.first(type).map { TouchedParts(sets: [$0.string]) } ?? .everything
    }
}
