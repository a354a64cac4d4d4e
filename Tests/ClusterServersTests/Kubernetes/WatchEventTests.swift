// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import ClusterServers

@Suite struct WatchEventTests {
    private func event(_ text: String) -> WatchEvent? {
        WatchEvent(Array(text.utf8), .labelled)
    }

    @Test("Events are read in whatever order their parts come")
    func objects() {
        let object = #"{"metadata":{"name":"a","resourceVersion":"5"}}"#
        let listed = ListedObject(
            json: Array(#"{"metadata":{"name":"a"}}"#.utf8), name: "a", namespace: nil,
            version: "5")
        #expect(event(#"{"type":"ADDED","object":\#(object)}"#) == .put(listed))
        #expect(event(#"{ "object" : \#(object) , "type" : "MODIFIED" }"#) == .put(listed))
        #expect(event(#"{"type":"DELETED","object":\#(object)}"#) == .removed(listed))
    }

    @Test("Bookmarks say how far a watch has come, and whether its list has ended")
    func bookmarks() {
        #expect(
            event(
                #"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9"}}}"#)
                == .bookmark(version: "9", endsList: false))
        #expect(
            event(
                #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":"#
                    + #"{"k8s.io/initial-events-end":"true"}}}}"#)
                == .bookmark(version: "9", endsList: true))
    }

    @Test("An error says that the version is gone, by its code or by its reason")
    func errors() throws {
        for status in [
            #"{"kind":"Status","code":410,"message":"too old"}"#,
            #"{"kind":"Status","reason":"Expired"}"#, #"{"kind":"Status","reason":"Gone"}"#,
        ] {
            guard case .failure(let status)? = event(#"{"type":"ERROR","object":\#(status)}"#)
            else {
                Issue.record("no failure")
                continue
            }
            #expect(status.isExpired)
            let call = APICall(verb: "watch", path: "/api/v1/pods", group: "", resource: "pods")
            #expect(status.error(of: call).reason == .expired)
        }
    }

    @Test(
        "What is no event is none",
        arguments: [
            "", "{}", "[]", #"{"type":"ADDED"}"#, #"{"type":"ADDED","object":7}"#,
            #"{"type":"OTHER","object":{"metadata":{"name":"a"}}}"#,
            #"{"type":"ADDED","object":{"metadata":{}}}"#, #"{"type":1,"object":{}}"#,
            #"{"type":"BOOKMARK","object":{"metadata":{}}}"#, #"{"type":"ADDED","object":{}"#,
            #"{type:"ADDED","object":{"metadata":{"name":"a"}}}"#,
        ])
    func malformed(text: String) { #expect(event(text) == nil) }

    @Test("A refusal names verb, resource, group and the rule that is lacking")
    func forbidden() {
        let call = APICall(
            verb: "watch", path: "/apis/crd.projectcalico.org/v1/tiers",
            group: "crd.projectcalico.org", resource: "tiers")
        let error = ServerStatus(code: 403, message: #"user "x" cannot list"#).error(of: call)
        #expect(error.reason == .forbidden)
        #expect(
            error.description
                == #"watch tiers.crd.projectcalico.org: the server answers 403: user "x" cannot "#
                + #"list; add to a ClusterRole of this account the rule {apiGroups: "#
                + #"["crd.projectcalico.org"], resources: ["tiers"], "#
                + #"verbs: ["get", "list", "watch"]}"#)
    }

    @Test("How long to leave the server alone is read from header and body")
    func pauses() {
        let call = APICall(verb: "list", path: "/api/v1/pods", group: "", resource: "pods")
        let body = Array(#"{"kind":"Status","code":429,"details":{"retryAfterSeconds":3}}"#.utf8)
        #expect(ServerStatus(status: 429, body: body).error(of: call).pause == .seconds(3))
        let header = ServerStatus(status: 429, body: Array("busy".utf8), retryAfter: "8")
        #expect(header.error(of: call).pause == .seconds(8))
        #expect(header.error(of: call).cause == "the server answers 429: busy")
        #expect(ServerStatus(status: 503, body: []).error(of: call).pause == nil)
    }

    @Test("A page says its version and how to go on")
    func pages() {
        #expect(
            ListPage(Array(#"{"metadata":{"resourceVersion":"4","continue":"x=="}}"#.utf8))
                == ListPage(version: "4", next: "x=="))
        #expect(
            ListPage(Array(#"{"items":[],"metadata":{"resourceVersion":"4","continue":""}}"#.utf8))
                == ListPage(version: "4", next: nil))
        #expect(ListPage(Array(#"{"items":[]}"#.utf8)) == nil)
        #expect(ListPage(Array("<html>".utf8)) == nil)
        var call = APICall(verb: "list", path: "/api/v1/pods")
        call.query = [.init(name: "continue", value: "a+/=é&")]
        #expect(call.target == "/api/v1/pods?continue=a%2B%2F%3D%C3%A9%26")
    }
}
