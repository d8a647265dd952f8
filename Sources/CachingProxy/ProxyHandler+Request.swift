import CachingClient
import HTTPSemantics
import HTTPTransport
import NIOCore

extension ProxyHandler {
    private static let allowedMethods = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS, TRACE, CONNECT"

    /// Has the current request answered, at once where that is possible.
    func answer() {
        guard let request = current else { return }
        do throws(Refusal) {
            let target = try shared.rules.target(
                method: request.method, target: request.target, fields: request.fields, isLocalSocket: isLocalSocket)
            switch target {
            case .fetch(let url, let target): try fetch(url, target: target, for: request)
            case .tunnel(let host, let port): openTunnel(host: host, port: port, for: request)
            case .serverOptions: writeOptions()
            case .statusPage(let isJSON): writeStatusPage(isJSON: isJSON)
            }
        } catch {
            // What is malformed says nothing of where the next request begins (RFC 9112 section 9.3).
            if error.status == 400 { machine.loseInput() }
            refuse(error)
        }
    }

    private func fetch(_ url: WebURL, target: String?, for request: ClientRequest) throws(Refusal) {
        current?.url = url
        let isGateway = shared.rules.isGateway(request.target)
        let received = RequestHead(
            method: request.method, url: url, target: target,
            fields: isGateway ? GatewayRules.request(request.fields) : request.fields)
        switch try shared.forwarding.decide(received, version: request.version) {
        case .answerHere:
            if request.method == .trace {
                writeOwn(200, "message/http", ForwardingRules.echo(received, version: request.version))
            } else {
                writeOptions()
            }
        case .forward(let head):
            let hasContent = machine.request.content != .none
            if !hasContent, !isGateway, let hit = shared.answering.hitAtOnce(for: head) {
                write(hit)
            } else if !hasContent, let answer = shared.answering.answerAtOnce(to: head) {
                write(answer)
            } else {
                ask(head, for: request, hasContent: hasContent)
            }
        }
    }

    private func ask(_ head: RequestHead, for request: ClientRequest, hasContent: Bool) {
        guard let context else { return }
        let link = ConnectionLink(self, request: request.id, eventLoop: context.eventLoop)
        let content = hasContent ? makeContent(link) : nil
        let passesInterim = machine.request.isHTTP11
        let executor = executor(context)
        current?.task = Task(executorPreference: executor) { [answering = shared.answering] in
            await link.answer(head, content, by: answering, passesInterim: passesInterim, on: executor)
        }
    }

    private func makeContent(_ link: ConnectionLink) -> RequestContent {
        let pipe = ContentPipe(capacity: shared.configuration.maximumWaitingContent) {
            link.onLoop { $0.continueIfAwaited() }
        } whenRoom: {
            link.onLoop { $0.resumeContent() }
        }
        current?.pipe = pipe
        var length: Int64?
        if case .length(let known) = machine.request.content { length = known }
        return .stream(RequestStream(length: length) { try await pipe.next() })
    }

    func executor(_ context: ChannelHandlerContext) -> (any TaskExecutor)? {
        shared.executors[ObjectIdentifier(context.eventLoop)]
    }

    // MARK: - Pages of our own

    private func writeOptions() {
        guard let request = current else { return }
        var head = ResponseHead(
            status: 204, fields: ["Date": HTTPDate.format(shared.configuration.now()), "Allow": Self.allowedMethods])
        if !request.version.isAtLeast1_1 { head.status = 200 }
        shared.statistics.refused()
        writeWhole(head, content: head.status == 204 ? nil : [])
    }

    private func writeStatusPage(isJSON: Bool) {
        guard let request = current else { return }
        guard request.method == .get || request.method == .head else {
            refuse(Refusal(405, "method_not_allowed", "This page is for GET and HEAD."))
            return
        }
        let uptime = shared.uptimeSeconds
        if isJSON {
            writeOwn(200, "application/json", StatusPage.json(shared.statistics, uptimeSeconds: uptime))
        } else {
            writeOwn(200, "text/plain; charset=utf-8", StatusPage.text(shared.statistics, uptimeSeconds: uptime))
        }
    }

    private func writeOwn(_ status: Int, _ contentType: StaticString, _ text: String) {
        shared.statistics.refused()
        current?.reason = "own_page"
        let head = OwnAnswer.head(status, contentType: contentType, length: text.utf8.count, now: shared.configuration.now())
        writeWhole(head, content: Array(text.utf8))
    }

    /// Answers the current request with an error.
    func refuse(_ refusal: Refusal) {
        shared.statistics.refused()
        current?.outcome = .error
        current?.reason = refusal.code
        var (head, text) = OwnAnswer.refusal(refusal, now: shared.configuration.now())
        if refusal.status == 405 { head.fields.append("Allow", "GET, HEAD") }
        writeWhole(head, content: Array(text.utf8))
        if context != nil { settle() }
    }
}

extension HTTPSemantics.HTTPVersion {
    var isAtLeast1_1: Bool { major > 1 || major == 1 && minor >= 1 }
}
