/// Turns the stored bytes of one body into its wire bytes, piece by piece: called with each piece, and with nil at the end.
/// Throws where the bytes are no valid coding.
package typealias StoredBodyDecoder = ([UInt8]?) throws -> [[UInt8]]

/// Compares the bytes of bodies with what their rows say. The caller begins and ends the read transactions.
final class BodyChecker {
    struct Row {
        let id: Int64
        let digest: [UInt8]
        /// Nil: one that this program does not know.
        let coding: StoredCoding?
        let wireBytes: Int64
        let storedBytes: Int64
        let chunkCount: Int64
    }

    enum Verdict {
        case good
        /// Of the right length; nobody could decode it.
        case unchecked
        case damaged(VerificationReport.Problem.Kind, detail: String)
    }

    private let makeDecoder: (@Sendable (StoredCoding) -> StoredBodyDecoder?)?
    private let first: SQLiteStatement
    private let chunk: SQLiteStatement

    init(connection: SQLiteConnection, makeDecoder: (@Sendable (StoredCoding) -> StoredBodyDecoder?)?) throws(StoreError) {
        self.makeDecoder = makeDecoder
        first = try connection.prepare(
            """
            SELECT body_id, digest, coding, wire_bytes, stored_bytes, chunk_count FROM body WHERE body_id > ?1 AND state = 0
            ORDER BY body_id LIMIT 1
            """)
        chunk = try connection.prepare("SELECT chunk_id, bytes FROM body_chunk WHERE chunk_id BETWEEN ?1 AND ?2 ORDER BY 1")
    }

    /// The next whole body in the order of the rows; nil behind the last.
    func next(after row: Int64) throws(StoreError) -> Row? {
        first.bind(row, at: 1)
        defer { first.reset() }
        guard try first.step("verify") else { return nil }
        return Row(
            id: first.integer(0), digest: first.bytes(1), coding: StoredCoding(rawValue: Int(first.integer(2))),
            wireBytes: first.integer(3), storedBytes: first.integer(4), chunkCount: first.integer(5))
    }

    /// The whole body of that row; nil where there is none.
    func body(_ row: Int64) throws(StoreError) -> Row? {
        guard row > .min, let found = try next(after: row - 1), found.id == row else { return nil }
        return found
    }

    /// Reads all of the body. A page that cannot be read is damage too.
    func check(_ body: Row) throws(StoreError) -> Verdict {
        do throws(StoreError) {
            return try compare(body)
        } catch {
            chunk.reset()
            guard error.code == .corrupt else { throw error }
            return .damaged(.database, detail: error.detail)
        }
    }

    private func compare(_ body: Row) throws(StoreError) -> Verdict {
        var content = DecodedContent(decoder: decoder(for: body.coding))
        var ordinal: Int64 = 0
        var storedBytes: Int64 = 0
        chunk.bind(ChunkID.first(of: body.id), at: 1)
        chunk.bind(ChunkID.last(of: body.id), at: 2)
        while try chunk.step("verify") {
            guard chunk.integer(0) == ChunkID.first(of: body.id) + ordinal else { break }
            let bytes = chunk.bytes(1)
            ordinal += 1
            storedBytes += Int64(bytes.count)
            content.feed(bytes)
        }
        chunk.reset()
        content.feed(nil)
        if ordinal != body.chunkCount { return .damaged(.missingChunk, detail: "\(ordinal) of \(body.chunkCount) chunks") }
        if storedBytes != body.storedBytes {
            return .damaged(.wrongLength, detail: "\(storedBytes) of \(body.storedBytes) bytes")
        }
        guard content.decoder != nil else { return .unchecked }
        guard content.isDecodable else { return .damaged(.wrongDigest, detail: "the bytes cannot be decoded") }
        let isEqual = content.wireBytes == body.wireBytes && content.digest.finalized() == body.digest
        return isEqual ? .good : .damaged(.wrongDigest, detail: "the digest differs")
    }

    private func decoder(for coding: StoredCoding?) -> StoredBodyDecoder? {
        switch coding {
        case .asReceived: { $0.map { [$0] } ?? [] }
        case .gzip: makeDecoder?(.gzip)
        case nil: nil
        }
    }

    private struct DecodedContent {
        let decoder: StoredBodyDecoder?
        var digest = BodyDigest()
        var wireBytes: Int64 = 0
        var isDecodable = true

        mutating func feed(_ bytes: [UInt8]?) {
            guard let decoder, isDecodable else { return }
            do {
                for piece in try decoder(bytes) {
                    digest.update(piece)
                    wireBytes += Int64(piece.count)
                }
            } catch {
                isDecodable = false
            }
        }
    }
}
