// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import FoundationNetworking
import NodeAgent
import PolicyTestKit
import Testing
import Yams

@testable import PolicyDocuments

@Suite("The cluster's manifests") struct ManifestTests {
    private static func agent() throws -> (pod: PodSpec, container: Container) {
        let pod = try DeploymentFiles.decode("daemonset.yaml", as: DaemonSet.self).spec.template
            .spec
        return (pod, try #require(pod.containers.first))
    }

    @Test("kustomize applies all of them, and nothing that is elsewhere")
    func kustomization() throws {
        let listed = try DeploymentFiles.decode("kustomization.yaml", as: Kustomization.self)
        #expect(listed.resources.sorted() == DeploymentFiles.manifests)
    }

    @Test("each file is one object, named sluice, in its own namespace where it has one")
    func names() throws {
        for file in DeploymentFiles.manifests {
            let text = try DeploymentFiles.text("kubernetes/\(file)")
            #expect(try Array(Yams.load_all(yaml: text)).count == 1, "\(file)")
            let manifest = try DeploymentFiles.decode(file, as: AnyManifest.self)
            #expect("\(manifest.kind.lowercased()).yaml" == file)
            let isForCluster = ["ClusterRole", "ClusterRoleBinding", "Namespace"]
                .contains(manifest.kind)
            #expect(
                manifest.metadata.name
                    == (manifest.kind == "Namespace" ? "sluice-system" : "sluice"), "\(file)")
            #expect(
                manifest.metadata.namespace == (isForCluster ? nil : "sluice-system"), "\(file)")
        }
    }

    @Test("the role may read what the agent watches, write events, and do nothing else")
    func role() throws {
        let role = try DeploymentFiles.decode("clusterrole.yaml", as: ClusterRole.self)
        var granted: [String: [String: Set<String>]] = [:]
        for rule in role.rules {
            #expect(rule.nonResourceURLs == nil && rule.resourceNames == nil)
            for group in rule.apiGroups {
                for resource in rule.resources {
                    granted[group, default: [:]][resource, default: []].formUnion(rule.verbs)
                }
            }
        }
        var wanted = WatchedResources.groups.mapValues { resources in
            Dictionary(uniqueKeysWithValues: resources.map { ($0, Set(["get", "list", "watch"])) })
        }
        wanted["", default: [:]]["events"] = ["create", "patch"]
        #expect(granted == wanted)
    }

    @Test("every kind that policies are made of is watched")
    func kinds() throws {
        func plurals(_ kinds: [String]) -> Set<String> {
            Set(
                kinds.map { $0.lowercased() }
                    .map { $0.hasSuffix("y") ? "\($0.dropLast())ies" : "\($0)s" })
        }
        let watched = WatchedResources.groups
        for group in ["crd.projectcalico.org", "projectcalico.org"] {
            #expect(watched[group] == plurals(CalicoKind.allCases.map(\.rawValue)))
        }
        #expect(
            watched["policy.networking.k8s.io"]
                == plurals(ClusterPolicyKind.allCases.map(\.rawValue)))
    }

    @Test("the role is the agent's account's, and nobody else's")
    func binding() throws {
        let binding = try DeploymentFiles.decode(
            "clusterrolebinding.yaml", as: ClusterRoleBinding.self)
        let role = ClusterRoleBinding.Role(
            apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "sluice")
        #expect(binding.roleRef == role)
        let account = ClusterRoleBinding.Subject(
            kind: "ServiceAccount", name: "sluice", namespace: "sluice-system")
        #expect(binding.subjects == [account])
        #expect(try Self.agent().pod.serviceAccountName == account.name)
    }

    @Test("the agent has one capability, and a root that it cannot write")
    func rights() throws {
        let (pod, container) = try Self.agent()
        #expect(pod.containers.count == 1 && pod.initContainers == nil)
        #expect(container.securityContext.capabilities.add == ["NET_ADMIN"])
        #expect(container.securityContext.capabilities.drop == ["ALL"])
        #expect(container.securityContext.readOnlyRootFilesystem)
        #expect(!container.securityContext.allowPrivilegeEscalation)
        #expect(!container.securityContext.privileged)
        #expect(pod.securityContext.seccompProfile.type == "RuntimeDefault")
        #expect(pod.hostPID == nil && pod.hostIPC == nil)
    }

    @Test("it runs on every node, in the node's network, and needs nothing of the cluster's")
    func everywhere() throws {
        let set = try DeploymentFiles.decode("daemonset.yaml", as: DaemonSet.self)
        #expect(set.spec.selector.matchLabels == set.spec.template.metadata.labels)
        let (pod, container) = try Self.agent()
        #expect(pod.hostNetwork && pod.dnsPolicy == "Default" && !pod.enableServiceLinks)
        #expect(pod.priorityClassName == "system-node-critical")
        #expect(pod.tolerations == [.init(key: nil, operator: "Exists", effect: nil)])
        #expect(Set(container.resources.requests.keys) == ["cpu", "memory"])
        #expect(Set(container.resources.limits.keys) == ["memory"])
    }

    @Test("the only folder of the node's is the one that pods wait at")
    func volumes() throws {
        let (pod, container) = try Self.agent()
        #expect(pod.volumes.map(\.name) == container.volumeMounts.map(\.name))
        #expect(pod.volumes.map(\.hostPath?.path) == ["/var/run/sluice"])
        #expect(pod.volumes.map(\.hostPath?.type) == ["DirectoryOrCreate"])
        #expect(container.volumeMounts.map(\.mountPath) == ["/var/run/sluice"])
    }

    @Test("the image is this version's")
    func image() throws {
        #expect(try Self.agent().container.image == "sluice:\(SluiceVersion.current)")
        let dockerfile = try DeploymentFiles.text("Dockerfile")
        #expect(dockerfile.contains("-t sluice:\(SluiceVersion.current) ."))
    }

    @Test("the node is the pod's; all variables of the ConfigMap are the agent's, and allowed")
    func configuration() throws {
        let container = try Self.agent().container
        let map = try DeploymentFiles.decode("configmap.yaml", as: ConfigMap.self)
        #expect(container.envFrom.compactMap(\.configMapRef?.name) == [map.metadata.name])
        let node = try #require(ConfigurationKey.node.customaryVariable)
        let directory = ConfigurationKey.statusDirectory.variable
        #expect(container.env.map(\.name) == [node, directory])
        #expect(container.env.map(\.valueFrom?.fieldRef?.fieldPath) == ["spec.nodeName", nil])
        #expect(container.env.map(\.value) == [nil, container.volumeMounts[0].mountPath])
        let known = Set(ConfigurationKey.allCases.map(\.variable))
        #expect(known.isSuperset(of: map.data.keys), "\(map.data.keys.sorted())")
        let resolved = try AgentConfiguration.resolve(
            flags: [.source: ["kubernetes"]],
            environment: map.data.merging([node: "node-a"]) { $1 }, file: nil)
        #expect(resolved.configuration.node == "node-a")
        for probe in [container.livenessProbe, container.readinessProbe] {
            let asked = ListenAddress("\(probe.httpGet.host):\(probe.httpGet.port)")
            #expect(resolved.configuration.listen == asked)
        }
    }

    @Test("the agent takes its arguments, and follows the API server")
    func arguments() throws {
        let words =
            ["env", "NODE_NAME=node-a", AgentProcess.executable]
            + (try Self.agent().container.args) + ["--print-config"]
        let run = try ChildProcess(arguments: words).finish()
        #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("source: kubernetes"), "\(run.output)")
    }

    @Test("the probes ask for what the agent answers")
    func probes() async throws {
        let container = try Self.agent().container
        #expect(container.livenessProbe.httpGet.path == "/healthz")
        #expect(container.readinessProbe.httpGet.path == "/readyz")
        let server = HealthServer(
            address: ListenAddress("127.0.0.1:0")!, registry: MetricsRegistry(),
            isAlive: { true },
            status: { AgentStatus(node: "node-a", started: Date(timeIntervalSince1970: 0)) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let address = try await server.listeningAddress()
            // A status that has read nothing yet is alive, and not ready.
            let codes = try await [container.livenessProbe, container.readinessProbe]
                .map(\.httpGet.path).asyncMap { path in
                    let url = try #require(URL(string: "http://\(address)\(path)"))
                    let (_, answer) = try await URLSession.shared.data(from: url)
                    return (answer as? HTTPURLResponse)?.statusCode
                }
            #expect(codes == [200, 503])
            group.cancelAll()
        }
    }
}

extension Array {
    /// What an asynchronous function makes of each element, one after the other.
    fileprivate func asyncMap<Value>(
        _ transform: (Element) async throws -> Value
    ) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
