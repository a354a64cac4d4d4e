// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension Rule {
    /// A rule and the sum of its counters, from `NFT_MSG_NEWRULE`.
    static func decode(_ attributes: AttributeIndex) -> (rule: Rule, counter: CounterValue?) {
        var expressions: [Expression] = []
        var counter: CounterValue?
        for attribute in attributes.list(RuleAttribute.expressions) ?? AttributeList(ByteView.empty)
        {
            let decoded = ExpressionDecoder.decode(attribute.nested)
            if let expression = decoded.expression { expressions.append(expression) }
            if let value = decoded.counter {
                counter = CounterValue(
                    packets: (counter?.packets ?? 0) &+ value.packets,
                    bytes: (counter?.bytes ?? 0) &+ value.bytes)
            }
        }
        let comment = UserData.text(UserDataType.comment, in: attributes[RuleAttribute.userData])
        return (Rule(expressions, comment: comment), counter)
    }
}

extension Verdict {
    /// From the attributes of `NFTA_DATA_VERDICT`; nil for one that this model does not know.
    init?(_ attributes: AttributeIndex) {
        guard let code = attributes.uint32(DataAttribute.verdictCode) else { return nil }
        let chain = attributes.string(DataAttribute.verdictChain)
        switch (Int32(bitPattern: code), chain) {
        case (VerdictCode.accept, nil): self = .accept
        case (VerdictCode.drop, nil): self = .drop
        case (VerdictCode.return, nil): self = .return
        case (VerdictCode.jump, let chain?): self = .jump(chain)
        case (VerdictCode.goto, let chain?): self = .goto(chain)
        default: return nil
        }
    }

    /// From data (`enum nft_data_attributes`) that holds a verdict.
    init?(data: AttributeList) {
        guard let list = AttributeIndex(data).list(DataAttribute.verdict) else { return nil }
        self.init(AttributeIndex(list))
    }
}
