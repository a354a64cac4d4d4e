// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Which parts of a kind's objects are wanted. The rest is left out before anything is decoded: of a
/// pod as servers send it, nine tenths.
indirect enum ObjectShape: Hashable, Sendable {
    /// The value with all that is in it.
    case whole
    /// An object's members that are listed, or whose names contain a text; of an array, of each of its
    /// objects. A shape of nil drops the member.
    case members([Member], others: Others)
    /// The value, of which the text is told besides; of a version nothing else remains.
    case told(ObjectTrimmer.Mark)

    /// A member with the shape of its value.
    struct Member: Hashable, Sendable {
        var name: [UInt8]
        var shape: ObjectShape?

        init(_ name: String, _ shape: ObjectShape?) {
            self.name = Array(name.utf8)
            self.shape = shape
        }
    }

    /// What becomes of members that are not listed.
    enum Others: Hashable, Sendable {
        case dropped
        case kept
        /// Kept if the name contains this.
        case containing([UInt8])
    }

    /// An object of which only these members are wanted.
    static func only(_ members: KeyValuePairs<String, ObjectShape>) -> ObjectShape {
        .members(members.map { Member($0.key, $0.value) }, others: .dropped)
    }

    /// What becomes of a member of this name; nil if it is dropped.
    func shape(of name: ArraySlice<UInt8>) -> ObjectShape? {
        guard case .members(let members, let others) = self else { return .whole }
        for member in members where member.name.elementsEqual(name) { return member.shape }
        switch others {
        case .kept: return .whole
        case .dropped: return name.contains(UInt8(ascii: "\\")) ? .whole : nil
        case .containing(let part): return name.holds(part) ? .whole : nil
        }
    }
}

extension ObjectShape {
    /// Annotations of Calico alone.
    private static let calicoAnnotations = ObjectShape.members(
        [], others: .containing(Array("projectcalico.org/".utf8)))
    /// All annotations but the manifest that `kubectl apply` leaves.
    private static let annotations = ObjectShape.members(
        [Member("kubectl.kubernetes.io/last-applied-configuration", nil)], others: .kept)

    private static func metadata(annotations: ObjectShape) -> ObjectShape {
        .members(
            [
                Member("name", .told(.name)), Member("namespace", .told(.namespace)),
                // The version is told and not kept: it changes with all that does not matter.
                Member("resourceVersion", .told(.version)), Member("annotations", annotations),
                Member("managedFields", nil), Member("ownerReferences", nil),
                Member("finalizers", nil), Member("selfLink", nil), Member("uid", nil),
                Member("generation", nil),
            ], others: .kept)
    }

    /// Of pods: who they are, where, and what their ports are called.
    static let pod = only([
        "apiVersion": .whole, "kind": .whole, "metadata": metadata(annotations: calicoAnnotations),
        "spec": only([
            "nodeName": .whole, "hostNetwork": .whole, "serviceAccountName": .whole,
            "containers": only(["ports": .whole]),
            "initContainers": only(["restartPolicy": .whole, "ports": .whole]),
        ]),
        "status": only(["phase": .whole, "podIP": .whole, "podIPs": .whole]),
    ])

    /// Of nodes: their addresses.
    static let node = only([
        "apiVersion": .whole, "kind": .whole, "metadata": metadata(annotations: calicoAnnotations),
        "status": only(["addresses": .whole]),
    ])

    /// Of what matters by its labels alone.
    static let labelled = only([
        "apiVersion": .whole, "kind": .whole, "metadata": metadata(annotations: calicoAnnotations),
    ])

    /// Of slices of services: addresses and ports.
    static let endpointSlice = only([
        "apiVersion": .whole, "kind": .whole, "metadata": metadata(annotations: calicoAnnotations),
        "addressType": .whole, "endpoints": only(["addresses": .whole, "conditions": .whole]),
        "ports": .whole,
    ])

    /// Of policies and what belongs to them: everything that somebody wrote.
    static let policy = ObjectShape.members(
        [Member("metadata", metadata(annotations: annotations))], others: .kept)
}

extension ArraySlice<UInt8> {
    /// Whether these bytes follow each other somewhere in it.
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        guard count >= part.count else { return false }
        return (startIndex...endIndex - part.count).contains {
            self[$0..<$0 + part.count].elementsEqual(part)
        }
    }
}
