import CacheStore
import ContentCoding
import Testing

/// Opens the cache as the next run would and checks all of it: every body against its digest, every reference.
@discardableResult
func expectClean(_ directory: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> VerificationReport {
    let store = try CacheStore.openExisting(directory: directory)
    let report = try await store.verify { coding in
        guard coding == .gzip else { return nil }
        return InflatingDecoder().decode
    }
    await store.close()
    #expect(report.isClean, "\(report.problems.prefix(5))", sourceLocation: sourceLocation)
    #expect(report.uncheckedBodies == 0, sourceLocation: sourceLocation)
    return report
}

/// What the check needs to read bodies that the program compressed.
private final class InflatingDecoder {
    private var inflater: Inflater?

    func decode(_ bytes: [UInt8]?) throws -> [[UInt8]] {
        if inflater == nil { inflater = try Inflater(format: .gzip, maximumOutput: nil) }
        if let bytes { inflater?.append(bytes) }
        var pieces: [[UInt8]] = []
        while let piece = try inflater?.next() { pieces.append(piece) }
        if bytes == nil { try inflater?.finish() }
        return pieces
    }
}
