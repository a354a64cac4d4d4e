// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NftablesModel

// The kernel's numbers in the types in which messages hold them. Named C enums arrive in Swift as
// structs, anonymous ones as Int and macros as Int32: nothing outside this file sees that.

/// Netlink message types (`nlmsghdr.nlmsg_type`).
enum MessageType {
    static let error = UInt16(NLMSG_ERROR)
    static let done = UInt16(NLMSG_DONE)
    static let batchBegin = UInt16(NFNL_MSG_BATCH_BEGIN)
    static let batchEnd = UInt16(NFNL_MSG_BATCH_END)

    static let newTable = nftables(NFT_MSG_NEWTABLE)
    static let getTable = nftables(NFT_MSG_GETTABLE)
    static let deleteTable = nftables(NFT_MSG_DELTABLE)
    static let newChain = nftables(NFT_MSG_NEWCHAIN)
    static let getChain = nftables(NFT_MSG_GETCHAIN)
    static let deleteChain = nftables(NFT_MSG_DELCHAIN)
    static let newRule = nftables(NFT_MSG_NEWRULE)
    static let getRule = nftables(NFT_MSG_GETRULE)
    static let deleteRule = nftables(NFT_MSG_DELRULE)
    static let newSet = nftables(NFT_MSG_NEWSET)
    static let getSet = nftables(NFT_MSG_GETSET)
    static let deleteSet = nftables(NFT_MSG_DELSET)
    static let newElements = nftables(NFT_MSG_NEWSETELEM)
    static let getElements = nftables(NFT_MSG_GETSETELEM)
    static let deleteElements = nftables(NFT_MSG_DELSETELEM)
    static let newGeneration = nftables(NFT_MSG_NEWGEN)
    static let getGeneration = nftables(NFT_MSG_GETGEN)

    // Of Linux 6.3, which older headers lack: deletions that tolerate that nothing is there.
    static let destroyChain = Netfilter.subsystem << 8 | 27
    static let destroyRule = Netfilter.subsystem << 8 | 28
    static let destroySet = Netfilter.subsystem << 8 | 29
    static let destroyElements = Netfilter.subsystem << 8 | 30

    private static func nftables(_ type: nf_tables_msg_types) -> UInt16 {
        Netfilter.subsystem << 8 | UInt16(type.rawValue)
    }
}

/// Netlink message flags (`nlmsghdr.nlmsg_flags`).
enum MessageFlag {
    static let request = UInt16(NLM_F_REQUEST)
    static let acknowledge = UInt16(NLM_F_ACK)
    static let dump = UInt16(NLM_F_DUMP)
    static let dumpInterrupted = UInt16(NLM_F_DUMP_INTR)
    static let create = UInt16(NLM_F_CREATE)
    static let append = UInt16(NLM_F_APPEND)
    static let replace = UInt16(NLM_F_REPLACE)
    /// What the message brings about is told to its sender as it is told to those that monitor.
    static let echo = UInt16(NLM_F_ECHO)
    /// `NLM_F_ACK_TLVS`: an error message ends in attributes.
    static let acknowledgementAttributes = UInt16(NLM_F_ACK_TLVS)
}

enum Netfilter {
    static let subsystem = UInt16(NFNL_SUBSYS_NFTABLES)
    /// `NFPROTO_INET`, the only family that is read and written.
    static let familyInet = UInt8(NFPROTO_INET)
    /// Objects of every family.
    static let familyAny = UInt8(NFPROTO_UNSPEC)
    /// The group of sockets that are told of all changes (`NFNLGRP_NFTABLES`).
    static let notificationGroup = Int32(NFNLGRP_NFTABLES.rawValue)
    static let familyUnspecified = UInt8(NFPROTO_UNSPEC)
    static let messageHeaderLength = MemoryLayout<nlmsghdr>.size
    static let familyHeaderLength = MemoryLayout<nfgenmsg>.size
    /// The longest name of a table, chain or set in bytes (`NFT_NAME_MAXLEN` counts the zero).
    static let maximumNameLength = Int(NFT_NAME_MAXLEN) - 1
    /// `NFT_RULE_MAXEXPRS` of `net/netfilter/nf_tables_api.c`.
    static let maximumExpressions = 128
    /// `NF_LOG_PREFIXLEN` of `include/net/netfilter/nf_log.h`, which counts the zero.
    static let maximumLogPrefixLength = 127
    static let maximumValueLength = Int(NFT_DATA_VALUE_MAXLEN)
}

