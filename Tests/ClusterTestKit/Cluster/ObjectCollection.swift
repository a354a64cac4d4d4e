// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The objects of one resource, as they are and as they were a while ago.
struct ObjectCollection {
    let resource: APIResource
    private(set) var objects: [StoredObject.Key: StoredObject] = [:]
    /// In order, once ``arrange()`` has been called; else perhaps twice, or of objects that are gone.
    private var keys: [StoredObject.Key] = []
    private var isArranged = true
    /// What happened since ``compacted``, in order.
    private var history: [ObjectEvent] = []
    /// Nothing is known of what was before this revision, and of what changed up to it.
    private(set) var compacted: UInt64 = 0
    /// Who is told of changes.
    var watches: [ObjectIdentifier: WatchStream] = [:]

    init(_ resource: APIResource, since revision: UInt64) {
        self.resource = resource
        compacted = revision
    }

    /// Takes a change, and forgets the oldest ones beyond so many.
    mutating func record(_ event: ObjectEvent, keeping limit: Int) {
        if event.isDeletion {
            objects[event.key] = nil
            isArranged = false
        } else if objects.updateValue(event.new, forKey: event.key) == nil {
            keys.append(event.key)
            isArranged = false
        }
        history.append(event)
        // Cut in large pieces, so that keeping a long history costs little.
        if history.count > limit + limit / 4 + 1 { forget(history.count - limit) }
    }

    private mutating func forget(_ count: Int) {
        guard count > 0 else { return }
        compacted = history[count - 1].revision
        history.removeFirst(count)
    }

    /// Forgets everything but what is now.
    mutating func compact(at revision: UInt64) {
        history = []
        compacted = revision
    }

    /// What happened behind a revision.
    func events(after revision: UInt64) -> ArraySlice<ObjectEvent> {
        var start = history.count
        while start > 0, history[start - 1].revision > revision { start -= 1 }
        return history[start...]
    }

    /// The last changes, up to so many.
    func lastEvents(_ count: Int) -> ArraySlice<ObjectEvent> { history.suffix(count) }

    private mutating func arrange() {
        if isArranged { return }
        let sorted = keys.filter { objects[$0] != nil }.sorted()
        keys = []
        keys.reserveCapacity(sorted.count)
        for key in sorted where keys.last != key { keys.append(key) }
        isArranged = true
    }

    /// All objects in order.
    mutating func all() -> [StoredObject] {
        arrange()
        return keys.compactMap { objects[$0] }
    }

    /// A part of the list of all objects.
    struct Page {
        var objects: [StoredObject] = []
        /// Behind which key the next page begins; nil at the end.
        var next: StoredObject.Key?
        /// How many objects follow, selected or not.
        var remaining = 0
    }

    /// The objects as they were at a revision that is not older than ``compacted``.
    ///
    /// - Parameters:
    ///   - key: that of the last object of the page before.
    ///   - limit: the largest number of objects.
    mutating func page(
        _ selection: ObjectSelection, behind key: StoredObject.Key?, limit: Int,
        at revision: UInt64
    ) -> Page {
        arrange()
        // What has changed since, as it was.
        var past: [StoredObject.Key: StoredObject?] = [:]
        for event in events(after: revision).reversed() {
            past.updateValue(event.old, forKey: event.key)
        }
        let gone = past.filter { $0.value != nil && objects[$0.key] == nil }.keys.sorted()
        var present = key.map(position(behind:)) ?? 0
        var absent = key.map { key in gone.firstIndex { $0 > key } ?? gone.count } ?? 0
        var page = Page()
        var last: StoredObject.Key?
        while present < keys.count || absent < gone.count {
            let isPresent =
                absent == gone.count || (present < keys.count && keys[present] < gone[absent])
            let candidate = isPresent ? keys[present] : gone[absent]
            let object = past[candidate] ?? objects[candidate]
            if let object, selection.includes(object) {
                if page.objects.count == limit {
                    page.next = last
                    let unborn = past.count {
                        $0.value == nil && objects[$0.key] != nil && $0.key >= candidate
                    }
                    page.remaining = keys.count - present + gone.count - absent - unborn
                    return page
                }
                page.objects.append(object)
            }
            last = candidate
            if isPresent { present += 1 } else { absent += 1 }
        }
        return page
    }

    private func position(behind key: StoredObject.Key) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] <= key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
