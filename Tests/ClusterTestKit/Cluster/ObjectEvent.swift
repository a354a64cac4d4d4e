// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One change of one object.
struct ObjectEvent: Sendable {
    /// Nil if the object was created.
    var old: StoredObject?
    /// The object from now on. Of one that is gone: what it last was, with the revision of its end.
    var new: StoredObject
    var isDeletion: Bool

    var key: StoredObject.Key { new.key }
    var revision: UInt64 { new.revision }

    /// What a watch with a selection is told; nil if that is nothing.
    func line(of resource: APIResource, for selection: ObjectSelection) -> String? {
        let before = old.map(selection.includes) ?? false
        let after = !isDeletion && selection.includes(new)
        let type: String
        switch (before, after) {
        case (false, true): type = "ADDED"
        case (true, true): type = "MODIFIED"
        case (true, false): type = "DELETED"
        case (false, false): return nil
        }
        return Self.line(type, new.text(of: resource))
    }

    /// A line of a watch.
    static func line(_ type: String, _ object: String) -> String {
        #"{"type":"\#(type)","object":\#(object)}"# + "\n"
    }

    /// The line that says only how far a watch has come.
    static func bookmark(
        of resource: APIResource, at revision: UInt64, endsInitialEvents: Bool = false
    ) -> String {
        let annotations = #","annotations":{"k8s.io/initial-events-end":"true"}"#
        let metadata =
            #"{"resourceVersion":"\#(revision)","creationTimestamp":null"#
            + (endsInitialEvents ? annotations : "") + "}"
        let head = #"{"kind":"\#(resource.kind)","apiVersion":"\#(resource.apiVersion)""#
        let spec = resource.name == "pods" ? #","spec":{"containers":null},"status":{}"# : ""
        return line("BOOKMARK", #"\#(head),"metadata":\#(metadata)\#(spec)}"#)
    }
}
