// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// An errno of the system, with what it means for people.
public struct ErrorNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// As in `errno`, above zero.
    public var rawValue: Int32

    /// An error number as in `errno`.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The number that the latest system call of this thread left.
    static var current: ErrorNumber { ErrorNumber(rawValue: errno) }

    /// `EPERM`.
    public static let notPermitted = ErrorNumber(rawValue: EPERM)
    /// `ENOENT`.
    public static let noEntry = ErrorNumber(rawValue: ENOENT)
    /// `EINTR`.
    public static let interrupted = ErrorNumber(rawValue: EINTR)
    /// `EAGAIN`.
    public static let again = ErrorNumber(rawValue: EAGAIN)
    /// `ENOMEM`.
    public static let outOfMemory = ErrorNumber(rawValue: ENOMEM)
    /// `EBUSY`.
    public static let busy = ErrorNumber(rawValue: EBUSY)
    /// `EEXIST`.
    public static let exists = ErrorNumber(rawValue: EEXIST)
    /// `EINVAL`.
    public static let invalid = ErrorNumber(rawValue: EINVAL)
    /// `EMLINK`.
    public static let tooManyLinks = ErrorNumber(rawValue: EMLINK)
    /// `ELOOP`.
    public static let loop = ErrorNumber(rawValue: ELOOP)
    /// `ENAMETOOLONG`.
    public static let nameTooLong = ErrorNumber(rawValue: ENAMETOOLONG)
    /// `ERESTART`: in answer to a batch, the generation has changed.
    public static let restart = ErrorNumber(rawValue: ERESTART)
    /// `EMSGSIZE`.
    public static let messageSize = ErrorNumber(rawValue: EMSGSIZE)
    /// `EOPNOTSUPP`.
    public static let notSupported = ErrorNumber(rawValue: EOPNOTSUPP)
    /// `EPROTONOSUPPORT`.
    public static let noProtocol = ErrorNumber(rawValue: EPROTONOSUPPORT)
    /// `ENOBUFS`: messages were lost.
    public static let noBufferSpace = ErrorNumber(rawValue: ENOBUFS)
    /// `EACCES`.
    public static let accessDenied = ErrorNumber(rawValue: EACCES)
    /// `ENETUNREACH`.
    public static let networkUnreachable = ErrorNumber(rawValue: ENETUNREACH)
    /// `EHOSTUNREACH`.
    public static let hostUnreachable = ErrorNumber(rawValue: EHOSTUNREACH)
    /// `ENODEV`.
    public static let noDevice = ErrorNumber(rawValue: ENODEV)
    /// `ENFILE`: in answer to a batch, a set is full.
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