enum AttributeFlag {
    static let nested = UInt16(NLA_F_NESTED)
    /// All but `NLA_F_NESTED` and `NLA_F_NET_BYTEORDER`.
    static let typeMask: UInt16 = 0x3fff
}

enum ListAttribute {
    static let element = UInt16(NFTA_LIST_ELEM.rawValue)
}

enum BatchAttribute {
    static let generation = UInt16(NFNL_BATCH_GENID.rawValue)
}

enum GenerationAttribute {
    static let identifier = UInt16(NFTA_GEN_ID.rawValue)
    static let process = UInt16(NFTA_GEN_PROC_PID.rawValue)
    static let processName = UInt16(NFTA_GEN_PROC_NAME.rawValue)
}

enum ErrorAttribute {
    static let message = UInt16(NLMSGERR_ATTR_MSG.rawValue)
}

enum TableAttribute {
    static let name = UInt16(NFTA_TABLE_NAME.rawValue)
    static let flags = UInt16(NFTA_TABLE_FLAGS.rawValue)
    static let userData = UInt16(NFTA_TABLE_USERDATA.rawValue)
    static let owner = UInt16(NFTA_TABLE_OWNER.rawValue)
}

/// `enum nft_table_flags`.
enum TableFlag {
    static let owner = UInt32(NFT_TABLE_F_OWNER.rawValue)
    /// `NFT_TABLE_F_PERSIST` of Linux 6.9, which older headers lack.
    static let persist: UInt32 = 0x4
    static let ownership = owner | persist
}

enum ChainAttribute {
    static let table = UInt16(NFTA_CHAIN_TABLE.rawValue)
    static let name = UInt16(NFTA_CHAIN_NAME.rawValue)
    static let hook = UInt16(NFTA_CHAIN_HOOK.rawValue)
    static let policy = UInt16(NFTA_CHAIN_POLICY.rawValue)
    static let type = UInt16(NFTA_CHAIN_TYPE.rawValue)
    static let userData = UInt16(NFTA_CHAIN_USERDATA.rawValue)
}

enum HookAttribute {
    static let number = UInt16(NFTA_HOOK_HOOKNUM.rawValue)
    static let priority = UInt16(NFTA_HOOK_PRIORITY.rawValue)
}

enum RuleAttribute {
    static let table = UInt16(NFTA_RULE_TABLE.rawValue)
    static let chain = UInt16(NFTA_RULE_CHAIN.rawValue)
    static let handle = UInt16(NFTA_RULE_HANDLE.rawValue)
    static let expressions = UInt16(NFTA_RULE_EXPRESSIONS.rawValue)
    static let userData = UInt16(NFTA_RULE_USERDATA.rawValue)
}

enum SetAttribute {
    static let table = UInt16(NFTA_SET_TABLE.rawValue)
    static let name = UInt16(NFTA_SET_NAME.rawValue)
    static let flags = UInt16(NFTA_SET_FLAGS.rawValue)
    static let keyType = UInt16(NFTA_SET_KEY_TYPE.rawValue)
    static let keyLength = UInt16(NFTA_SET_KEY_LEN.rawValue)
    static let dataType = UInt16(NFTA_SET_DATA_TYPE.rawValue)
    static let policy = UInt16(NFTA_SET_POLICY.rawValue)
    static let description = UInt16(NFTA_SET_DESC.rawValue)
    static let userData = UInt16(NFTA_SET_USERDATA.rawValue)
    static let timeout = UInt16(NFTA_SET_TIMEOUT.rawValue)
    static let expression = UInt16(NFTA_SET_EXPR.rawValue)
    static let expressions = UInt16(NFTA_SET_EXPRESSIONS.rawValue)
    static let descriptionSize = UInt16(NFTA_SET_DESC_SIZE.rawValue)
}

enum SetFlag {
    static let interval = NFT_SET_INTERVAL.rawValue
    static let map = NFT_SET_MAP.rawValue
    static let concatenation = NFT_SET_CONCAT.rawValue
    /// The map data type of verdicts, `NFT_DATA_VERDICT`.
    static let verdictType = NFT_DATA_VERDICT.rawValue
}

