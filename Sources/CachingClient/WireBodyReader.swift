package import CacheStore
import ContentCoding

/// Reads stored content as the server sent it: what Larder compressed is inflated again, what came compressed stays so.
///
/// One task uses it at a time.
package final class WireBodyReader {
    private let reader: BodyReader
    private let body: StoredBody
    private let store: CacheStore
    private var inflater: Inflater?
    private let isInflated: Bool
    private var isAtEnd = false
    private var isDamaged = false
    private var hasher = BodyDigest()

    /// Whether all of it is handed out, so that the digest tells whether it is what was stored.
    private let isWhole: Bool
    /// Read, but not handed out before the next piece, or the end, has been read: with the last piece a client has all of it, so
    /// the digest must have been checked by then.
    private var held: [UInt8]?
    /// Bytes still to be passed over.
    private var skipped: Int64
    /// Bytes still to be handed out; nil: up to the end.
    private var left: Int64?

    /// - Parameters:
    ///   - offset: the first byte that is handed out. What lies before it is read all the same where the store has compressed it.
    ///   - length: how many bytes; nil: up to the end. The digest is checked where all of it is handed out.
    /// - Throws: `cacheFailed` if there is no memory for inflating.
    package init(
        _ body: StoredBody, in store: CacheStore, offset: Int64 = 0, length: Int64? = nil
    ) throws(FetchError) {
        self.body = body
        self.store = store
        left = length
        reader = store.readBody(body, from: offset)
        skipped = max(0, offset - reader.wireOffset)
        isWhole = offset == 0 && length == nil
        isInflated = body.coding == .gzip
        do {
            inflater = isInflated ? try Inflater(format: .gzip, maximumOutput: body.wireBytes) : nil
        } catch {
            throw FetchError(code: .cacheFailed, message: "reading a stored body failed: \(error)", failureClass: .generic)
        }
    }

    /// The next bytes; nil at the end, once the whole content has proved equal to its digest.
    ///
    /// - Throws: `cacheCorrupt` where the bytes are not those that were stored.
    package func next(isolation: isolated (any Actor)? = #isolation) async throws(FetchError) -> [UInt8]? {
        if isWhole {
            if held == nil { held = try await nextOfAll() }
            guard let bytes = held else { return nil }
            held = try await nextOfAll()
            return bytes
        }
        while left.map({ $0 > 0 }) ?? true, var bytes = try await nextOfAll() {
            if skipped > 0 {
                let count = Int(min(skipped, Int64(bytes.count)))
                skipped -= Int64(count)
                bytes.removeFirst(count)
                if bytes.isEmpty { continue }
            }
            if let left {
                if Int64(bytes.count) > left { bytes.removeLast(bytes.count - Int(left)) }
                self.left = left - Int64(bytes.count)
            }
            return bytes
        }
        if let left, left > 0 { throw Self.damaged }
        return nil
    }

    private func nextOfAll(isolation: isolated (any Actor)? = #isolation) async throws(FetchError) -> [UInt8]? {
        if isDamaged { throw Self.damaged }
        while !isAtEnd {
            let stored: [UInt8]?
            do {
                if isInflated, let bytes = try inflater?.next() {
                    hasher.update(bytes)
                    return bytes
                }
                stored = try await reader.next()
                if let stored {
                    if isInflated {
                        inflater?.append(stored)
                        continue
                    }
                    hasher.update(stored)
                    return stored
                }
                isAtEnd = true
                try inflater?.finish()
            } catch let error as StoreError {
                throw FetchError(error)
            } catch {
                throw noteDamage()
            }
            guard !isWhole || hasher.finalized() == body.digest else { throw noteDamage() }
        }
        return nil
    }

    /// What comes anew must not be stored as one more reference to these bytes.
    private func noteDamage() -> FetchError {
        isDamaged = true
        store.setApart(body)
        return Self.damaged
    }

    private static let damaged = FetchError(
        code: .cacheCorrupt,
        message: "a stored body differs from its digest; fetch the URL again with --reload to replace it", failureClass: .integrity)
}
