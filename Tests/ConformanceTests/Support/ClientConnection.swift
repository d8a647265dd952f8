import HTTPSemantics

/// A response as a client sees it.
struct ClientResponse: Sendable {
    struct Interim: Sendable {
        var status: Int
        var fields: FieldSection
    }

    var version: String
    var status: Int
    var fields: FieldSection
    var body = ""
    var trailers = FieldSection()
    var interim: [Interim] = []
    /// Whether the framing says that all of it came.
    var isComplete = true
}

/// A client's connection, for one thread.
final class ClientConnection {
    private let socket: Socket
    private let reader: MessageReader

    init(port: Int) throws {
        socket = try Socket.connect(port: port)
        reader = MessageReader(socket)
    }

    func send(_ bytes: [UInt8]) throws {
        try socket.write(bytes)
    }

    /// Reads up to the end of the head of a final response.
    ///
    /// - Parameter stopsAtContinue: whether 100 is enough.
    /// - Returns: nil where the connection ended first, or at 100 where that is enough.
    func head(stopsAtContinue: Bool = false) throws -> ClientResponse? {
        var interim: [ClientResponse.Interim] = []
        while let head = try reader.head() {
            let parts = head.line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].count == 3, let status = Int(parts[1]) else {
                throw MessageReader.Failure.malformed(head.line)
            }
            guard status < 200, status != 101 else {
                return ClientResponse(version: String(parts[0]), status: status, fields: head.fields, interim: interim)
            }
            interim.append(ClientResponse.Interim(status: status, fields: head.fields))
            if stopsAtContinue, status == 100 { return nil }
        }
        return nil
    }

    /// Waits for the first byte of content.
    func waitForContent() throws {
        try reader.waitForMore()
    }

    /// Reads the content behind a head.
    func finish(_ head: ClientResponse, method: String) -> ClientResponse {
        var response = head
        if method == "CONNECT", head.status < 300 { return response }
        guard method != "HEAD", head.status != 204, head.status != 304 else { return response }
        var bytes: [UInt8] = []
        do {
            response.trailers = try reader.content(head.fields, untilClose: true, into: &bytes)
        } catch {
            response.isComplete = false
        }
        response.body = Latin1.text(bytes)
        return response
    }

    /// Whether the proxy ends the connection here.
    func isAtEnd() throws -> Bool {
        try reader.isAtEnd()
    }

    func close() {
        socket.shut()
    }
}
