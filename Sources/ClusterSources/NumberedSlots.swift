// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Values side by side in one array, each under a number that stays the same for as long as it is
/// there. Numbers of values that are gone are given out again.
///
/// Tables of large values are half empty; tables of these numbers are small.
struct NumberedSlots<Value: Sendable>: Sendable {
    private var slots: [Value?] = []
    private var free: [Int32] = []

    /// The value of a number that has been given out.
    subscript(number: Int32) -> Value {
        get { slots[Int(number)]! }
        set { slots[Int(number)] = newValue }
    }

    /// - Returns: the value's number.
    mutating func insert(_ value: Value) -> Int32 {
        if let number = free.popLast() {
            slots[Int(number)] = value
            return number
        }
        slots.append(value)
        return Int32(slots.count - 1)
    }

    mutating func remove(_ number: Int32) {
        slots[Int(number)] = nil
        free.append(number)
    }
}

/// A list of numbers that takes no memory of its own while it is one alone.
enum NumberList: Hashable, Sendable {
    case one(Int32)
    case several([Int32])

    /// Nil for an empty list.
    init?(_ numbers: [Int32]) {
        if numbers.isEmpty { return nil }
        self = numbers.count == 1 ? .one(numbers[0]) : .several(numbers)
    }

    var first: Int32 {
        switch self {
        case .one(let number): number
        case .several(let numbers): numbers[0]
        }
    }

    var all: [Int32] {
        switch self {
        case .one(let number): [number]
        case .several(let numbers): numbers
        }
    }
}
