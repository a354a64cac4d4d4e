// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import RulesetDiff

extension MessageGolden {
    /// Elements of every form.
    static let elementGoldens = [
        MessageGolden(
            "addresses",
            .addElements(
                .ipv4([0x0a00_0001, 0x0a00_0002]), to: set(.ipv4Address)),
            hex: """
                48 00 00 00 0c 0a 05 04  # length, NFT_MSG_NEWSETELEM, REQUEST|ACK|CREATE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_SET_ELEM_LIST_TABLE "t"
                  06 00 02 00  73 00 00 00  # NFTA_SET_ELEM_LIST_SET "s"
                  24 00 03 80  # NFTA_SET_ELEM_LIST_ELEMENTS
                    10 00 01 80  # NFTA_LIST_ELEM
                      0c 00 01 80  # NFTA_SET_ELEM_KEY
                        08 00 01 00  0a 00 00 01  # NFTA_DATA_VALUE
                    10 00 01 80  # NFTA_LIST_ELEM
                      0c 00 01 80  # NFTA_SET_ELEM_KEY
                        08 00 01 00  0a 00 00 02  # NFTA_DATA_VALUE
                """),
        MessageGolden(
            "an address's deletion", .deleteElements(.ipv6([1]), from: set(.ipv6Address)),
            hex: """
                44 00 00 00 0e 0a 05 00  # length, NFT_MSG_DELSETELEM, REQUEST|ACK
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_SET_ELEM_LIST_TABLE "t"
                  06 00 02 00  73 00 00 00  # NFTA_SET_ELEM_LIST_SET "s"
                  20 00 03 80  # NFTA_SET_ELEM_LIST_ELEMENTS
                    1c 00 01 80  # NFTA_LIST_ELEM
                      18 00 01 80  # NFTA_SET_ELEM_KEY
                        14 00 01 00  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01  # NFTA_DATA_VALUE
                """),
        MessageGolden(
            "intervals, of which the last one reaches the maximum",
            .addElements(
                .ipv4Intervals(
                    IntervalSet([0x0a00_0000...0x0a00_00ff, 0xe000_0000...0xffff_ffff])),
                to: set(.ipv4Address, isInterval: true)),
            hex: """
                6c 00 00 00 0c 0a 05 04  # length, NFT_MSG_NEWSETELEM, REQUEST|ACK|CREATE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_SET_ELEM_LIST_TABLE "t"
                  06 00 02 00  73 00 00 00  # NFTA_SET_ELEM_LIST_SET "s"
                  48 00 03 80  # NFTA_SET_ELEM_LIST_ELEMENTS
                    10 00 01 80  # NFTA_LIST_ELEM
                      0c 00 01 80  # NFTA_SET_ELEM_KEY
                        08 00 01 00  0a 00 00 00  # NFTA_DATA_VALUE
                    18 00 01 80  # NFTA_LIST_ELEM
                      08 00 03 00  00 00 00 01  # NFTA_SET_ELEM_FLAGS
                      0c 00 01 80  # NFTA_SET_ELEM_KEY
                        08 00 01 00  0a 00 01 00  # NFTA_DATA_VALUE
                    1c 00 01 80  # NFTA_LIST_ELEM
                      0c 00 01 80  # NFTA_SET_ELEM_KEY
                        08 00 01 00  e0 00 00 00  # NFTA_DATA_VALUE
                      0a 00 06 00  01 04 01 00 00 00 00 00  # NFTA_SET_ELEM_USERDATA
                """),
        MessageGolden(
            "an entry of a verdict map",
            .addElements(
                .entries([
                    SetEntry(
                        key: [6, 0, 0, 0, 0, 80, 0, 0], keyEnd: [6, 0, 0, 0, 0, 90, 0, 0],
                        verdict: .jump("c"), comment: "hi")
                ]), to: map),
            hex: """
                70 00 00 00 0c 0a 05 04  # length, NFT_MSG_NEWSETELEM, REQUEST|ACK|CREATE
                06 00 00 00 00 00 00 00  # sequence, port
                01 00 00 00  # family, version, resource
                  06 00 01 00  74 00 00 00  # NFTA_SET_ELEM_LIST_TABLE "t"
                  06 00 02 00  6d 00 00 00  # NFTA_SET_ELEM_LIST_SET "m"
                  4c 00 03 80  # NFTA_SET_ELEM_LIST_ELEMENTS
                    48 00 01 80  # NFTA_LIST_ELEM
                      10 00 01 80  # NFTA_SET_ELEM_KEY
                        0c 00 01 00  06 00 00 00 00 50 00 00  # NFTA_DATA_VALUE
                      10 00 0a 80  # NFTA_SET_ELEM_KEY_END
                        0c 00 01 00  06 00 00 00 00 5a 00 00  # NFTA_DATA_VALUE
                      18 00 02 80  # NFTA_SET_ELEM_DATA
                        14 00 02 80  # NFTA_DATA_VERDICT
                          08 00 01 00  ff ff ff fd  # NFTA_VERDICT_CODE
                          06 00 02 00  63 00 00 00  # NFTA_VERDICT_CHAIN "c"
                      09 00 06 00  00 03 68 69 00 00 00 00  # NFTA_SET_ELEM_USERDATA
                """),
    ]

    static let map = NamedSet(
        name: "m", key: [.inetProtocol, .inetService], isInterval: true, isVerdictMap: true,
        comment: "hi", elements: .entries([]))

    private static func set(_ type: FieldType, isInterval: Bool = false) -> NamedSet {
        NamedSet(name: "s", key: [type], isInterval: isInterval, elements: .entries([]))
    }
}
