import CachingClient
import HTTPSemantics
import HTTPTransport
import NIOCore
import NIOHTTP1

extension ProxyHandler {
    /// Opens the far end for CONNECT, then makes way for bytes (RFC 9110 section 9.3.6).
    func openTunnel(host: String, port: Int, for request: ClientRequest) {
        guard let context, let open = shared.openTunnel else {
            refuse(Refusal(501, "method_not_supported", "Tunnels are not opened here."))
            return
        }
        if request.fields.contains("Via"), Via.contains(shared.forwarding.pseudonym, in: request.fields) {
            refuse(.loop)
            return
        }
        let link = ConnectionLink(self, request: request.id, eventLoop: context.eventLoop)
        let time = shared.configuration.tunnelOpeningTime
        current?.task = Task(executorPreference: executor(context)) { [eventLoop = context.eventLoop] in
            do {
                let channel = try await open(host, port, time, eventLoop)
                link.takeTunnel(channel)
            } catch let error as TransportError {
                link.onLoop { $0.refuse(Refusal(FetchError(error))) }
            } catch {
                link.onLoop { $0.refuse(Refusal(502, "tunnel_failed", "The tunnel could not be opened.")) }
            }
        }
    }

    /// The far end is open: from here on bytes go both ways.
    func becomeTunnel(_ far: any Channel) {
        guard let context, let request = current, let gate else {
            far.close(promise: nil)
            return
        }
        current = nil
        isTunnel = true
        report(request.established(), isWhole: true)
        shared.statistics.tunnelled()
        let near = context.channel
        let early = gate.takeWaitingBytes()
        let hasEnded = machine.isInputClosed || gate.isEndWaiting
        near.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
        let pipeline = context.pipeline.syncOperations
        let idle = shared.configuration.tunnelIdleTimeout
        let activity = TunnelActivity()
        let nearEnd = ConnectTunnel(other: far, activity: activity, idleTimeout: idle)
        do {
            try pipeline.addHandler(nearEnd)
            let parser = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            pipeline.removeHandler(context: try pipeline.context(handlerType: RequestGate.self), promise: nil)
            pipeline.removeHandler(context: parser, promise: nil)
            pipeline.removeHandler(context: context, promise: nil)
        } catch {
            far.close(promise: nil)
            near.close(promise: nil)
            return
        }
        releaseGate()
        if let early, early.readableBytes > 0 {
            far.writeAndFlush(early, promise: nil)
        }
        if hasEnded { nearEnd.end(context) }
        far.eventLoop.execute {
            do {
                try far.pipeline.syncOperations.addHandler(ConnectTunnel(other: near, activity: activity, idleTimeout: idle))
                far.read()
            } catch {
                far.close(promise: nil)
                near.close(promise: nil)
            }
        }
        near.read()
    }
}

extension ConnectionLink {
    /// Hands over the far end of a tunnel, or closes it where the client has gone.
    func takeTunnel(_ channel: any Channel) {
        onLoop({ $0.becomeTunnel(channel) }, otherwise: { channel.close(promise: nil) })
    }
}

extension ClientRequest {
    /// As it is reported once its tunnel stands.
    fileprivate func established() -> ClientRequest {
        var request = self
        request.status = 200
        request.reason = "tunnel"
        return request
    }
}
