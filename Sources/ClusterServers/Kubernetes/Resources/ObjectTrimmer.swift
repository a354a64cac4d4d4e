// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources

/// Copies the text of an object without the parts that its kind's shape leaves out, and reads on the
/// way what the object is called.
///
/// What is left out is not looked at further than is needed to find its end; what remains is decoded by
/// somebody who sees whether it is well formed.
struct ObjectTrimmer {
    /// A text that is wanted besides.
    enum Mark: Hashable, Sendable {
        case name, namespace, version
    }

    /// The text is cut short, or is no object.
    private struct Malformed: Error {}

    private let bytes: [UInt8]
    private var index = 0
    private var copy: [UInt8] = []
    private var marks: [Mark: String] = [:]

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The object, trimmed; nil if it does not say what it is called. One that says it and breaks off
    /// or goes astray behind it stays as it is, for whoever decodes it to tell what is wrong.
    static func trim(_ object: [UInt8], to shape: ObjectShape) -> ListedObject? {
        var trimmer = ObjectTrimmer(object)
        trimmer.copy.reserveCapacity(min(object.count, 4096))
        var json = object
        do throws(Malformed) {
            try trimmer.value(shape)
            json = trimmer.copy
        } catch {}
        guard let name = trimmer.marks[.name], !name.isEmpty else { return nil }
        return ListedObject(
            json: json, name: name, namespace: trimmer.marks[.namespace],
            version: trimmer.marks[.version])
    }

    private mutating func value(_ shape: ObjectShape) throws(Malformed) {
        skipSpace()
        switch shape {
        case .whole:
            let range = try skipValue()
            copy += bytes[range]
        case .told(let mark):
            let range = try tell(mark)
            copy += bytes[range]
        case .members:
            guard index < bytes.count else { throw Malformed() }
            switch bytes[index] {
            case UInt8(ascii: "{"): try members(shape)
            case UInt8(ascii: "["): try elements(shape)
            default:
                let range = try skipValue()
                copy += bytes[range]
            }
        }
    }

    /// Passes over a value, and keeps its text.
    @discardableResult
    private mutating func tell(_ mark: Mark) throws(Malformed) -> Range<Int> {
        skipSpace()
        let range = try skipValue()
        marks[mark] = Self.text(bytes[range])
        return range
    }

    private mutating func members(_ shape: ObjectShape) throws(Malformed) {
        step()
        var isFirst = true
        skipSpace()
        while try peek() != UInt8(ascii: "}") {
            guard try peek() == UInt8(ascii: "\"") else { throw Malformed() }
            let key = try skipValue()
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw Malformed() }
            index += 1
            if let wanted = shape.shape(of: bytes[key.lowerBound + 1..<key.upperBound - 1]) {
                if case .told(.version) = wanted {
                    try tell(.version)
                } else {
                    if !isFirst { copy.append(UInt8(ascii: ",")) }
                    isFirst = false
                    copy += bytes[key]
                    copy.append(UInt8(ascii: ":"))
                    try value(wanted)
                }
            } else {
                skipSpace()
                _ = try skipValue()
            }
            try skipComma(before: UInt8(ascii: "}"))
        }
        step()
    }

    private mutating func elements(_ shape: ObjectShape) throws(Malformed) {
        step()
        var isFirst = true
        skipSpace()
        while try peek() != UInt8(ascii: "]") {
            if !isFirst { copy.append(UInt8(ascii: ",")) }
            isFirst = false
            try value(shape)
            try skipComma(before: UInt8(ascii: "]"))
        }
        step()
    }

    /// Copies one byte.
    private mutating func step() {
        copy.append(bytes[index])
        index += 1
    }

    private func peek() throws(Malformed) -> UInt8 {
        guard index < bytes.count else { throw Malformed() }
        return bytes[index]
    }

    private mutating func skipComma(before end: UInt8) throws(Malformed) {
        skipSpace()
        if try peek() == UInt8(ascii: ",") {
            index += 1
            skipSpace()
            if try peek() == end { throw Malformed() }
        } else if try peek() != end {
            throw Malformed()
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count, bytes[index] <= UInt8(ascii: " ") { index += 1 }
    }

    /// Passes over a value.
    private mutating func skipValue() throws(Malformed) -> Range<Int> {
        let start = index
        switch try peek() {
        case UInt8(ascii: "\""):
            try skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var depth = 0
            repeat {
                switch try peek() {
                case UInt8(ascii: "\""):
                    try skipString()
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
                index += 1
            } while depth > 0
        default:
            while index < bytes.count, !Self.endsScalar(bytes[index]) { index += 1 }
            if index == start { throw Malformed() }
        }
        return start..<index
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
            || byte == UInt8(ascii: "]")
    }

    private mutating func skipString() throws(Malformed) {
        index += 1
        while try peek() != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
    }

    /// The text of a string without escapes, which names and versions are.
    private static func text(_ value: ArraySlice<UInt8>) -> String? {
        guard value.count >= 2, value.first == UInt8(ascii: "\""),
            !value.contains(UInt8(ascii: "\\"))
        else { return nil }
        return String(decoding: value.dropFirst().dropLast(), as: UTF8.self)
    }
}

/// An object as a list or an event tells of it.
struct ListedObject: Hashable, Sendable {
    /// What is wanted of it, in JSON.
    var json: [UInt8]
    var name: String
    /// Nil for objects that belong to the whole cluster.
    var namespace: String?
    /// The version of the cluster in which it became so.
    var version: String?

    /// Where it stands.
    func place(in resource: String) -> ObjectPlace {
        ObjectPlace(
            resource: resource, namespace: namespace == "" ? nil : namespace, name: name)
    }
}
