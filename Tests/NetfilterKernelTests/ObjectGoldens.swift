// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

extension MessageGolden {
    /// Tables, chains and set headers.
    static let objectGoldens = [
        MessageGolden(
            "a table, in a whole batch with a generation", .addTable(name: "t", comment: "hi"),
            hex: """
                1c 00 00 00 10 00 01 00  # length, NFNL_MSG_BATCH_BEGIN, REQUEST
                05 00 00 00 00 00 00 00  # sequence, port
                00 00 00 0a  # family, version, resource
                  08 00 01 00  01 02 03 04  # NFNL_BATCH_GENID
                30 00 00 00 00 0a 05 04  # length, NFT_MSG_NEWTABLE, REQUEST|ACK|CREATE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_TABLE_NAME "t"
                  08 00 02 00  00 00 00 00  # NFTA_TABLE_FLAGS
                  09 00 06 00  00 03 68 69 00 00 00 00  # NFTA_TABLE_USERDATA
                14 00 00 00 11 00 01 00  # length, NFNL_MSG_BATCH_END, REQUEST
                07 00 00 00 00 00 00 00  # sequence, port
                00 00 00 0a  # family, version, resource
                """),
        MessageGolden(
            "a table's deletion, which makes it first", .deleteTable(name: "t"),
            hex: """
                1c 00 00 00 00 0a 01 04  # length, NFT_MSG_NEWTABLE, REQUEST|CREATE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_TABLE_NAME "t"
                1c 00 00 00 02 0a 05 00  # length, NFT_MSG_DELTABLE, REQUEST|ACK
                07 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_TABLE_NAME "t"
                """),
        MessageGolden(
            "a base chain",
            .addChain(
                Chain(
                    name: "c", base: BaseChain(hook: .forward, priority: -1, policy: .drop),
                    comment: "hi")),
            hex: """
                58 00 00 00 03 0a 05 04  # length, NFT_MSG_NEWCHAIN, REQUEST|ACK|CREATE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_CHAIN_TABLE "t"
                  06 00 03 00  63 00 00 00  # NFTA_CHAIN_NAME "c"
                  14 00 04 80  # NFTA_CHAIN_HOOK
                    08 00 01 00  00 00 00 02  # NFTA_HOOK_HOOKNUM
                    08 00 02 00  ff ff ff ff  # NFTA_HOOK_PRIORITY
                  08 00 05 00  00 00 00 00  # NFTA_CHAIN_POLICY
                  0b 00 07 00  66 69 6c 74 65 72 00 00  # NFTA_CHAIN_TYPE "filter"
                  09 00 0c 00  00 03 68 69 00 00 00 00  # NFTA_CHAIN_USERDATA
                """),
        MessageGolden(
            "a chain's deletion", .deleteChain(name: "c"),
            hex: """
                24 00 00 00 05 0a 05 00  # length, NFT_MSG_DELCHAIN, REQUEST|ACK
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_CHAIN_TABLE "t"
                  06 00 03 00  63 00 00 00  # NFTA_CHAIN_NAME "c"
                """),
        MessageGolden(
            "a verdict map of concatenated intervals", .addSet(map),
            hex: """
                90 00 00 00 09 0a 05 04  # length, NFT_MSG_NEWSET, REQUEST|ACK|CREATE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_SET_TABLE "t"
                  06 00 02 00  6d 00 00 00  # NFTA_SET_NAME "m"
                  08 00 03 00  00 00 00 8c  # NFTA_SET_FLAGS
                  08 00 04 00  00 00 03 0d  # NFTA_SET_KEY_TYPE
                  08 00 05 00  00 00 00 08  # NFTA_SET_KEY_LEN
                  08 00 06 00  ff ff ff 00  # NFTA_SET_DATA_TYPE
                  08 00 07 00  00 00 00 00  # NFTA_SET_DATA_LEN
                  08 00 0a 00  00 00 00 01  # NFTA_SET_ID
                  20 00 09 80  # NFTA_SET_DESC
                    1c 00 02 80  # NFTA_SET_DESC_CONCAT
                      0c 00 01 80  # NFTA_LIST_ELEM
                        08 00 01 00  00 00 00 01  # NFTA_SET_FIELD_LEN
                      0c 00 01 80  # NFTA_LIST_ELEM
                        08 00 01 00  00 00 00 02  # NFTA_SET_FIELD_LEN
                  1b 00 0d 00  00 04 00 00 00 00 01 04 00 00 00 00 06 04 00 00 00 00 07 03 68 69 00 00  # NFTA_SET_USERDATA
                """),
        MessageGolden(
            "a set's deletion", .deleteSet(name: "m"),
            hex: """
                24 00 00 00 0b 0a 05 00  # length, NFT_MSG_DELSET, REQUEST|ACK
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_SET_TABLE "t"
                  06 00 02 00  6d 00 00 00  # NFTA_SET_NAME "m"
                """),
    ]
}
