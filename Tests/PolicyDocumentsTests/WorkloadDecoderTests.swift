// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

struct WorkloadDecoderTests {
    private func decodeAll(_ text: String) -> DecodedDocuments {
        DocumentDecoder(readsWorkloads: true).decode([Source(name: "test.yaml", text: text)])
    }

    private static let template =
        "template: {metadata: {labels: {app: web}}, spec: {hostNetwork: true, containers: "
        + "[{ports: [{name: http, containerPort: 8080}]}]}}"

    private static func text(_ kind: String, _ apiVersion: String, _ spec: String) -> String {
        """
        apiVersion: \(apiVersion)
        kind: \(kind)
        metadata: {name: web, namespace: shop, labels: {app: other}}
        spec: {\(spec)}
        """
    }

    @Test(arguments: [
        ("Deployment", "apps/v1"), ("StatefulSet", "apps/v1"), ("DaemonSet", "apps/v1"),
        ("ReplicaSet", "apps/v1"), ("ReplicationController", "v1"), ("Job", "batch/v1"),
        ("Deployment", "extensions/v1beta1"), ("CronJob", "batch/v1"),
    ])
    func everyKindIsReadWithItsTemplate(_ kind: String, _ apiVersion: String) throws {
        let spec =
            kind == "CronJob" ? "jobTemplate: {spec: {\(Self.template)}}" : Self.template
        let decoded = decodeAll(Self.text(kind, apiVersion, spec))
        #expect(decoded.diagnostics.isEmpty)
        let known = try #require(WorkloadKind(rawValue: kind))
        #expect(
            decoded.workloads.map(\.value) == [
                Workload(
                    id: WorkloadID(kind: known, namespace: "shop", name: "web"),
                    labels: ["app": "web"],
                    namedPorts: [NamedPort(name: "http", transport: .tcp, number: 8080)],
                    usesHostNetwork: true)
            ])
    }

    @Test func ofOtherApisTheyArePassedOver() {
        for apiVersion in ["apps.kruise.io/v1", "v1", "batch/v1"] {
            let decoded = decodeAll(Self.text("Deployment", apiVersion, Self.template))
            #expect(decoded.workloads.isEmpty && decoded.diagnostics.isEmpty)
        }
    }

    @Test func listsOfThemAreRead() {
        let decoded = decodeAll(
            """
            apiVersion: apps/v1
            kind: DeploymentList
            items:
            - {metadata: {name: a}, spec: {\(Self.template)}}
            - {metadata: {name: b}, spec: {\(Self.template)}}
            """)
        #expect(decoded.workloads.map(\.value.id.name) == ["a", "b"])
    }

    @Test func whoeverDoesNotWantThemHearsNothingOfTheirMistakes() {
        let text = Self.text("Deployment", "apps/v1", "template: [1]")
        #expect(decode(text).diagnostics.isEmpty)
        #expect(
            decodeAll(text).diagnostics.map(\.description) == [
                "test.yaml:4 (document 1): Deployment shop/web: spec.template: is a list, not a "
                    + "mapping"
            ])
    }

    @Test func aMissingTemplateIsAnErrorWithItsPlace() {
        let text = Self.text("CronJob", "batch/v1", "jobTemplate: {spec: {}}")
        #expect(
            decodeAll(text).diagnostics.map(\.description) == [
                "test.yaml:4 (document 1): CronJob shop/web: spec.jobTemplate.spec.template: is "
                    + "missing; a CronJob needs a template of pods"
            ])
    }

    @Test func onlyAControllerOwns() {
        let owners = """
            [{apiVersion: v1, kind: Node, name: n},
             {apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}]
            """
        let decoded = decodeAll(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1-a, namespace: shop, ownerReferences: \(owners)}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: n-static, ownerReferences: [{apiVersion: v1, kind: Node, name: n, controller: true}]}
            """)
        #expect(
            decoded.podOwners == [
                EndpointID(namespace: "shop", name: "web-1-a"):
                    WorkloadID(kind: .replicaSet, namespace: "shop", name: "web-1")
            ])
    }

    @Test(arguments: [
        ("Complete", "'True'", true), ("Complete", "'False'", false),
        ("Suspended", "'True'", false),
    ])
    func aJobThatIsOverIsFinished(_ type: String, _ status: String, _ isFinished: Bool) {
        let text =
            Self.text("Job", "batch/v1", Self.template)
            + "\nstatus: {conditions: [{type: \(type), status: \(status)}]}"
        #expect(decodeAll(text).workloads.map(\.value.isFinished) == [isFinished])
    }
}
