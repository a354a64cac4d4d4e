// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension Lab {
    /// One probe for every pair of addresses of one family that two different endpoints have.
    ///
    /// - Parameters:
    ///   - protocol: what is spoken.
    ///   - port: the port that is asked; without a meaning for ICMP.
    ///   - sources: who asks; everybody when nil.
    ///   - destinations: who is asked; everybody when nil.
    /// - Throws: `LabError` when the lab has no such host.
    public func pairProbes(
        _ protocol: ProbeProtocol, port: UInt16 = 0, from sources: [LabEndpoint]? = nil,
        to destinations: [LabEndpoint]? = nil
    ) throws(LabError) -> [Probe] {
        var probes: [Probe] = []
        for from in sources ?? endpoints {
            for to in destinations ?? endpoints where to != from {
                for source in try addresses(of: from) {
                    for destination in try addresses(of: to)
                    where source.contains(":") == destination.contains(":") {
                        probes.append(
                            Probe(
                                from: from, source: source, to: to, destination: destination,
                                protocol: `protocol`, port: port))
                    }
                }
            }
        }
        return probes
    }
}
