// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import Testing

@Suite("S50: the annotation of blocks from which a pod may send") struct AllowedSourcesTests {
    private func decoded(_ annotation: String) -> DecodedDocuments {
        DocumentDecoder().decode([
            Source(
                name: "pod.yaml",
                text: """
                    apiVersion: v1
                    kind: Pod
                    metadata:
                      name: web
                      namespace: shop
                      annotations:
                        cni.projectcalico.org/allowedSourcePrefixes: \(annotation)
                    spec: {containers: [{name: c}]}
                    """)
        ])
    }

    @Test func itIsAListInJSON() throws {
        let documents = decoded(#"'["192.0.2.7/24", "2001:db8::/32"]'"#)
        #expect(documents.diagnostics.isEmpty)
        let endpoint = try #require(documents.endpoints.first?.value)
        #expect(
            endpoint.particulars?.allowedSources
                == [CIDR("192.0.2.0/24")!, CIDR("2001:db8::/32")!])
        #expect(decoded(#""""#).endpoints.first?.value.particulars == nil)
    }

    @Test(
        "anything else is an error",
        arguments: [
            "'192.0.2.0/24'", "'[192.0.2.0/24]'", #"'["192.0.2.0/24"'"#, #"'["192.0.2.0/33"]'"#,
            #"'["192.0.2.1"]'"#, #"'[""]'"#, "'[1]'", "'{}'", #"'["192.0.2.0/24"] []'"#, "'null'",
            #"'["::ffff:192.0.2.0/120"]'"#,
        ])
    func malformed(annotation: String) {
        let documents = decoded(annotation)
        #expect(documents.hasErrors)
        #expect(
            documents.diagnostics.first?.field
                == "metadata.annotations[cni.projectcalico.org/allowedSourcePrefixes]")
    }

    @Test func aNodeAllowsItOnlyWhereItsConfigurationSaysSo() {
        let decode = { (value: String) in
            DocumentDecoder().decode([
                Source(
                    name: "felix.yaml",
                    text: """
                        apiVersion: projectcalico.org/v3
                        kind: FelixConfiguration
                        metadata: {name: default}
                        spec: {workloadSourceSpoofing: \(value)}
                        """)
            ])
        }
        let settings = { (value: String) in
            EnforcementSettings(decode(value).configurations.map(\.value), node: "a")
        }
        #expect(settings("Any").allowsFurtherSources)
        #expect(!settings("Disabled").allowsFurtherSources)
        #expect(!EnforcementSettings.standard.allowsFurtherSources)
        #expect(decode("Some").hasErrors)
    }
}
