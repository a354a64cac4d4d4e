// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A window on bytes that came from the kernel. Every access is checked against its bounds, in
/// release builds too: what lies outside reads as nil, and a slice never grows.
///
/// The bytes belong to the receive buffer and are valid until the next message is received.
struct ByteView {
    private let start: UnsafeRawPointer?
    let count: Int

    static var empty: ByteView { ByteView(start: nil, count: 0) }

    init(_ bytes: UnsafeRawBufferPointer) {
        start = bytes.baseAddress
        count = bytes.count
    }

    private init(start: UnsafeRawPointer?, count: Int) {
        self.start = start
        self.count = count
    }

    /// The bytes from `offset` on, at most `length`; fewer where the window ends.
    func slice(from offset: Int, length: Int = .max) -> ByteView {
        guard let start, offset >= 0, offset < count, length > 0 else {
            return .empty
        }
        return ByteView(start: start + offset, count: min(length, count - offset))
    }

    /// An integer in the host's byte order, at any alignment.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self, at offset: Int
    ) -> Value? {
        guard let start, offset >= 0, offset <= count - MemoryLayout<Value>.size else {
            return nil
        }
        return start.loadUnaligned(fromByteOffset: offset, as: type)
    }

    /// The integer in network byte order that fills the window exactly.
    func networkInteger<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) -> Value? {
        guard count == MemoryLayout<Value>.size else { return nil }
        return integer(type, at: 0).map { Value(bigEndian: $0) }
    }

    /// The first eight bytes as a number in network byte order, with zeros where there are fewer.
    var prefix: UInt64 {
        if let value = integer(UInt64.self, at: 0) { return UInt64(bigEndian: value) }
        var value: UInt64 = 0
        for index in 0..<8 { value = value << 8 | UInt64(integer(UInt8.self, at: index) ?? 0) }
        return value
    }

    /// A copy of the bytes.
    var array: [UInt8] { Array(UnsafeRawBufferPointer(start: start, count: count)) }

    /// The text up to the first zero byte, or to the end where there is none.
    var string: String {
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Whether the text up to the first zero byte has these bytes, none of which is zero.
    func isString(_ text: [UInt8]) -> Bool {
        guard let start, count >= text.count else { return false }
        for index in text.indices
        where start.load(fromByteOffset: index, as: UInt8.self) != text[index] {
            return false
        }
        return count == text.count || start.load(fromByteOffset: text.count, as: UInt8.self) == 0
    }

    /// Whether ``string`` is `text`; allocates nothing.
    func isString(_ text: String) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        return bytes.prefix { $0 != 0 }.elementsEqual(text.utf8)
    }
}
