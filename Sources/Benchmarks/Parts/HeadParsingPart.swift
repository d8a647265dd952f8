import HTTPSemantics
import HTTPTransport
import NIOCore
import NIOEmbedded

/// Response heads out of bytes, by the handlers of a connection without its socket.
struct HeadParsingPart: MeasuredPart {
    private let heads = HeadSamples.wireBytes.map { ByteBuffer(bytes: $0) }

    /// How often all of them come in one pass.
    private static let repetitions = 500

    func pass() throws -> Int {
        // Made here: it belongs to the thread.
        let channel = EmbeddedChannel()
        let reading = ResponseReading(configuration: TransportConfiguration()) { HeadSamples.arrival }
        try channel.pipeline.syncOperations.addHandlers(reading.handlers)
        for _ in 0..<Self.repetitions {
            for head in heads {
                // Answers to HEAD have a head alone.
                guard reading.expectResponse(isHead: true) else { throw BenchmarkFailure("a head was not read to its end") }
                try channel.writeInbound(head)
            }
        }
        guard reading.expectResponse(isHead: true) else { throw BenchmarkFailure("the last head was not read to its end") }
        _ = try channel.finish(acceptAlreadyClosed: true)
        return Self.repetitions * heads.count
    }
}
