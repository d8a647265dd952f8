import Foundation
import Synchronization

/// Reads a pipe or a terminal while the program writes to it, so that the program never waits for us.
final class Drain: Sendable {
    private let collected = Mutex(Data())
    private let ended: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation) = AsyncStream.makeStream()

    /// - Parameter descriptor: what is read, and closed at its end; nil has nothing to read.
    init(_ descriptor: Int32?) {
        guard let descriptor else {
            ended.continuation.finish()
            return
        }
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count > 0 {
                    collected.withLock { $0.append(contentsOf: buffer[..<count]) }
                } else if count == 0 || errno != EINTR {
                    // The screen of a closed terminal has an error in place of an end.
                    break
                }
            }
            close(descriptor)
            ended.continuation.finish()
        }
    }

    var data: Data { collected.withLock { $0 } }
    var text: String { String(decoding: data, as: UTF8.self) }

    /// Waits for the end of what can be read.
    func finish() async {
        for await _ in ended.stream {}
    }
}