enum ElementListAttribute {
    static let table = UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue)
    static let set = UInt16(NFTA_SET_ELEM_LIST_SET.rawValue)
    static let setIdentifier = UInt16(NFTA_SET_ELEM_LIST_SET_ID.rawValue)
    static let elements = UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue)
}

enum ElementAttribute {
    static let key = UInt16(NFTA_SET_ELEM_KEY.rawValue)
    static let data = UInt16(NFTA_SET_ELEM_DATA.rawValue)
    static let flags = UInt16(NFTA_SET_ELEM_FLAGS.rawValue)
    static let userData = UInt16(NFTA_SET_ELEM_USERDATA.rawValue)
    static let keyEnd = UInt16(NFTA_SET_ELEM_KEY_END.rawValue)
    static let padding = UInt16(NFTA_SET_ELEM_PAD.rawValue)
}

enum ElementFlag {
    static let intervalEnd = NFT_SET_ELEM_INTERVAL_END.rawValue
    static let catchAll = NFT_SET_ELEM_CATCHALL.rawValue
}

enum DataAttribute {
    static let value = UInt16(NFTA_DATA_VALUE.rawValue)
    static let verdict = UInt16(NFTA_DATA_VERDICT.rawValue)
    static let verdictCode = UInt16(NFTA_VERDICT_CODE.rawValue)
    static let verdictChain = UInt16(NFTA_VERDICT_CHAIN.rawValue)
}

/// Verdict codes (`enum nft_verdicts` and `NF_DROP`, `NF_ACCEPT`).
enum VerdictCode {
    static let drop: Int32 = NF_DROP
    static let accept: Int32 = NF_ACCEPT
    static let jump = Int32(NFT_JUMP.rawValue)
    static let goto = Int32(NFT_GOTO.rawValue)
    static let `return` = Int32(NFT_RETURN.rawValue)
}

/// The attributes of each kind of expression; the enum's name is that of the expression.
enum ExpressionAttribute {
    static let name = UInt16(NFTA_EXPR_NAME.rawValue)
    static let data = UInt16(NFTA_EXPR_DATA.rawValue)

    enum Meta {
        static let destination = UInt16(NFTA_META_DREG.rawValue)
        static let key = UInt16(NFTA_META_KEY.rawValue)
    }

    enum Payload {
        static let destination = UInt16(NFTA_PAYLOAD_DREG.rawValue)
        static let base = UInt16(NFTA_PAYLOAD_BASE.rawValue)
        static let offset = UInt16(NFTA_PAYLOAD_OFFSET.rawValue)
        static let length = UInt16(NFTA_PAYLOAD_LEN.rawValue)
    }

    enum Conntrack {
        static let destination = UInt16(NFTA_CT_DREG.rawValue)
        static let key = UInt16(NFTA_CT_KEY.rawValue)
        static let direction = UInt16(NFTA_CT_DIRECTION.rawValue)
        static let state = NFT_CT_STATE.rawValue
        /// `IP_CT_DIR_ORIGINAL` of linux/netfilter/nf_conntrack_tuple_common.h.
        static let original: UInt8 = 0
    }

    enum Fib {
        static let destination = UInt16(NFTA_FIB_DREG.rawValue)
        static let result = UInt16(NFTA_FIB_RESULT.rawValue)
        static let flags = UInt16(NFTA_FIB_FLAGS.rawValue)
        static let addressType = NFT_FIB_RESULT_ADDRTYPE.rawValue
        static let source = NFTA_FIB_F_SADDR.rawValue
    }

    enum Compare {
        static let source = UInt16(NFTA_CMP_SREG.rawValue)
        static let operation = UInt16(NFTA_CMP_OP.rawValue)
        static let data = UInt16(NFTA_CMP_DATA.rawValue)
    }

    enum Bitwise {
        static let source = UInt16(NFTA_BITWISE_SREG.rawValue)
        static let destination = UInt16(NFTA_BITWISE_DREG.rawValue)
        static let length = UInt16(NFTA_BITWISE_LEN.rawValue)
        static let mask = UInt16(NFTA_BITWISE_MASK.rawValue)
        static let xor = UInt16(NFTA_BITWISE_XOR.rawValue)
        static let operation = UInt16(NFTA_BITWISE_OP.rawValue)
        static let maskXor = NFT_BITWISE_MASK_XOR.rawValue
    }

