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
    ///   - guards: those of its workloads whose interfaces are known, by name.
    ///   - nodeAddresses: the addresses of all nodes of the cluster, ascending.
    ///   - workloads: the addresses of all its workloads, ascending.
    init?(
        _ hosts: [LocalEndpoint], guards: [HostProgram.Guard], node: Node?,
        nodeAddresses: () -> EndpointAddresses, settings: EnforcementSettings,
        workloads: () -> EndpointAddresses
    ) {
        if hosts.isEmpty, guards.isEmpty, settings.endpointToHost == nil { return nil }
        let places = HostPlaces(hosts.map(\.endpoint), node: node)
        self.init(
            settings: settings, workloads: workloads(),
            endpoints: hosts.compactMap { host in
                places[host.endpoint.id].map { place in
                    Endpoint(
                        id: host.endpoint.id, place: place,
                        classes: Self.classes(of: host))
                }
            }.withoutNeedlessPasses, guards: guards,
            nodes: settings.tunnels.asksNodes && !hosts.isEmpty
                ? nodeAddresses() : EndpointAddresses())
    }

    private static func classes(of host: LocalEndpoint) -> [HostPass: EndpointClass] {
        var classes: [HostPass: EndpointClass] = [:]
        for pass in HostPass.all { classes[pass] = EndpointClass(host, pass) }
        return classes
    }
}

extension [HostProgram.Input.Endpoint] {
    /// What has been let in before need not be known again where no policy judges what is forwarded.
    fileprivate var withoutNeedlessPasses: Self {
        let forward = HostPass(.hostForward, .ingress)
        if contains(where: { $0.classes[forward] != nil }) { return self }
        return map { endpoint in
            var endpoint = endpoint
            endpoint.classes[HostPass(.hostTranslatedForward, .ingress)] = nil
            endpoint.classes[HostPass(.hostUntrackedForward, .ingress)] = nil
            return endpoint
        }
    }
}

extension HostProgram.Guard {
    /// What an endpoint with an interface may send there.
    init(_ local: LocalEndpoint, _ settings: EnforcementSettings) {
        let own =
            local.addresses.ipv4.map { CIDR(.ipv4($0), prefixLength: 32) }
            + local.addresses.ipv6.map { CIDR(.ipv6($0), prefixLength: 128) }
        let further =
            settings.allowsFurtherSources
            ? local.endpoint.particulars?.allowedSources ?? [] : []
        self.init(
            id: local.endpoint.id, interface: local.endpoint.particulars?.interface ?? "",
            addresses: local.addresses, sources: own + further)
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
        // Where nothing is let in by name, nothing has to be known again.
        if pass.stage.asksAgain, !layers.contains(where: { $0.allowsByName(pass.direction) }) {
            return nil
        }
        if pass.stage.leavesUndecided {
            layers.append(Layer(defaultAction: .deny, policies: []))
        }
        // Of what is forwarded neither side is the host endpoint's.
        let namedPorts = pass.stage == .hostForward ? [] : host.endpoint.namedPorts
        self.init(
            direction: pass.direction, stage: pass.stage, tiers: layers, namedPorts: namedPorts,
            families: [.ipv4, .ipv6])
    }
}

extension EndpointClass.Layer {
    /// Whether one of the rules lets packets pass for good.
    fileprivate func allowsByName(_ direction: Direction) -> Bool {
        policies.contains { policy in
            policy.rules(direction)?.contains { $0.action == .allow } ?? false
        }
    }
}
