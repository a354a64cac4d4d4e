// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Objects by name, with the number of classes that need each.
struct SharedObjects<Object> {
    private struct Record {
        var object: Object
        var users: Int
    }

    private var records: [String: Record] = [:]

    var all: some Sequence<Object> { records.values.lazy.map(\.object) }

    subscript(name: String) -> Object? {
        get { records[name]?.object }
        set { if let newValue { records[name]?.object = newValue } }
    }

    /// - Returns: whether the object is new.
    /// - Throws: if another one has the name.
    mutating func acquire(
        _ object: Object, named name: String, isSame: (Object) -> Bool
    ) throws(NameCollision) -> Bool {
        if let record = records[name] {
            guard isSame(record.object) else { throw NameCollision(name: name) }
            records[name]!.users += 1
            return false
        }
        records[name] = Record(object: object, users: 1)
        return true
    }

    /// - Returns: the object, if nobody needs it any more.
    mutating func release(_ name: String) -> Object? {
        guard let record = records[name] else { return nil }
        if record.users > 1 {
            records[name]!.users -= 1
            return nil
        }
        records[name] = nil
        return record.object
    }
}
