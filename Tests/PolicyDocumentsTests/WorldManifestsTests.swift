// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// Random worlds of all APIs: printed from the APIs' documentation, read by the decoder.
@Suite("Worlds as manifests")
struct WorldManifestsTests {
    private static func world(_ seed: UInt64) -> ClusterState {
        WorldGenerator(seed: seed, size: Int(seed % 4) * 4 + 3, style: .calico).world()
    }

    /// What is read, with the errors and the warnings that printed worlds have no reason for.
    private static func read(
        _ world: ClusterState, seed: UInt64, _ form: WorldManifests.Form, isYAML: Bool
    ) -> (state: ClusterState, problems: [String]) {
        let manifests = WorldManifests(world, seed: seed, form: form)
        let source =
            isYAML
            ? Source(name: "world.yaml", text: manifests.yaml)
            : Source(name: "world.json", text: manifests.json)
        let documents = DocumentDecoder().decode([source])
        let assembly = ClusterAssembly(documents)
        let problems = (documents.diagnostics + assembly.diagnostics).filter { diagnostic in
            // Some of the worlds' policies stand in a tier that there is not.
            if diagnostic.message.hasPrefix("there is no tier") { return false }
            return diagnostic.severity == .error
                || !["has bits set after its prefix", "there is no ", "address", "is missing"]
                    .contains { diagnostic.message.contains($0) }
        }
        return (assembly.state, problems.map(\.description))
    }

    @Test(
        "What is printed is read as the same world, in both forms, as YAML and as JSON",
        arguments: WorldManifests.Form.allCases)
    func roundTrip(form: WorldManifests.Form) {
        for seed in UInt64(0)..<60 {
            let world = Self.world(seed)
            for isYAML in [true, false] {
                let (state, problems) = Self.read(world, seed: seed, form, isYAML: isYAML)
                #expect(problems == [], "seed \(seed)")
                #expect(
                    state.normalForm.differences(from: world.normalForm) == [], "seed \(seed)")
            }
        }
    }

    @Test("So are worlds with host endpoints")
    func hosts() {
        for seed in UInt64(0)..<60 {
            let world = Self.world(seed).withHosts(seed: seed)
            let form: WorldManifests.Form = seed % 2 == 0 ? .printed : .stored
            let (state, problems) = Self.read(world, seed: seed, form, isYAML: seed % 4 < 2)
            #expect(problems == [], "seed \(seed)")
            #expect(state.normalForm.differences(from: world.normalForm) == [], "seed \(seed)")
        }
    }

    @Test("What is read judges packets as the printed world does")
    func judgement() {
        var denied = 0
        for seed in UInt64(100)..<140 {
            let world = Self.world(seed)
            let form: WorldManifests.Form = seed % 2 == 0 ? .printed : .stored
            let (state, _) = Self.read(world, seed: seed, form, isYAML: seed % 4 < 2)
            let wanted = ReferenceEvaluator(world, localNode: WorldGenerator.localNode)
            let found = ReferenceEvaluator(state, localNode: WorldGenerator.localNode)
            var random = SeededGenerator(seed: seed)
            for packet in PacketGenerator(world).sample(300, using: &random) {
                let isAllowed = wanted.verdict(packet).isAllowed
                denied += isAllowed ? 0 : 1
                #expect(found.verdict(packet).isAllowed == isAllowed, "seed \(seed): \(packet)")
            }
        }
        #expect(denied > 1_000)
    }

    @Test("All kinds, fields and spellings are printed")
    func variety() {
        var texts = ""
        for seed in UInt64(0)..<60 {
            let world = Self.world(seed).withHosts(seed: seed)
            texts += WorldManifests(world, seed: seed).yaml
            texts += WorldManifests(world, seed: seed, form: .stored).yaml
        }
        let wanted = [
            "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy",
            "EndpointSlice", "FelixConfiguration", "GlobalNetworkPolicy", "GlobalNetworkSet",
            "HostEndpoint", "Namespace", "NetworkPolicy", "NetworkSet", "Node", "Pod", "Profile",
            "ServiceAccount", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy",
            "StagedNetworkPolicy", "Tier", "WorkloadEndpoint", "applyOnForward", "doNotTrack",
            "preDNAT", "notICMP", "notProtocol", "notPorts", "notNets", "notSelector",
            "namespaceSelector", "serviceAccountSelector", "serviceAccounts", "services",
            "ipVersion", "labelsToApply", "performanceHints", "default.", "global()",
            "startswith", "starts with", "endswith", "contains", "notin", "not in",
            "destinationNamedPort", "namedPort", "portRange", "1:1023", "order: 20.5",
        ]
        for word in wanted { #expect(texts.contains(word), "\(word)") }
    }
}
