// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

// What goes to and fro, as protocol buffers are written in JSON: numbers of 64 bits are strings, keys
// and values are base64, and what is zero, false or empty is left out.

/// A number of 64 bits, which is written as a string.
struct WideNumber: Decodable, Hashable {
    var value: Int64

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            value = number
        } else {
            let text = try container.decode(String.self)
            // Identifiers are unsigned.
            guard let number = Int64(text) ?? UInt64(text).map(Int64.init(bitPattern:)) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\"\(text)\" is not a number")
            }
            value = number
        }
    }
}

/// What every answer begins with.
struct EtcdHeader: Decodable, Hashable {
    var clusterIdentifier: WideNumber?
    var revision: WideNumber?
    var term: WideNumber?

    enum CodingKeys: String, CodingKey {
        case clusterIdentifier = "cluster_id"
        case revision
        case term = "raft_term"
    }
}

/// Asks for keys and their values.
struct EtcdRangeRequest: Encodable {
    var key: Data
    var end: Data?
    var limit: Int?
    var revision: Int64?
    var countOnly: Bool?
    var keysOnly: Bool?
    var order: String?
    var target: String?

    enum CodingKeys: String, CodingKey {
        case key
        case end = "range_end"
        case limit, revision
        case countOnly = "count_only"
        case keysOnly = "keys_only"
        case order = "sort_order"
        case target = "sort_target"
    }

    /// One key.
    init(key: Data) { self.key = key }

    /// - Parameters:
    ///   - key: the first.
    ///   - end: the first behind the last.
    init(from key: [UInt8], to end: String) {
        self.key = Data(key)
        self.end = Data(end.utf8)
    }
}

/// A key with its value.
struct EtcdKeyValue: Decodable {
    var key: Data
    var value: Data?
    var created: WideNumber?
    var modified: WideNumber?

    enum CodingKeys: String, CodingKey {
        case key, value
        case created = "create_revision"
        case modified = "mod_revision"
    }

    var keyText: String { String(decoding: key, as: UTF8.self) }
}

/// The answer to ``EtcdRangeRequest``, perhaps without its keys.
struct EtcdRangeAnswer: Decodable {
    var header: EtcdHeader
    var pairs: [EtcdKeyValue]?
    var more: Bool?
    var count: WideNumber?

    enum CodingKeys: String, CodingKey {
        case header
        case pairs = "kvs"
        case more, count
    }
}

/// Begins to watch a range of keys.
struct EtcdWatchRequest: Encodable {
    var create: Creation

    enum CodingKeys: String, CodingKey {
        case create = "create_request"
    }

    struct Creation: Encodable {
        var key: Data
        var end: Data
        var startRevision: Int64
        var identifier: Int
        var progressNotify = true
        var fragment = true

        enum CodingKeys: String, CodingKey {
            case key
            case end = "range_end"
            case startRevision = "start_revision"
            case identifier = "watch_id"
            case progressNotify = "progress_notify"
            case fragment
        }
    }
}

/// What comes in the stream of a watch, one behind the other.
struct EtcdWatchMessage: Decodable {
    var result: Result?
    var error: EtcdErrorAnswer?

    struct Result: Decodable {
        var header: EtcdHeader?
        var identifier: WideNumber?
        var created: Bool?
        var canceled: Bool?
        var compactRevision: WideNumber?
        var cancelReason: String?
        var fragment: Bool?
        var events: [Event]?

        enum CodingKeys: String, CodingKey {
            case header
            case identifier = "watch_id"
            case created, canceled
            case compactRevision = "compact_revision"
            case cancelReason = "cancel_reason"
            case fragment, events
        }
    }

    struct Event: Decodable {
        /// `DELETE`; left out if it is `PUT`.
        var type: String?
        var pair: EtcdKeyValue

        enum CodingKeys: String, CodingKey {
            case type
            case pair = "kv"
        }
    }
}

/// How errors are told, by older and by newer servers, in answers and in streams.
struct EtcdErrorAnswer: Decodable {
    var message: String?
    var error: String?
    var code: Int?
    var streamCode: Int?

    enum CodingKeys: String, CodingKey {
        case message, error, code
        case streamCode = "grpc_code"
    }

    var text: String { message ?? error ?? "" }
}

/// Asks for a token.
struct EtcdAuthentication: Encodable {
    var name: String
    var password: String

    struct Answer: Decodable {
        var token: String?
    }
}
