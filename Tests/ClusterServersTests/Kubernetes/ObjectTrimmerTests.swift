// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import Testing

@testable import ClusterServers

@Suite struct ObjectTrimmerTests {
    /// A pod as a server sends it, if shorter.
    private static let pod = #"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop",
        "uid":"6f1d2c3b","resourceVersion":"812","creationTimestamp":"2026-01-02T03:04:05Z",
        "labels":{"app":"web","managedFields":"no"},
        "annotations":{"a":"b] } \" [","cni.projectcalico.org/allowedSourcePrefixes":
        "[\"192.0.2.0/24\"]"},
        "ownerReferences":[{"kind":"ReplicaSet"}],"managedFields":[{"f:metadata":{}}]},
        "spec":{"volumes":[{"name":"x"}],"containers":[ {"name":"c","image":"i","env":[{"name":"A",
        "value":"}"}],"ports":[{"name":"http","containerPort":8080}]} , {"name":"d"}],
        "initContainers":[{"name":"s","restartPolicy":"Always","ports":[{"name":"m",
        "containerPort":9,"protocol":"UDP"}]}],"nodeName":"node-a","tolerations":[]},
        "status":{"phase":"Running","conditions":[{}],"podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}],
        "containerStatuses":[{}]}}
        """#

    @Test("Of a pod remains what its policies depend on, and nothing else")
    func pod() throws {
        let trimmed = try #require(ObjectTrimmer.trim(Array(Self.pod.utf8), to: .pod))
        #expect(trimmed.name == "web")
        #expect(trimmed.namespace == "shop")
        #expect(trimmed.version == "812")
        let text = String(decoding: trimmed.json, as: UTF8.self)
        #expect(
            text
                == #"""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop",
                "creationTimestamp":"2026-01-02T03:04:05Z","labels":{"app":"web","managedFields":"no"},
                "annotations":{"cni.projectcalico.org/allowedSourcePrefixes":"[\"192.0.2.0/24\"]"}},
                "spec":{"containers":[{"ports":[{"name":"http","containerPort":8080}]},{}],
                "initContainers":[{"restartPolicy":"Always","ports":[{"name":"m",
                "containerPort":9,"protocol":"UDP"}]}],"nodeName":"node-a"},
                "status":{"phase":"Running","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}]}}
                """#.split(separator: "\n").joined().replacing(
                    #""m","containerPort""#, with: "\"m\",\n\"containerPort\""))
        let decoder = DocumentDecoder()
        let whole = decoder.decode([Source(name: "pod", text: Self.pod)])
        let part = decoder.decode([Source(name: "pod", bytes: trimmed.json)])
        #expect(whole.endpoints.map(\.value) == part.endpoints.map(\.value))
        #expect(part.endpoints.count == 1 && part.diagnostics.isEmpty)
    }

    @Test("Of a policy remains everything that its author wrote")
    func policy() throws {
        let text =
            #"{"metadata":{"name":"p","namespace":"n","resourceVersion":"7","managedFields":[1],"#
            + #""annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}","a":"b"}},"#
            + #""spec":{"x":[{}],"y":null},"other":1}"#
        let trimmed = try #require(ObjectTrimmer.trim(Array(text.utf8), to: .policy))
        #expect(
            String(decoding: trimmed.json, as: UTF8.self)
                == #"{"metadata":{"name":"p","namespace":"n","annotations":{"a":"b"}},"#
                + #""spec":{"x":[{}],"y":null},"other":1}"#)
    }

    @Test("An object that is broken behind its name stays as it is, one without a name is none")
    func broken() throws {
        for text in [
            #"{"metadata":{"name":"p"},"spec":{"a" 1}}"#, #"{"metadata":{"name":"p"},"spec":{"#,
            #"{"metadata":{"name":"p"},"spec":{"a":1,}}"#,
            #"{"metadata":{"name":"p"},"spec":"x"#, #"{"metadata":{"name":"p"} "spec":1}"#,
        ] {
            let trimmed = try #require(
                ObjectTrimmer.trim(Array(text.utf8), to: .pod), "\(text)")
            #expect(trimmed.name == "p")
        }
        for text in [
            "", "{", "{}", "[]", "null", #"{"metadata":{}}"#, #"{"metadata":{"name":""}}"#,
            #"{"metadata":{"name":7}}"#, #"{"metadata":{"name":"a\u0062"}}"#,
            #"{"spec":{"name":"p"}}"#, "\"", #"{"metadata":{"name":"p\"#,
        ] {
            #expect(ObjectTrimmer.trim(Array(text.utf8), to: .pod) == nil, "\(text)")
        }
    }
}
