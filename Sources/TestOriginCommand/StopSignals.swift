import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// SIGTERM and SIGINT as something to wait for.
struct StopSignals {
    private let received: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    /// From here on the signals end the process no more; they are kept for `wait()`.
    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        received = stream
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    /// Returns when one of the signals has come.
    func wait() async {
        for await _ in received { break }
        for source in sources { source.cancel() }
    }
}
