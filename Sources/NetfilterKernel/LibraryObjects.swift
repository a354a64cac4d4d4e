// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter

// Owners of libnftnl's objects. The library copies what it is given, and fails only for want of
// memory, where Swift's own allocations end the process too.

struct LibraryTable: ~Copyable {
    private let object = nftnl_table_alloc()!

    deinit { nftnl_table_free(object) }

    func set(_ attribute: nftnl_table_attr, _ text: String) {
        nftnl_table_set_str(object, UInt16(attribute.rawValue), text)
    }

    func set(_ attribute: nftnl_table_attr, _ number: UInt32) {
        nftnl_table_set_u32(object, UInt16(attribute.rawValue), number)
    }

    func set(_ attribute: nftnl_table_attr, _ data: UserData) {
        nftnl_table_set_data(
            object, UInt16(attribute.rawValue), data.bytes, UInt32(data.bytes.count))
    }

    func write(to message: UnsafeMutablePointer<nlmsghdr>) {
        nftnl_table_nlmsg_build_payload(message, object)
    }
}

struct LibraryChain: ~Copyable {
    private let object = nftnl_chain_alloc()!

    deinit { nftnl_chain_free(object) }

    func set(_ attribute: nftnl_chain_attr, _ text: String) {
        nftnl_chain_set_str(object, UInt16(attribute.rawValue), text)
    }

    func set(_ attribute: nftnl_chain_attr, _ number: UInt32) {
        nftnl_chain_set_u32(object, UInt16(attribute.rawValue), number)
    }

    func set(_ attribute: nftnl_chain_attr, _ number: Int32) {
        nftnl_chain_set_s32(object, UInt16(attribute.rawValue), number)
    }

    func set(_ attribute: nftnl_chain_attr, _ data: UserData) {
        nftnl_chain_set_data(
            object, UInt16(attribute.rawValue), data.bytes, UInt32(data.bytes.count))
    }

    func write(to message: UnsafeMutablePointer<nlmsghdr>) {
        nftnl_chain_nlmsg_build_payload(message, object)
    }
}

struct LibrarySet: ~Copyable {
    private let object = nftnl_set_alloc()!

    deinit { nftnl_set_free(object) }

    func set(_ attribute: nftnl_set_attr, _ text: String) {
        nftnl_set_set_str(object, UInt16(attribute.rawValue), text)
    }

    func set(_ attribute: nftnl_set_attr, _ number: UInt32) {
        nftnl_set_set_u32(object, UInt16(attribute.rawValue), number)
    }

    func set(_ attribute: nftnl_set_attr, _ bytes: [UInt8]) {
        nftnl_set_set_data(object, UInt16(attribute.rawValue), bytes, UInt32(bytes.count))
    }

    func write(to message: UnsafeMutablePointer<nlmsghdr>) {
        nftnl_set_nlmsg_build_payload(message, object)
    }
}

struct LibraryRule: ~Copyable {
    private let object = nftnl_rule_alloc()!

    deinit { nftnl_rule_free(object) }

    func set(_ attribute: nftnl_rule_attr, _ text: String) {
        nftnl_rule_set_str(object, UInt16(attribute.rawValue), text)
    }

    func set(_ attribute: nftnl_rule_attr, _ number: UInt64) {
        nftnl_rule_set_u64(object, UInt16(attribute.rawValue), number)
    }

    func set(_ attribute: nftnl_rule_attr, _ data: UserData) {
        nftnl_rule_set_data(
            object, UInt16(attribute.rawValue), data.bytes, UInt32(data.bytes.count))
    }

    /// Hands the expression over to the rule, which frees it.
    func append(_ expression: LibraryExpression) {
        nftnl_rule_add_expr(object, expression.object)
    }

    func write(to message: UnsafeMutablePointer<nlmsghdr>) {
        nftnl_rule_nlmsg_build_payload(message, object)
    }
}

/// An expression that is built to be appended to a rule.
struct LibraryExpression {
    fileprivate let object: OpaquePointer

    /// - Parameter name: one that libnftnl knows.
    init(_ name: String) {
        guard let object = nftnl_expr_alloc(name) else {
            preconditionFailure("libnftnl does not know the expression \(name)")
        }
        self.object = object
    }

    func set(_ attribute: Int, _ number: UInt32) {
        nftnl_expr_set_u32(object, UInt16(attribute), number)
    }

    func set(_ attribute: Int, _ number: UInt8) {
        nftnl_expr_set_u8(object, UInt16(attribute), number)
    }

    func set(_ attribute: Int, _ text: String) {
        nftnl_expr_set_str(object, UInt16(attribute), text)
    }

    func set(_ attribute: Int, _ bytes: [UInt8]) {
        nftnl_expr_set(object, UInt16(attribute), bytes, UInt32(bytes.count))
    }
}
