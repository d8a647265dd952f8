import CacheStore
import ContentCoding
import HTTPSemantics
import Synchronization

/// Content too long to be held in memory, on its way into the store while it arrives.
///
/// One task uses it, from its first chunk to `finish` or `abandon`.
package final class BodySpill {
    /// Content on its way into the store, for whoever wants to read what is there of it.
    package struct Source: Sendable {
        let staging: BodyStaging
        /// Whether the store has it compressed by us.
        let isCompressed: Bool
        fileprivate let fate: Fate

        /// Whether storing it was given up, so that what comes from now on is not written any more.
        var isGivenUp: Bool { fate.isGivenUp.withLock { $0 } }
    }

    fileprivate final class Fate: Sendable {
        let isGivenUp = Mutex(false)
    }

    private let fate = Fate()
    let staging: BodyStaging
    private var deflater: Deflater?
    private let isCompressed: Bool

    /// - Parameter firstChunks: what has come so far, from which compressing is judged; it is not yet written.
    init(store: CacheStore, encoder: BodyEncoder, head: ResponseHead, firstChunks: [[UInt8]]) async throws(FetchError) {
        do {
            staging = try await store.stageBody()
        } catch {
            throw FetchError(error)
        }
        let deflater = encoder.isWorthCompressing(firstChunks, head: head) ? encoder.makeDeflater() : nil
        isCompressed = deflater != nil
        self.deflater = deflater
    }

    var source: Source { Source(staging: staging, isCompressed: isCompressed, fate: fate) }

    func append(_ chunks: [[UInt8]]) async throws(FetchError) {
        for chunk in chunks {
            guard isCompressed else {
                try await write(chunk)
                continue
            }
            let compressed: [UInt8]
            do {
                compressed = try await offLoop { () throws(CodingError) in try self.deflater?.compress(chunk) ?? [] }
            } catch {
                throw Self.failure(error)
            }
            if !compressed.isEmpty { try await write(compressed) }
        }
    }

    /// Writes what the compressor still holds.
    ///
    /// - Returns: how the stored bytes are coded.
    func finish() async throws(FetchError) -> StoredCoding {
        guard isCompressed else { return .asReceived }
        let rest: [UInt8]
        do {
            rest = try deflater?.finish() ?? []
        } catch {
            throw Self.failure(error)
        }
        if !rest.isEmpty { try await write(rest) }
        return .gzip
    }

    /// Takes back what was written.
    func abandon() {
        fate.isGivenUp.withLock { $0 = true }
        staging.abandon()
    }

    private static func failure(_ error: CodingError) -> FetchError {
        FetchError(code: .cacheFailed, message: "compressing a body failed: \(error)", failureClass: .generic)
    }

    private func write(_ bytes: [UInt8]) async throws(FetchError) {
        do {
            try await staging.append(bytes)
        } catch {
            throw FetchError(error)
        }
    }
}
