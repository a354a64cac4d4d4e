// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension Chain {
    /// A chain's header from `NFT_MSG_NEWCHAIN`; nil without a name.
    init?(_ attributes: AttributeIndex) {
        guard let name = attributes.string(ChainAttribute.name) else { return nil }
        self.init(
            name: name, base: BaseChain(attributes),
            comment: UserData.text(UserDataType.comment, in: attributes[ChainAttribute.userData]))
    }
}

extension BaseChain {
    /// How the chain is attached; nil for one without a hook.
    fileprivate init?(_ attributes: AttributeIndex) {
        guard let list = attributes.list(ChainAttribute.hook) else { return nil }
        let attachment = AttributeIndex(list)
        let number = attachment.uint32(HookAttribute.number) ?? .max
        let priority = attachment.uint32(HookAttribute.priority) ?? 0
        let policy = attributes.uint32(ChainAttribute.policy)
        let type = attributes.string(ChainAttribute.type) ?? "filter"
        let hook = Hook(rawValue: number)
        self.init(
            hook: hook ?? .prerouting, priority: Int32(bitPattern: priority),
            policy: policy == UInt32(VerdictCode.drop) ? .drop : .accept,
            type: hook == nil ? "\(type)@\(number)" : type)
    }
}

extension NamedSet {
    private static let knownFlags = SetFlag.interval | SetFlag.map | SetFlag.concatenation
    /// The kernel's flags end far below ``foreignElementsFlag``.
    private static let flagMask: UInt32 = 0x00ff_ffff

    /// A set's header from `NFT_MSG_NEWSET`, without elements; nil without a name.
    init?(_ attributes: AttributeIndex) {
        guard let name = attributes.string(SetAttribute.name) else { return nil }
        let flags = (attributes.uint32(SetAttribute.flags) ?? 0) & Self.flagMask
        let isMap = flags & SetFlag.map != 0
        let isVerdictMap =
            isMap && attributes.uint32(SetAttribute.dataType) == SetFlag.verdictType
        var foreignFlags = flags & ~Self.knownFlags
        if isMap && !isVerdictMap { foreignFlags |= SetFlag.map }
        let description = attributes.list(SetAttribute.description).map { AttributeIndex($0) }
        // Not simply all that is unknown: newer kernels add attributes that only inform.
        if attributes[SetAttribute.policy] != nil || attributes[SetAttribute.timeout] != nil
            || attributes[SetAttribute.expression] != nil
            || attributes[SetAttribute.expressions] != nil
        {
            foreignFlags |= Self.foreignHeaderFlag
        }
        self.init(
            name: name,
            key: FieldType.fields(
                keyType: attributes.uint32(SetAttribute.keyType) ?? 0,
                length: attributes.uint32(SetAttribute.keyLength) ?? 0),
            isInterval: flags & SetFlag.interval != 0, isVerdictMap: isVerdictMap,
            foreignFlags: foreignFlags,
            capacity: description?.uint32(SetAttribute.descriptionSize),
            comment: UserData.text(UserDataType.setComment, in: attributes[SetAttribute.userData]),
            elements: .entries([]))
        // Intervals of a concatenation without the fields' lengths would be held as pairs.
        if hasFieldLengths != (flags & SetFlag.concatenation != 0) {
            self.foreignFlags |= SetFlag.concatenation
        }
    }
}
