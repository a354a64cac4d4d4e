// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NftablesModel

extension Expression {
    /// The expression as libnftnl's object; nil for one that is unknown, which cannot be written.
    var libraryExpression: LibraryExpression? {
        switch self {
        case .meta(let key, let register):
            let expression = LibraryExpression("meta")
            expression.set(NFTNL_EXPR_META_KEY, key.rawValue)
            expression.set(NFTNL_EXPR_META_DREG, register.number)
            return expression
        case .payload(let base, let offset, let length, let register):
            let expression = LibraryExpression("payload")
            expression.set(NFTNL_EXPR_PAYLOAD_BASE, base.rawValue)
            expression.set(NFTNL_EXPR_PAYLOAD_OFFSET, offset)
            expression.set(NFTNL_EXPR_PAYLOAD_LEN, length)
            expression.set(NFTNL_EXPR_PAYLOAD_DREG, register.number)
            return expression
        case .conntrackState(let register):
            let expression = LibraryExpression("ct")
            expression.set(NFTNL_EXPR_CT_KEY, ExpressionAttribute.Conntrack.state)
            expression.set(NFTNL_EXPR_CT_DREG, register.number)
            return expression
        case .originalDestination(let part, let register):
            let expression = LibraryExpression("ct")
            expression.set(NFTNL_EXPR_CT_KEY, part.rawValue)
            expression.set(NFTNL_EXPR_CT_DIR, ExpressionAttribute.Conntrack.original)
            expression.set(NFTNL_EXPR_CT_DREG, register.number)
            return expression
        case .fibSourceType(let register):
            let expression = LibraryExpression("fib")
            expression.set(NFTNL_EXPR_FIB_RESULT, ExpressionAttribute.Fib.addressType)
            expression.set(NFTNL_EXPR_FIB_FLAGS, ExpressionAttribute.Fib.source)
            expression.set(NFTNL_EXPR_FIB_DREG, register.number)
            return expression
        case .compare(let register, let comparison, let data):
            let expression = LibraryExpression("cmp")
            expression.set(NFTNL_EXPR_CMP_SREG, register.number)
            expression.set(NFTNL_EXPR_CMP_OP, comparison.rawValue)
            expression.set(NFTNL_EXPR_CMP_DATA, data)
            return expression
        case .bitwise(let register, let mask, let xor):
            let expression = LibraryExpression("bitwise")
            expression.set(NFTNL_EXPR_BITWISE_SREG, register.number)
            expression.set(NFTNL_EXPR_BITWISE_DREG, register.number)
            expression.set(NFTNL_EXPR_BITWISE_OP, ExpressionAttribute.Bitwise.maskXor)
            expression.set(NFTNL_EXPR_BITWISE_LEN, UInt32(mask.count))
            expression.set(NFTNL_EXPR_BITWISE_MASK, mask)
            expression.set(NFTNL_EXPR_BITWISE_XOR, xor)
            return expression
        case .lookup(let set, let key, let isInverted):
            let expression = LibraryExpression("lookup")
            expression.set(NFTNL_EXPR_LOOKUP_SET, set)
            expression.set(NFTNL_EXPR_LOOKUP_SREG, key.number)
            if isInverted {
                expression.set(NFTNL_EXPR_LOOKUP_FLAGS, ExpressionAttribute.Lookup.inverted)
            }
            return expression
        case .verdictLookup(let map, let key):
            let expression = LibraryExpression("lookup")
            expression.set(NFTNL_EXPR_LOOKUP_SET, map)
            expression.set(NFTNL_EXPR_LOOKUP_SREG, key.number)
            expression.set(NFTNL_EXPR_LOOKUP_DREG, Register.verdictNumber)
            return expression
        case .verdict(let verdict):
            let expression = LibraryExpression("immediate")
            expression.set(NFTNL_EXPR_IMM_DREG, Register.verdictNumber)
            expression.set(NFTNL_EXPR_IMM_VERDICT, UInt32(bitPattern: verdict.code))
            if let chain = verdict.chain { expression.set(NFTNL_EXPR_IMM_CHAIN, chain) }
            return expression
        case .counter:
            return LibraryExpression("counter")
        case .log(let prefix):
            let expression = LibraryExpression("log")
            expression.set(NFTNL_EXPR_LOG_PREFIX, prefix)
            return expression
        case .notrack:
            return LibraryExpression("notrack")
        case .reject(let rejection):
            let expression = LibraryExpression("reject")
            switch rejection {
            case .tcpReset:
                expression.set(NFTNL_EXPR_REJECT_TYPE, ExpressionAttribute.Reject.tcpReset)
            case .prohibited:
                expression.set(NFTNL_EXPR_REJECT_TYPE, ExpressionAttribute.Reject.anyFamily)
                expression.set(NFTNL_EXPR_REJECT_CODE, ExpressionAttribute.Reject.prohibited)
            }
            return expression
        case .unknown:
            return nil
        }
    }
}

extension Verdict {
    /// `NFTA_VERDICT_CODE`.
    var code: Int32 {
        switch self {
        case .accept: VerdictCode.accept
        case .drop: VerdictCode.drop
        case .return: VerdictCode.return
        case .jump: VerdictCode.jump
        case .goto: VerdictCode.goto
        }
    }

    /// The chain to which the verdict leads.
    var chain: String? {
        switch self {
        case .jump(let chain), .goto(let chain): chain
        case .accept, .drop, .return: nil
        }
    }
}
