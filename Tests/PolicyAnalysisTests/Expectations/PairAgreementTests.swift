// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyAnalysis
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// Expectations about ranges say what the judge says about each port of the range.
struct PairAgreementTests {
    @Test func everyPortIsJudgedAsTheReferenceJudgesIt() throws {
        var judged = 0
        for seed in UInt64(1)...12 {
            let manifests = ManifestPrinter.print(WorldGenerator(seed: seed).world())
            var decoder = DocumentDecoder(readsWorkloads: true)
            decoder.keepsLayouts = true
            let documents = decoder.decode([Source(name: "world.yaml", text: manifests)])
            var state = AnalysedCluster(ClusterAssembly(documents)).state
            for index in state.endpoints.indices { state.endpoints[index].node = "node" }
            state.nodes = []
            let judge = ReferenceEvaluator(state, localNode: "node")
            let pods = state.endpoints.filter(\.isPoliced).prefix(5)
            let ports: [UInt16] = [1, 53, 79, 80, 81, 443, 8079, 8080, 8081, 8082, 9100, 65535]
            for source in pods {
                for destination in pods where source.id != destination.id {
                    let wrong = try failingPorts(source.id, destination.id, documents)
                    for port in ports {
                        let verdicts = pairs(source, destination).map {
                            judge.verdict(
                                PacketDescription(
                                    source: $0, destination: $1, transport: .tcp,
                                    destinationPort: port)
                            ).isAllowed
                        }
                        judged += 1
                        let isAllowed = !verdicts.contains(false)
                        #expect(
                            isAllowed == !wrong.contains(port),
                            "seed \(seed): \(source.id) to \(destination.id), \(port)")
                    }
                }
            }
        }
        #expect(judged > 1000)
    }

    private func pairs(_ source: Endpoint, _ destination: Endpoint) -> [(IPAddress, IPAddress)] {
        source.addresses.flatMap { left in
            destination.addresses.filter { $0.family == left.family }.map { (left, $0) }
        }
    }

    /// The TCP ports at which `source` may not reach `destination` in some family.
    private func failingPorts(
        _ source: EndpointID, _ destination: EndpointID, _ documents: DecodedDocuments
    ) throws -> IntervalSet<UInt16> {
        let file = PolicyTestFile(
            Source(
                name: "test.yaml",
                text: "tests: [{name: t, allow: {from: \(source), to: \(destination), port: tcp}}]")
        )
        let run = PolicyTestRun(try #require(file.suites.first), documents)
        let texts = run.results.flatMap(\.failures).flatMap {
            $0.ports.split(separator: ", ")
        }
        return IntervalSet(
            texts.map { text in
                if text == "every tcp port" { return 0...UInt16.max }
                let ends = text.dropLast("/tcp".count).split(separator: "-").map { UInt16($0)! }
                return ends[0]...ends[ends.count - 1]
            })
    }
}
