// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A probe that is ready to be sent, with its addresses read.
struct ProbeOrder {
    /// The probe's place in its run.
    let index: Int
    let source: LabAddress
    let destination: LabAddress
    let `protocol`: ProbeProtocol
    let port: UInt16

    /// Where the probe goes to.
    var target: LabSocketAddress { LabSocketAddress(destination, port: port) }

    /// Where the probe goes to on a raw socket, which knows no ports.
    var rawTarget: LabSocketAddress { LabSocketAddress(destination) }
}

extension ProbeOrder {
    /// Reads the addresses of a probe.
    ///
    /// - Throws: `LabError` when an address cannot be read or the two are of different families.
    init(_ probe: Probe, index: Int) throws(LabError) {
        self.init(
            index: index, source: try LabAddress(probe.source),
            destination: try LabAddress(probe.destination), protocol: probe.protocol,
            port: probe.port)
        guard source.family == destination.family else {
            throw LabError(operation: "probe", object: "\(probe)", reason: "two address families")
        }
    }
}
