// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

struct ClusterAssemblyTests {
    private func assemble(_ texts: String...) -> ClusterAssembly {
        let sources = texts.enumerated().map { Source(name: "\($0.offset).yaml", text: $0.element) }
        let decoded = DocumentDecoder().decode(sources)
        #expect(decoded.diagnostics == [])
        return ClusterAssembly(decoded)
    }

    private func pod(_ name: String, _ status: String, spec: String = "{}") -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name), namespace: shop}
        spec: \(spec)
        status: \(status)

        """
    }

    @Test func everyListIsSorted() {
        let namespaces = ["b", "a"].map {
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: \($0)}\n"
        }
        let forwards = assemble(namespaces[0], namespaces[1], pod("z", "{}"), pod("x", "{}"))
        let backwards = assemble(pod("x", "{}"), pod("z", "{}"), namespaces[1], namespaces[0])
        #expect(forwards.state == backwards.state)
        #expect(forwards.state.endpoints.map(\.id.name) == ["x", "z"])
    }

    @Test("S11: a namespace exists where something stands in it")
    func impliedNamespaces() {
        let state = assemble(pod("x", "{}"), policyText(spec: "podSelector: {}")).state
        #expect(state.namespaces == [Namespace(name: "shop")])
        #expect(state.policies.count == 1)
    }

    @Test func anObjectDefinedTwiceIsAnErrorThatNamesBothPlaces() {
        let text = "\n" + pod("x", "{}")
        let assembly = assemble(text, "---\n" + pod("z", "{}") + "---\n" + text)
        #expect(
            assembly.diagnostics.map(\.description) == [
                "1.yaml:9 (document 2): Pod shop/x: is defined twice, first at 0.yaml:2 (document "
                    + "1); keep one of the two"
            ])
        #expect(assembly.state.endpoints.count == 2)
    }

    @Test func oneNameInTwoNamespacesOrKindsIsFine() {
        let text = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
            - {apiVersion: v1, kind: Node, metadata: {name: a}}
            - {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: a}}
            - {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: b}}
            - apiVersion: networking.k8s.io/v1
              kind: NetworkPolicy
              metadata: {name: a, namespace: a}
              spec: {podSelector: {}}
            """
        #expect(assemble(text).diagnostics.isEmpty)
    }

    @Test("S20: two running pods with one address")
    func sharedAddress() {
        let assembly = assemble(
            pod("b", "{podIP: 10.0.0.1}") + "---\n" + pod("a", "{podIP: 10.0.0.1}"))
        #expect(
            assembly.diagnostics.map(\.description) == [
                "0.yaml:1 (document 1): warning: Pod shop/b: has the address 10.0.0.1, and so has "
                    + "Pod shop/a at 0.yaml:7 (document 2); the newest counts, and of equally old "
                    + "ones the first by name"
            ])
    }

    @Test(
        "S14, S19: finished and host-network pods share addresses rightly",
        arguments: [
            ("{podIP: 10.0.0.1, phase: Failed}", "{}"),
            ("{podIP: 10.0.0.1, phase: Succeeded}", "{}"),
            ("{podIP: 10.0.0.1}", "{hostNetwork: true}"), ("{podIP: 10.0.0.2}", "{}"), ("{}", "{}"),
        ])
    func addressesSharedRightly(_ status: String, _ spec: String) {
        let assembly = assemble(
            pod("a", "{podIP: 10.0.0.1, phase: Running}"), pod("b", status, spec: spec))
        #expect(assembly.diagnostics.isEmpty)
    }
}
