// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// An errno of the system, with what it means for people.
public struct ErrorNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The number that the latest system call of this thread left.
    static var current: ErrorNumber { ErrorNumber(rawValue: errno) }

    public static let notPermitted = ErrorNumber(rawValue: EPERM)
    public static let noEntry = ErrorNumber(rawValue: ENOENT)
    public static let interrupted = ErrorNumber(rawValue: EINTR)
    public static let again = ErrorNumber(rawValue: EAGAIN)
    public static let outOfMemory = ErrorNumber(rawValue: ENOMEM)
    public static let busy = ErrorNumber(rawValue: EBUSY)
    public static let exists = ErrorNumber(rawValue: EEXIST)
    public static let invalid = ErrorNumber(rawValue: EINVAL)
    public static let tooManyLinks = ErrorNumber(rawValue: EMLINK)
    public static let loop = ErrorNumber(rawValue: ELOOP)
    public static let nameTooLong = ErrorNumber(rawValue: ENAMETOOLONG)
    public static let restart = ErrorNumber(rawValue: ERESTART)
    public static let messageSize = ErrorNumber(rawValue: EMSGSIZE)
    public static let notSupported = ErrorNumber(rawValue: EOPNOTSUPP)
    public static let noProtocol = ErrorNumber(rawValue: EPROTONOSUPPORT)
    public static let noBufferSpace = ErrorNumber(rawValue: ENOBUFS)
    public static let accessDenied = ErrorNumber(rawValue: EACCES)
    public static let networkUnreachable = ErrorNumber(rawValue: ENETUNREACH)
    public static let hostUnreachable = ErrorNumber(rawValue: EHOSTUNREACH)
    public static let noDevice = ErrorNumber(rawValue: ENODEV)
    public static let tableFull = ErrorNumber(rawValue: ENFILE)

    /// The C library's text.
    public var description: String { String(cString: strerror(rawValue)) }

    /// What to do about it, for those that have a usual cause; nil for the others.
    public var remedy: String? {
        switch self {
        case .notPermitted:
            "run with CAP_NET_ADMIN in this network namespace; "
                + "a table that another process owns cannot be changed"
        case .noEntry: "what it names does not exist: the ruleset was changed by others; read again"
        case .exists: "another object or an overlapping element stands there: read again"
        case .busy:
            "it is still in use by a rule or an element, or its element has another verdict"
        case .invalid:
            "a value is not admissible, or chains jump in a circle, or the kernel has no nf_tables"
        case .tooManyLinks, .loop: "chains jump in a circle or more than 16 deep"
        case .messageSize:
            "the batch is larger than the socket's buffer: raise net.core.wmem_max, or run with "
                + "CAP_NET_ADMIN in the initial user namespace"
        case .noProtocol:
            "the kernel has no netfilter netlink: load the modules nfnetlink and nf_tables"
        case .notSupported:
            "the kernel lacks this part of nf_tables: load or build in the module nf_tables "
                + "and the one of the expression"
        case .noBufferSpace, .outOfMemory: "the system is short of memory: try again"
        case .tableFull: "the set is at the maximum size that it was made with"
        case .restart: "the ruleset has changed since it was read: read again"
        default: nil
        }
    }
}
