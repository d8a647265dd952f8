import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import TestOrigin

struct CertificateTests {
    @Test func eachCertificateIsWhatItsNameSays() async throws {
        let certificates = try await TestCertificates.make()
        defer { certificates.remove() }
        func handshake(_ identity: TestOrigin.TLSIdentity, host: String?) async throws -> TLSOutcome {
            try await talk(identity, trust: certificates.authorityFile, host: host, to: .text("hello"))
        }
        for host in ["localhost", nil] {
            let good = try await handshake(certificates.good, host: host)
            #expect(good.received.hasSuffix("hello"))
            #expect(good.error == nil)
        }
        let expired = try await handshake(certificates.expired, host: "localhost")
        #expect(expired.received.isEmpty)
        #expect(expired.error?.contains("CERTIFICATE_VERIFY_FAILED") == true)
        #expect(try await handshake(certificates.wrongName, host: "localhost").error != nil)
        #expect(try await handshake(certificates.wrongName, host: "other.example").error == nil)
        #expect(try await handshake(certificates.selfSigned, host: "localhost").error != nil)
    }

    @Test func aCutIsNoOrderlyEnd() async throws {
        let certificates = try await TestCertificates.make()
        defer { certificates.remove() }
        for (ending, isClean) in [(ScriptedResponse.Ending.close, true), (.cut, false), (.reset, false)] {
            let response = ScriptedResponse(body: .bytes(Array("hello".utf8)), framing: .untilClose, ending: ending)
            let outcome = try await talk(certificates.good, trust: certificates.authorityFile, host: "localhost", to: response)
            #expect((outcome.error == nil) == isClean, "\(ending): \(outcome)")
        }
    }

    @Test func removeLeavesNothing() async throws {
        let certificates = try await TestCertificates.make()
        #expect(access(certificates.good.keyFile, R_OK) == 0)
        certificates.remove()
        #expect(access(certificates.directory, F_OK) == -1)
    }

    @Test func failuresSayWhatFailed() async throws {
        var error = #expect(throws: TestOriginError.self) {
            try ChildProcess.run("/bin/sh", ["-c", "echo no luck; exit 3"], outputFile: "/tmp/larder-child-\(getpid())")
        }
        unlink("/tmp/larder-child-\(getpid())")
        #expect(error?.code == .programFailed)
        #expect(error?.message.contains("no luck") == true)
        error = #expect(throws: TestOriginError.self) {
            try ChildProcess.run("/nowhere/openssl", [], outputFile: "/dev/null")
        }
        #expect(error?.message.contains("/nowhere/openssl") == true)

        var configuration = TestOrigin.Configuration()
        configuration.tls = .init(certificateFile: "/nowhere/cert.pem", keyFile: "/nowhere/key.pem")
        error = await #expect(throws: TestOriginError.self) { try await TestOrigin.start(configuration) }
        #expect(error?.code == .badCertificate)
    }

    // MARK: - A client over TLS

    struct TLSOutcome: Sendable {
        var received = ""
        var error: String?
    }

    /// One request over TLS; what came, and the first error, a missing close_notify included.
    private func talk(
        _ identity: TestOrigin.TLSIdentity, trust: String, host: String?, to response: ScriptedResponse
    ) async throws -> TLSOutcome {
        var configuration = TestOrigin.Configuration()
        configuration.tls = identity
        return try await withOrigin(configuration) { origin in
            #expect(origin.baseURL.hasPrefix("https://"))
            origin.script("/x", response)
            var client = TLSConfiguration.makeClientConfiguration()
            client.trustRoots = .file(trust)
            let context = try NIOSSLContext(configuration: client)
            let outcome = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: TLSOutcome.self)
            do {
                _ = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            let pipeline = channel.pipeline.syncOperations
                            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: host))
                            try pipeline.addHandler(TLSExchange(outcome))
                        }
                    }
                    .connect(host: "127.0.0.1", port: origin.port).get()
            } catch {
                outcome.fail(error)
            }
            return try await outcome.futureResult.get()
        }
    }

    private final class TLSExchange: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let promise: EventLoopPromise<TLSOutcome>
        private var outcome = TLSOutcome()

        init(_ promise: EventLoopPromise<TLSOutcome>) {
            self.promise = promise
        }

        func channelActive(context: ChannelHandlerContext) {
            let request = ByteBuffer(string: "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            outcome.received += String(buffer: unwrapInboundIn(data))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if outcome.error == nil { outcome.error = String(describing: error) }
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            promise.succeed(outcome)
        }
    }
}
