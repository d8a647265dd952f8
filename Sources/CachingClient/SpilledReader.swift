import CacheStore
import ContentCoding
import HTTPSemantics
import Synchronization

/// Reads content that another is still writing, as the server sent it, from an offset on. One task uses it at a time.
final class SpilledReader {
    /// What comes next.
    enum Piece {
        case bytes([UInt8])
        /// Nothing further is written yet.
        case notYet
        /// It is in the store whole: go on there, from `offset`.
        case published
    }

    private let reader: StagedBodyReader
    private var inflater: Inflater?
    private let isInflated: Bool
    /// Bytes still to be passed over.
    private var skipped: Int64
    /// The offset of the next byte.
    private(set) var offset: Int64

    /// - Throws: `cacheFailed` if there is no memory for inflating.
    init(_ source: BodySpill.Source, from offset: Int64) throws(FetchError) {
        reader = source.staging.makeReader()
        isInflated = source.isCompressed
        self.offset = offset
        skipped = offset
        do {
            inflater = isInflated ? try Inflater(format: .gzip, maximumOutput: nil) : nil
        } catch {
            throw FetchError(code: .cacheFailed, message: "reading a stored body failed: \(error)", failureClass: .generic)
        }
    }

    func next(isolation: isolated (any Actor)? = #isolation) async throws(FetchError) -> Piece {
        do {
            while true {
                if isInflated, let bytes = try inflater?.next() {
                    if let piece = taken(bytes) { return .bytes(piece) }
                    continue
                }
                switch try await reader.next() {
                case .bytes(let bytes):
                    if isInflated { inflater?.append(bytes) } else if let piece = taken(bytes) { return .bytes(piece) }
                case .notYet: return .notYet
                case .published: return .published
                }
            }
        } catch let error as StoreError {
            throw FetchError(error)
        } catch {
            throw FetchError(
                code: .cacheCorrupt, message: "a body that is being stored can't be read: \(error)", failureClass: .integrity)
        }
    }

    /// What of the bytes lies behind the offset; nil: nothing.
    private func taken(_ bytes: [UInt8]) -> [UInt8]? {
        let count = Int(min(skipped, Int64(bytes.count)))
        skipped -= Int64(count)
        guard count < bytes.count else { return nil }
        offset += Int64(bytes.count - count)
        return count == 0 ? bytes : Array(bytes[count...])
    }
}

/// The trailer section of a stream that has ended.
final class EndOfStream: Sendable {
    private let section = Mutex<FieldSection>([:])

    func set(_ trailers: FieldSection) {
        section.withLock { $0 = trailers }
    }

    var trailers: FieldSection { section.withLock { $0 } }
}
