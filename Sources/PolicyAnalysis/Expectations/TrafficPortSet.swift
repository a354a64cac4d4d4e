// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel

/// Protocols and ports of some traffic.
struct TrafficPortSet: Hashable {
    /// Ports by protocol, none of them empty.
    var numbers: [IPProtocol: IntervalSet<UInt16>] = [:]
    /// The protocols without ports.
    var hasOthers = false

    private static let transports: [IPProtocol] = [.tcp, .udp, .sctp]
    private static let everyPort = IntervalSet<UInt16>.full

    init(numbers: [IPProtocol: IntervalSet<UInt16>] = [:], hasOthers: Bool = false) {
        self.numbers = numbers
        self.hasOthers = hasOthers
    }

    /// What an entry of `port` means for a receiver with these named ports; nil if it names none of
    /// them.
    init?(_ ports: TrafficPorts, named: [NamedPort]) {
        switch ports {
        case .any:
            for transport in Self.transports { numbers[transport] = Self.everyPort }
            hasOthers = true
        case .every(let transport): numbers[transport] = Self.everyPort
        case .numbers(let transport, let range): numbers[transport] = IntervalSet([range])
        case .named(let name, let transport):
            for port in named where port.name == name {
                guard transport == nil || transport == port.transport else { continue }
                let number = IntervalSet([port.number...port.number])
                numbers[port.transport] = (numbers[port.transport] ?? .empty).union(number)
            }
            if numbers.isEmpty { return nil }
        case .icmp: hasOthers = true
        }
    }

    /// Adds the ports of another set.
    mutating func formUnion(_ other: TrafficPortSet) {
        numbers.merge(other.numbers) { $0.union($1) }
        hasOthers = hasOthers || other.hasOthers
    }
}

extension TrafficPortSet: CustomStringConvertible {
    /// `80/tcp, 8000-8100/tcp, every udp port, icmp and other protocols`.
    var description: String {
        let texts = numbers.sorted { $0.key < $1.key }.flatMap { transport, set in
            set.isFull
                ? ["every \(transport) port"]
                : set.intervals.map { range in
                    range.count == 1
                        ? "\(range.lowerBound)/\(transport)"
                        : "\(range.lowerBound)-\(range.upperBound)/\(transport)"
                }
        }
        return (texts + (hasOthers ? ["icmp and other protocols"] : [])).joined(separator: ", ")
    }
}
