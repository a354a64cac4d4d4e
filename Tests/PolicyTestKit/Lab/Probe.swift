// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A question to a lab: do packets pass from one place to another, and answers back?
public struct Probe: Hashable, Sendable, CustomStringConvertible {
    /// Who asks.
    public let from: LabEndpoint

    /// The address it asks from, one of its own.
    public let source: String

    /// Who is asked.
    public let to: LabEndpoint

    /// The address it is asked at: one of its own, or one that is translated on the way.
    public let destination: String

    /// What is spoken.
    public let `protocol`: ProbeProtocol

    /// The port that is asked; without a meaning for ICMP.
    public let port: UInt16

    /// A probe; the source and the destination must be of one family.
    public init(
        from: LabEndpoint, source: String, to: LabEndpoint, destination: String,
        protocol: ProbeProtocol, port: UInt16 = 0
    ) {
        self.from = from
        self.source = source
        self.to = to
        self.destination = destination
        self.protocol = `protocol`
        self.port = port
    }

    /// Who asks whom for what, in one line.
    public var description: String {
        let service = self.protocol == .icmp ? "icmp" : "\(self.protocol) \(port)"
        return "\(from) (\(source)) -> \(to) (\(destination)) \(service)"
    }
}
