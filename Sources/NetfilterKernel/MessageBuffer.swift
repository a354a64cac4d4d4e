// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter

/// Netlink messages one behind the other, written in place into memory that grows.
final class MessageBuffer {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 1 << 16) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 16)
        zeroFree()
    }

    deinit { base.deallocate() }

    /// Passes what was written to `body`, which must not keep it.
    func withBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Makes room for so many more bytes.
    func reserve(_ length: Int) {
        guard count + length > capacity else { return }
        capacity = max(capacity * 2, count + length)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        grown.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = grown
        zeroFree()
    }

    /// libmnl leaves the padding behind attributes as it finds it.
    private func zeroFree() {
        (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: capacity - count)
    }

    /// Appends a message to netfilter whose payload `body` writes through libmnl or libnftnl,
    /// which do not look at bounds: it must not write more than `limit` bytes.
    func appendMessage(
        type: UInt16, flags: UInt16, family: UInt8 = Netfilter.familyInet, resource: UInt16 = 0,
        sequence: UInt32, limit: Int = 4096,
        _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void = { _ in }
    ) {
        appendMessage(
            type: type, flags: flags,
            header: nfgenmsg(nfgen_family: family, version: 0, res_id: resource.bigEndian),
            sequence: sequence, limit: limit, body)
    }

    /// The same for any subsystem: `familyHeader` is what stands between the netlink header and
    /// the attributes.
    func appendMessage<Header: BitwiseCopyable>(
        type: UInt16, flags: UInt16, header familyHeader: Header, sequence: UInt32, limit: Int,
        _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void = { _ in }
    ) {
        reserve(limit)
        let header = mnl_nlmsg_put_header(base + count)!
        header.pointee.nlmsg_type = type
        header.pointee.nlmsg_flags = MessageFlag.request | flags
        header.pointee.nlmsg_seq = sequence
        let extra = mnl_nlmsg_put_extra_header(header, MemoryLayout<Header>.size)!
        extra.storeBytes(of: familyHeader, as: Header.self)
        body(header)
        count += (Int(header.pointee.nlmsg_len) + 3) & ~3
        precondition(count <= capacity, "a message of more than \(limit) bytes")
    }

    /// Sets flags of the message that begins at `offset`.
    func addFlags(_ flags: UInt16, toMessageAt offset: Int) {
        let place = base + offset + MemoryLayout<nlmsghdr>.offset(of: \.nlmsg_flags)!
        place.storeBytes(of: place.load(as: UInt16.self) | flags, as: UInt16.self)
    }

    // MARK: Raw attributes, for elements by the hundred thousand

    /// Begins a message that raw attributes follow; ``endMessage(at:)`` ends it.
    func beginMessage(type: UInt16, flags: UInt16, sequence: UInt32) -> Int {
        let start = count
        appendMessage(type: type, flags: flags, sequence: sequence, limit: 32)
        return start
    }

    func endMessage(at start: Int) {
        (base + start).storeBytes(of: UInt32(count - start), as: UInt32.self)
    }

    /// Begins an attribute that holds others; ``endNested(at:)`` ends it.
    func beginNested(_ type: UInt16) -> Int {
        reserve(4)
        let start = count
        (base + start + 2).storeBytes(of: type | AttributeFlag.nested, as: UInt16.self)
        count += 4
        return start
    }

    func endNested(at start: Int) {
        (base + start).storeBytes(of: UInt16(count - start), as: UInt16.self)
    }

    /// Appends an attribute with an integer in network byte order.
    func append<Value: FixedWidthInteger & BitwiseCopyable>(_ type: UInt16, _ value: Value) {
        let size = MemoryLayout<Value>.size
        appendHeader(type, size)
        (base + count + 4).storeBytes(of: value.bigEndian, as: Value.self)
        finish(size)
    }

    func append(_ type: UInt16, _ bytes: [UInt8]) {
        appendHeader(type, bytes.count)
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress {
                (base + count + 4).copyMemory(from: start, byteCount: source.count)
            }
        }
        finish(bytes.count)
    }

    /// Appends an attribute with a zero-terminated string.
    func append(_ type: UInt16, _ text: String) {
        append(type, Array(text.utf8) + [0])
    }

    private func appendHeader(_ type: UInt16, _ length: Int) {
        reserve(length + 8)
        (base + count).storeBytes(of: UInt16(length + 4), as: UInt16.self)
        (base + count + 2).storeBytes(of: type, as: UInt16.self)
    }

    /// Moves behind the attribute, with zeros up to the next whole word.
    private func finish(_ length: Int) {
        var end = count + 4 + length
        while end % 4 != 0 {
            (base + end).storeBytes(of: 0, as: UInt8.self)
            end += 1
        }
        count = end
    }
}
