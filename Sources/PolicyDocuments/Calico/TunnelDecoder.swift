// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension TunnelConfiguration {
    /// Decodes what a FelixConfiguration's `spec` says of tunnels.
    init(_ spec: Field, _ log: inout ProblemLog) {
        self.init()
        ipip = spec.optionalFlag("ipipEnabled", &log)
        vxlan = spec.optionalFlag("vxlanEnabled", &log)
        vxlanPort = spec["vxlanPort"]?.portNumber(&log)
        wireguard = spec.optionalFlag("wireguardEnabled", &log)
        wireguardV6 = spec.optionalFlag("wireguardEnabledV6", &log)
        wireguardPort = spec["wireguardListeningPort"]?.portNumber(&log)
        wireguardPortV6 = spec["wireguardListeningPortV6"]?.portNumber(&log)
    }
}

extension Field {
    /// A field that is true, false or absent.
    fileprivate func optionalFlag(_ name: String, _ log: inout ProblemLog) -> Bool? {
        self[name] == nil ? nil : flag(name, &log)
    }
}
