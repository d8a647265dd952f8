/// The table `host`: numbers of servers, and back. Remembers some of both.
final class HostNames {
    /// How many are remembered: all are forgotten then.
    private static let limit = 16_384

    private let connection: SQLiteConnection
    private let find: SQLiteStatement
    private let insert: SQLiteStatement
    private let name: SQLiteStatement
    private var numbers: [String: Int64] = [:]
    private var names: [Int64: String] = [:]

    init(_ connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        find = try connection.prepare("SELECT host_id FROM host WHERE authority = ?1")
        insert = try connection.prepare("INSERT INTO host (authority) VALUES (?1)")
        name = try connection.prepare("SELECT authority FROM host WHERE host_id = ?1")
    }

    /// The number of a server, which gets one where it has none.
    func number(of authority: String) throws(StoreError) -> Int64 {
        if let known = numbers[authority] { return known }
        find.bind(authority, at: 1)
        defer { find.reset() }
        let number: Int64
        if try find.step("look a server up") {
            number = find.integer(0)
        } else {
            insert.bind(authority, at: 1)
            try insert.run("note a server")
            number = connection.lastInsertedRow
        }
        if numbers.count >= Self.limit { numbers.removeAll(keepingCapacity: true) }
        numbers[authority] = number
        return number
    }

    func authority(of number: Int64) throws(StoreError) -> String {
        if let known = names[number] { return known }
        name.bind(number, at: 1)
        defer { name.reset() }
        guard try name.step("look a server up") else {
            throw StoreError(.corrupt, operation: "look a server up", path: connection.path, detail: "a server is missing")
        }
        let authority = name.text(0)
        if names.count >= Self.limit { names.removeAll(keepingCapacity: true) }
        names[number] = authority
        return authority
    }

    /// Forgets all: after a rollback a number may be another server's.
    func forget() {
        numbers.removeAll()
        names.removeAll()
    }
}
