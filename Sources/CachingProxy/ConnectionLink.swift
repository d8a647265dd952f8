import CachingClient
import HTTPSemantics
import HTTPTransport
import NIOCore

/// A client connection and one of its requests, as a task on any thread may hold them. What comes late, when the request is over,
/// is passed over.
final class ConnectionLink: Sendable {
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBound<ProxyHandler>
    private let request: UInt64

    /// To be called on the event loop.
    init(_ handler: ProxyHandler, request: UInt64, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
        self.request = request
    }

    /// Has a request answered, and carries the answer out at the pace of the client.
    func answer(
        _ head: RequestHead, _ content: RequestContent?, by answering: any Answering, passesInterim: Bool,
        on executor: (any TaskExecutor)?
    ) async {
        let pass: @Sendable (ResponseHead) -> Void = { [self] head in onLoop { $0.writeInterim(head) } }
        do throws(FetchError) {
            let answer = try await answering.answer(to: head, content: content, interim: passesInterim ? pass : nil, on: executor)
            guard case .stream(let stream) = answer.body else {
                onLoop { $0.write(answer) }
                return
            }
            guard await begin(answer) else {
                stream.cancel()
                return
            }
            await carry(stream)
        } catch {
            onLoop { $0.refuse(Refusal(error)) }
        }
    }

    /// Runs `work` on the event loop where the request is still answered, and `otherwise` where it is not.
    func onLoop(_ work: @escaping @Sendable (ProxyHandler) -> Void, otherwise: @escaping @Sendable () -> Void = {}) {
        let run: @Sendable () -> Void = { [handler, request] in
            if handler.value.isAnswering(request) { work(handler.value) } else { otherwise() }
        }
        if eventLoop.inEventLoop { run() } else { eventLoop.execute(run) }
    }

    func carry(_ stream: any AnswerStream) async {
        do throws(FetchError) {
            while let pieces = try await stream.next() {
                guard await write(pieces) else {
                    stream.cancel()
                    return
                }
            }
            let trailers = stream.trailers
            onLoop { $0.endStream(trailers: trailers) }
        } catch {
            let code = error.code.rawValue
            onLoop { $0.cutStream(reason: code) }
        }
    }

    /// - Returns: whether content is wanted, as soon as it can be taken.
    private func begin(_ answer: Answer) async -> Bool {
        await wait { $0.beginStream(answer, $1) }
    }

    private func write(_ pieces: [[UInt8]]) async -> Bool {
        await wait { $0.writePieces(pieces, $1) }
    }

    private func wait(_ work: @escaping @Sendable (ProxyHandler, UnsafeContinuation<Bool, Never>) -> Void) async -> Bool {
        await withUnsafeContinuation { continuation in
            onLoop({ work($0, continuation) }, otherwise: { continuation.resume(returning: false) })
        }
    }
}
