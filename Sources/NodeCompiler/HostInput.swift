// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import PolicyModel
import PolicyResolution

extension HostProgram.Input {
    /// What a node decides about its own packets; nil where there is nothing to decide.
    ///
    /// - Parameters:
    ///   - hosts: the node's host endpoints by name.
    ///   - guarded: its workloads whose interfaces are known, by name.
    ///   - workloads: the addresses of all its workloads, ascending.
    init?(
        _ hosts: [LocalEndpoint], guarded: [LocalEndpoint], node: Node?,
        settings: EnforcementSettings, workloads: () -> EndpointAddresses
    ) {
        if hosts.isEmpty, guarded.isEmpty, settings.endpointToHost == nil { return nil }
        let places = HostPlaces(hosts.map(\.endpoint), node: node)
        self.init(
            settings: settings, workloads: workloads(),
            endpoints: hosts.compactMap { host in
                places[host.endpoint.id].map { place in
                    Endpoint(
                        id: host.endpoint.id, place: place,
                        classes: HostPass.all.reduce(into: [:]) {
                            $0[$1] = EndpointClass(host, $1)
                        })
                }
            }, guards: guarded.map { HostProgram.Guard($0, settings) })
    }
}

extension HostProgram.Guard {
    /// What an endpoint with an interface may send there.
    fileprivate init(_ local: LocalEndpoint, _ settings: EnforcementSettings) {
        let own =
            local.addresses.ipv4.map { CIDR(.ipv4($0), prefixLength: 32) }
            + local.addresses.ipv6.map { CIDR(.ipv6($0), prefixLength: 128) }
        let further =
            settings.allowsFurtherSources
            ? local.endpoint.particulars?.allowedSources ?? [] : []
        self.init(
            id: local.endpoint.id, interface: local.endpoint.particulars?.interface ?? "",
            sources: own + further)
    }
}

extension EndpointClass {
    /// A host endpoint's class for some of its packets; nil where no policy is about them.
    fileprivate init?(_ host: LocalEndpoint, _ pass: HostPass) {
        let stack = pass.direction == .ingress ? host.ingress : host.egress
        var layers = stack.tiers.compactMap { layer -> Layer? in
            // Behind the tiers, profiles have the last word about the node's own packets alone.
            if layer.tier == Profile.tier {
                return pass.stage == .hostLocal
                    ? Layer(defaultAction: .deny, policies: layer.policies) : nil
            }
            let asked = layer.policies.filter { pass.stage.asks($0.hostTraffic) }
            if asked.isEmpty { return nil }
            return Layer(
                defaultAction: pass.stage.leavesUndecided ? .pass : layer.tier.defaultAction,
                policies: asked)
        }
        if layers.isEmpty { return nil }
        if pass.stage.leavesUndecided {
            layers.append(Layer(defaultAction: .deny, policies: []))
        }
        self.init(
            direction: pass.direction, stage: pass.stage, tiers: layers,
            namedPorts: host.endpoint.namedPorts, families: [.ipv4, .ipv6])
    }
}
