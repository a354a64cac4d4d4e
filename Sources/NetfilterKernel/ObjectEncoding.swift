// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NftablesModel

// Messages for tables, chains, set headers and rules, built by libnftnl. The limits are what the
// longest admissible object takes (`EncodingLimit`).

extension MessageBuffer {
    /// - Parameter tableFlags: nil leaves those of a table that exists; 0 wakes one that is
    ///   dormant.
    func appendTable(
        _ type: UInt16, _ flags: UInt16, _ sequence: UInt32, name: String, comment: String? = nil,
        tableFlags: UInt32? = nil
    ) {
        let table = LibraryTable()
        table.set(NFTNL_TABLE_NAME, name)
        if let tableFlags { table.set(NFTNL_TABLE_FLAGS, tableFlags) }
        if let data = UserData.comment(comment) { table.set(NFTNL_TABLE_USERDATA, data) }
        appendMessage(type: type, flags: flags, sequence: sequence) { table.write(to: $0) }
    }

    func appendNewChain(_ chain: Chain, table: String, _ sequence: UInt32) {
        let object = LibraryChain()
        object.set(NFTNL_CHAIN_TABLE, table)
        object.set(NFTNL_CHAIN_NAME, chain.name)
        if let base = chain.base {
            object.set(NFTNL_CHAIN_TYPE, base.type)
            object.set(NFTNL_CHAIN_HOOKNUM, base.hook.rawValue)
            object.set(NFTNL_CHAIN_PRIO, base.priority)
            object.set(
                NFTNL_CHAIN_POLICY,
                UInt32(base.policy == .accept ? VerdictCode.accept : VerdictCode.drop))
        }
        if let data = UserData.comment(chain.comment) { object.set(NFTNL_CHAIN_USERDATA, data) }
        appendMessage(type: MessageType.newChain, flags: MessageFlag.create, sequence: sequence) {
            object.write(to: $0)
        }
    }

    func appendDeleteChain(_ name: String, table: String, _ sequence: UInt32) {
        let object = LibraryChain()
        object.set(NFTNL_CHAIN_TABLE, table)
        object.set(NFTNL_CHAIN_NAME, name)
        appendMessage(type: MessageType.deleteChain, flags: 0, sequence: sequence) {
            object.write(to: $0)
        }
    }

    /// - Parameter identifier: names the set within the batch; the kernel demands one.
    func appendNewSet(_ set: NamedSet, table: String, identifier: UInt32, _ sequence: UInt32) {
        let object = LibrarySet()
        object.set(NFTNL_SET_TABLE, table)
        object.set(NFTNL_SET_NAME, set.name)
        object.set(NFTNL_SET_FLAGS, set.headerFlags)
        object.set(NFTNL_SET_KEY_TYPE, FieldType.keyType(set.key))
        object.set(NFTNL_SET_KEY_LEN, UInt32(FieldType.keyLength(set.key)))
        if set.isVerdictMap {
            object.set(NFTNL_SET_DATA_TYPE, SetFlag.verdictType)
            object.set(NFTNL_SET_DATA_LEN, 0)
        }
        object.set(NFTNL_SET_ID, identifier)
        if let capacity = set.capacity { object.set(NFTNL_SET_DESC_SIZE, capacity) }
        if set.hasFieldLengths {
            object.set(NFTNL_SET_DESC_CONCAT, set.key.map { UInt8($0.length) })
        }
        object.set(NFTNL_SET_USERDATA, set.userData.bytes)
        appendMessage(type: MessageType.newSet, flags: MessageFlag.create, sequence: sequence) {
            object.write(to: $0)
        }
    }

    func appendDeleteSet(_ name: String, table: String, _ sequence: UInt32) {
        let object = LibrarySet()
        object.set(NFTNL_SET_TABLE, table)
        object.set(NFTNL_SET_NAME, name)
        appendMessage(type: MessageType.deleteSet, flags: 0, sequence: sequence) {
            object.write(to: $0)
        }
    }

    /// - Parameters:
    ///   - handle: of the rule that is replaced.
    ///   - position: the handle of the rule before which this one goes.
    func appendNewRule(
        _ rule: Rule, table: String, chain: String, flags: UInt16, handle: UInt64? = nil,
        position: UInt64? = nil, _ sequence: UInt32
    ) {
        let object = LibraryRule()
        object.set(NFTNL_RULE_TABLE, table)
        object.set(NFTNL_RULE_CHAIN, chain)
        if let handle { object.set(NFTNL_RULE_HANDLE, handle) }
        if let position { object.set(NFTNL_RULE_POSITION, position) }
        for case let expression? in rule.expressions.map(\.libraryExpression) {
            object.append(expression)
        }
        if let data = UserData.comment(rule.comment) { object.set(NFTNL_RULE_USERDATA, data) }
        appendMessage(
            type: MessageType.newRule, flags: flags, sequence: sequence,
            limit: EncodingLimit.ruleMessage
        ) {
            object.write(to: $0)
        }
    }

    func appendDeleteRule(handle: UInt64, table: String, chain: String, _ sequence: UInt32) {
        let object = LibraryRule()
        object.set(NFTNL_RULE_TABLE, table)
        object.set(NFTNL_RULE_CHAIN, chain)
        object.set(NFTNL_RULE_HANDLE, handle)
        appendMessage(type: MessageType.deleteRule, flags: 0, sequence: sequence) {
            object.write(to: $0)
        }
    }
}