    enum Byteorder {
        static let source = UInt16(NFTA_BYTEORDER_SREG.rawValue)
        static let destination = UInt16(NFTA_BYTEORDER_DREG.rawValue)
        static let length = UInt16(NFTA_BYTEORDER_LEN.rawValue)
        static let size = UInt16(NFTA_BYTEORDER_SIZE.rawValue)
    }

    enum Lookup {
        static let set = UInt16(NFTA_LOOKUP_SET.rawValue)
        static let source = UInt16(NFTA_LOOKUP_SREG.rawValue)
        static let destination = UInt16(NFTA_LOOKUP_DREG.rawValue)
        static let flags = UInt16(NFTA_LOOKUP_FLAGS.rawValue)
        static let inverted = NFT_LOOKUP_F_INV.rawValue
    }

    enum Immediate {
        static let destination = UInt16(NFTA_IMMEDIATE_DREG.rawValue)
        static let data = UInt16(NFTA_IMMEDIATE_DATA.rawValue)
    }

    enum Counter {
        static let bytes = UInt16(NFTA_COUNTER_BYTES.rawValue)
        static let packets = UInt16(NFTA_COUNTER_PACKETS.rawValue)
        static let padding = UInt16(NFTA_COUNTER_PAD.rawValue)
    }

    enum Log {
        static let prefix = UInt16(NFTA_LOG_PREFIX.rawValue)
        static let level = UInt16(NFTA_LOG_LEVEL.rawValue)
        /// The level that the kernel takes where none is given.
        static let warning = NFT_LOGLEVEL_WARNING.rawValue
    }

    enum Reject {
        static let type = UInt16(NFTA_REJECT_TYPE.rawValue)
        static let code = UInt16(NFTA_REJECT_ICMP_CODE.rawValue)
        static let tcpReset = NFT_REJECT_TCP_RST.rawValue
        /// An ICMP or ICMPv6 error, after the packet's family.
        static let anyFamily = NFT_REJECT_ICMPX_UNREACH.rawValue
        static let prohibited = UInt8(NFT_REJECT_ICMPX_ADMIN_PROHIBITED.rawValue)
    }
}

/// The types in an object's user data, which only nft reads (`libnftnl/udata.h`).
enum UserDataType {
    static let comment: UInt8 = 0
    static let setKeyByteOrder = UInt8(NFTNL_UDATA_SET_KEYBYTEORDER.rawValue)
    static let setDataByteOrder = UInt8(NFTNL_UDATA_SET_DATABYTEORDER.rawValue)
    static let setDataInterval = UInt8(NFTNL_UDATA_SET_DATA_INTERVAL.rawValue)
    static let setComment = UInt8(NFTNL_UDATA_SET_COMMENT.rawValue)
    static let elementFlags = UInt8(NFTNL_UDATA_SET_ELEM_FLAGS.rawValue)
    /// The interval has no end element because it reaches the maximum.
    static let elementIntervalOpen = NFTNL_SET_ELEM_F_INTERVAL_OPEN.rawValue
}

extension Register {
    /// The register in which a rule's verdict is held (`NFT_REG_VERDICT`).
    static let verdictNumber = NFT_REG_VERDICT.rawValue

    /// The number by which messages name the register: the four old registers of 16 bytes where
    /// it begins one of them, as the kernel does when it dumps rules (`nft_dump_register`).
    var number: UInt32 {
        word % 4 == 0
            ? NFT_REG_1.rawValue + UInt32(word / 4) : NFT_REG32_00.rawValue + UInt32(word)
    }

    /// Nil for the verdict's register and numbers that the kernel does not use.
    init?(number: UInt32) {
        switch number {
        case NFT_REG_1.rawValue...NFT_REG_4.rawValue:
            self.init(word: Int(number - NFT_REG_1.rawValue) * 4)
        case NFT_REG32_00.rawValue...NFT_REG32_15.rawValue:
            self.init(word: Int(number - NFT_REG32_00.rawValue))
        default:
            return nil
        }
    }
}
