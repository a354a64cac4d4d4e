// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

extension MessageGolden {
    /// Rules with every kind of expression.
    static let ruleGoldens = [
        MessageGolden(
            "a rule at the end",
            .appendRule(
                Rule(
                    [
                        .meta(.transportProtocol, into: .first),
                        .payload(.transport, offset: 2, length: 2, into: Register(word: 1)),
                        .verdictLookup(map: "m", key: .first),
                    ], comment: "hi"), chain: "c"),
            hex: """
                b8 00 00 00 06 0a 05 0c  # length, NFT_MSG_NEWRULE, REQUEST|ACK|CREATE|APPEND
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_RULE_TABLE "t"
                  06 00 02 00  63 00 00 00  # NFTA_RULE_CHAIN "c"
                  09 00 07 00  00 03 68 69 00 00 00 00  # NFTA_RULE_USERDATA
                  88 00 04 80  # NFTA_RULE_EXPRESSIONS
                    24 00 01 80  # NFTA_LIST_ELEM
                      09 00 01 00  6d 65 74 61 00 00 00 00  # NFTA_EXPR_NAME "meta"
                      14 00 02 80  # NFTA_EXPR_DATA
                        08 00 02 00  00 00 00 10  # NFTA_META_KEY
                        08 00 01 00  00 00 00 01  # NFTA_META_DREG
                    34 00 01 80  # NFTA_LIST_ELEM
                      0c 00 01 00  70 61 79 6c 6f 61 64 00  # NFTA_EXPR_NAME "payload"
                      24 00 02 80  # NFTA_EXPR_DATA
                        08 00 01 00  00 00 00 09  # NFTA_PAYLOAD_DREG
                        08 00 02 00  00 00 00 02  # NFTA_PAYLOAD_BASE
                        08 00 03 00  00 00 00 02  # NFTA_PAYLOAD_OFFSET
                        08 00 04 00  00 00 00 02  # NFTA_PAYLOAD_LEN
                    2c 00 01 80  # NFTA_LIST_ELEM
                      0b 00 01 00  6c 6f 6f 6b 75 70 00 00  # NFTA_EXPR_NAME "lookup"
                      1c 00 02 80  # NFTA_EXPR_DATA
                        08 00 02 00  00 00 00 01  # NFTA_LOOKUP_SREG
                        08 00 03 00  00 00 00 00  # NFTA_LOOKUP_DREG
                        06 00 01 00  6d 00 00 00  # NFTA_LOOKUP_SET "m"
                """),
        MessageGolden(
            "a rule before another",
            .insertRule(
                Rule([
                    .conntrackState(into: .first),
                    .bitwise(.first, mask: [6, 0, 0, 0], xor: [0, 0, 0, 0]),
                    .compare(.first, .notEqual, [0, 0, 0, 0]), .verdict(.accept),
                ]), chain: "c", before: 7),
            hex: """
                fc 00 00 00 06 0a 05 04  # length, NFT_MSG_NEWRULE, REQUEST|ACK|CREATE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_RULE_TABLE "t"
                  06 00 02 00  63 00 00 00  # NFTA_RULE_CHAIN "c"
                  0c 00 06 00  00 00 00 00 00 00 00 07  # NFTA_RULE_POSITION
                  cc 00 04 80  # NFTA_RULE_EXPRESSIONS
                    20 00 01 80  # NFTA_LIST_ELEM
                      07 00 01 00  63 74 00 00  # NFTA_EXPR_NAME "ct"
                      14 00 02 80  # NFTA_EXPR_DATA
                        08 00 02 00  00 00 00 00  # NFTA_CT_KEY
                        08 00 01 00  00 00 00 01  # NFTA_CT_DREG
                    4c 00 01 80  # NFTA_LIST_ELEM
                      0c 00 01 00  62 69 74 77 69 73 65 00  # NFTA_EXPR_NAME "bitwise"
                      3c 00 02 80  # NFTA_EXPR_DATA
                        08 00 01 00  00 00 00 01  # NFTA_BITWISE_SREG
                        08 00 02 00  00 00 00 01  # NFTA_BITWISE_DREG
                        08 00 06 00  00 00 00 00  # NFTA_BITWISE_OP
                        08 00 03 00  00 00 00 04  # NFTA_BITWISE_LEN
                        0c 00 04 80  # NFTA_BITWISE_MASK
                          08 00 01 00  06 00 00 00  # NFTA_DATA_VALUE
                        0c 00 05 80  # NFTA_BITWISE_XOR
                          08 00 01 00  00 00 00 00  # NFTA_DATA_VALUE
                    2c 00 01 80  # NFTA_LIST_ELEM
                      08 00 01 00  63 6d 70 00  # NFTA_EXPR_NAME "cmp"
                      20 00 02 80  # NFTA_EXPR_DATA
                        08 00 01 00  00 00 00 01  # NFTA_CMP_SREG
                        08 00 02 00  00 00 00 01  # NFTA_CMP_OP
                        0c 00 03 80  # NFTA_CMP_DATA
                          08 00 01 00  00 00 00 00  # NFTA_DATA_VALUE
                    30 00 01 80  # NFTA_LIST_ELEM
                      0e 00 01 00  69 6d 6d 65 64 69 61 74 65 00 00 00  # NFTA_EXPR_NAME "immediate"
                      1c 00 02 80  # NFTA_EXPR_DATA
                        08 00 01 00  00 00 00 00  # NFTA_IMMEDIATE_DREG
                        10 00 02 80  # NFTA_IMMEDIATE_DATA
                          0c 00 02 80  # NFTA_DATA_VERDICT
                            08 00 01 00  00 00 00 01  # NFTA_VERDICT_CODE
                """),
        MessageGolden(
            "a rule in place of another",
            .replaceRule(
                Rule([
                    .fibSourceType(into: .first),
                    .lookup(set: "s", key: .first, isInverted: true), .counter,
                    .log(prefix: "x"), .verdict(.goto("d")),
                ]), chain: "c", handle: 7),
            hex: """
                ec 00 00 00 06 0a 05 01  # length, NFT_MSG_NEWRULE, REQUEST|ACK|REPLACE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_RULE_TABLE "t"
                  06 00 02 00  63 00 00 00  # NFTA_RULE_CHAIN "c"
                  0c 00 03 00  00 00 00 00 00 00 00 07  # NFTA_RULE_HANDLE
                  bc 00 04 80  # NFTA_RULE_EXPRESSIONS
                    28 00 01 80  # NFTA_LIST_ELEM
                      08 00 01 00  66 69 62 00  # NFTA_EXPR_NAME "fib"
                      1c 00 02 80  # NFTA_EXPR_DATA
                        08 00 03 00  00 00 00 01  # NFTA_FIB_FLAGS
                        08 00 02 00  00 00 00 03  # NFTA_FIB_RESULT
                        08 00 01 00  00 00 00 01  # NFTA_FIB_DREG
                    2c 00 01 80  # NFTA_LIST_ELEM
                      0b 00 01 00  6c 6f 6f 6b 75 70 00 00  # NFTA_EXPR_NAME "lookup"
                      1c 00 02 80  # NFTA_EXPR_DATA
                        08 00 02 00  00 00 00 01  # NFTA_LOOKUP_SREG
                        06 00 01 00  73 00 00 00  # NFTA_LOOKUP_SET "s"
                        08 00 05 00  00 00 00 01  # NFTA_LOOKUP_FLAGS
                    14 00 01 80  # NFTA_LIST_ELEM
                      0c 00 01 00  63 6f 75 6e 74 65 72 00  # NFTA_EXPR_NAME "counter"
                      04 00 02 80  # NFTA_EXPR_DATA
                    18 00 01 80  # NFTA_LIST_ELEM
                      08 00 01 00  6c 6f 67 00  # NFTA_EXPR_NAME "log"
                      0c 00 02 80  # NFTA_EXPR_DATA
                        06 00 02 00  78 00 00 00  # NFTA_LOG_PREFIX "x"
                    38 00 01 80  # NFTA_LIST_ELEM
                      0e 00 01 00  69 6d 6d 65 64 69 61 74 65 00 00 00  # NFTA_EXPR_NAME "immediate"
                      24 00 02 80  # NFTA_EXPR_DATA
                        08 00 01 00  00 00 00 00  # NFTA_IMMEDIATE_DREG
                        18 00 02 80  # NFTA_IMMEDIATE_DATA
                          14 00 02 80  # NFTA_DATA_VERDICT
                            08 00 01 00  ff ff ff fc  # NFTA_VERDICT_CODE
                            06 00 02 00  64 00 00 00  # NFTA_VERDICT_CHAIN "d"
                """),
        MessageGolden(
            "a rule's deletion", .deleteRule(chain: "c", handle: 7),
            hex: """
                30 00 00 00 08 0a 05 00  # length, NFT_MSG_DELRULE, REQUEST|ACK
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_RULE_TABLE "t"
                  06 00 02 00  63 00 00 00  # NFTA_RULE_CHAIN "c"
                  0c 00 03 00  00 00 00 00 00 00 00 07  # NFTA_RULE_HANDLE
                """),
    ]
}
